//! Refusals in the operator's language: what was refused, and what would be needed.

use crate::say::Say;
use amparo_authz::Refusal;

/// The sentence of a refusal.
#[must_use]
pub fn sentence(refusal: &Refusal, say: &Say) -> String {
    let args = values(refusal, say);
    let args: Vec<(&str, &str)> =
        args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say.get(&format!("cli-{}", refusal.word()), &args)
}

fn values(refusal: &Refusal, say: &Say) -> Vec<(&'static str, String)> {
    match refusal {
        Refusal::Role { needed, .. } => {
            let roles: Vec<String> =
                needed.iter().map(|role| say.word("role", role.as_str())).collect();
            vec![("roles", roles.join(", "))]
        }
        Refusal::Object { .. } => vec![("what", refusal.to_string())],
        Refusal::NotAssigned { case, .. } => {
            vec![("case", case.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string))]
        }
        Refusal::NoAuthorisation | Refusal::DrafterUnknown => Vec::new(),
        Refusal::OtherCase { authorisation, its_case, case } => vec![
            ("authorisation", authorisation.to_string()),
            ("other", its_case.to_string()),
            ("case", case.to_string()),
        ],
        Refusal::NotYetValid { authorisation, valid_from } => {
            vec![("authorisation", authorisation.to_string()), ("at", valid_from.to_string())]
        }
        Refusal::Expired { authorisation, valid_until } => {
            vec![("authorisation", authorisation.to_string()), ("at", valid_until.to_string())]
        }
        Refusal::ExhibitNotCovered { authorisation, covered, .. } => {
            vec![("authorisation", authorisation.to_string()), ("covered", covered.join(", "))]
        }
        Refusal::CategoryNotCovered { authorisation, category } => vec![
            ("authorisation", authorisation.to_string()),
            ("category", say.word("category", category.as_str())),
        ],
        Refusal::SamePerson { actor } => vec![("actor", actor.clone())],
    }
}
