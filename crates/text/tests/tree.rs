//! Tree-wide rules for all sentences: every file parses, every language has the same ids with the
//! same variables, no id occurs twice, and no sentence claims what a record cannot prove.

use amparo_text::{Lang, sources};
use fluent_syntax::ast::{CallArguments, Expression, PatternElement};
use fluent_syntax::ast::{Entry, InlineExpression, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// Words that accuse, or that state authorship.
const FORBIDDEN: &[&str] = &[
    "culpable",
    "guilty",
    "culpado",
    "created by",
    "creado por",
    "criado por",
    "proves",
    "demuestra que",
    "cómplice",
    "cúmplice",
    "accomplice",
];

type Ids = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_file_parses_and_no_id_occurs_twice() {
    let offenders: Vec<String> = Lang::ALL.into_iter().flat_map(|lang| read(lang).1).collect();
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn all_languages_have_the_same_ids_and_variables() {
    let spanish = read(Lang::Es).0;
    let mut offenders = Vec::new();
    for lang in [Lang::En, Lang::Pt] {
        let other = read(lang).0;
        for (id, variables) in &spanish {
            match other.get(id) {
                None => offenders.push(format!("{lang}: {id} is missing; es has it")),
                Some(found) if found != variables => {
                    offenders.push(format!("{lang}: {id} uses {found:?}; es uses {variables:?}"))
                }
                Some(_) => {}
            }
        }
        let extra = other.keys().filter(|id| !spanish.contains_key(*id));
        offenders.extend(extra.map(|id| format!("{lang}: {id} is missing in es")));
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn no_sentence_claims_more_than_a_record_can_prove() {
    let mut offenders = Vec::new();
    for lang in Lang::ALL {
        for (area, source) in sources(lang) {
            let sentences = source.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
            for (number, line) in sentences {
                let lower = line.to_lowercase();
                let claims = FORBIDDEN.iter().filter(|word| lower.contains(*word));
                let place = format!("{lang}/{area}.ftl:{}", number + 1);
                offenders.extend(claims.map(|word| format!("{place}: {word:?}")));
            }
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

/// The messages of a language with their variables, and what is wrong with its files.
fn read(lang: Lang) -> (Ids, Vec<String>) {
    let (mut ids, mut offenders) = (Ids::new(), Vec::new());
    for (area, source) in sources(lang) {
        let resource = match fluent_syntax::parser::parse(*source) {
            Ok(resource) => resource,
            Err((partial, errors)) => {
                offenders.extend(errors.iter().map(|e| format!("{lang}/{area}.ftl: {e}")));
                partial
            }
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut variables = BTreeSet::new();
            message.value.iter().for_each(|pattern| in_pattern(pattern, &mut variables));
            if ids.insert(message.id.name.to_owned(), variables).is_some() {
                offenders.push(format!("{lang}/{area}.ftl: {} occurs twice", message.id.name));
            }
        }
    }
    (ids, offenders)
}

fn in_pattern(pattern: &Pattern<&str>, out: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, out);
        }
    }
}

fn in_expression(expression: &Expression<&str>, out: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, out),
        Expression::Select { selector, variants } => {
            in_inline(selector, out);
            variants.iter().for_each(|variant| in_pattern(&variant.value, out));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, out: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => drop(out.insert(id.name.to_owned())),
        InlineExpression::Placeable { expression } => in_expression(expression, out),
        InlineExpression::FunctionReference { arguments, .. } => in_arguments(arguments, out),
        InlineExpression::TermReference { arguments: Some(arguments), .. } => {
            in_arguments(arguments, out);
        }
        _ => {}
    }
}

fn in_arguments(arguments: &CallArguments<&str>, out: &mut BTreeSet<String>) {
    arguments.positional.iter().for_each(|argument| in_inline(argument, out));
    arguments.named.iter().for_each(|argument| in_inline(&argument.value, out));
}
