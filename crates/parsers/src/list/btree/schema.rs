//! Which tables a database has, where they begin and how their columns are called.

use super::{Database, Value, values};
use crate::list::Unsound;

/// A schema with more entries is not one of a known set.
const MAX_TABLES: usize = 500;

/// The ordinary tables.
pub(crate) struct Schema {
    tables: Vec<TableInfo>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableInfo {
    /// Its name as in the schema.
    pub(crate) name: String,
    /// The first page of its tree.
    pub(crate) root: u32,
    /// Names of its columns in their order.
    pub(crate) columns: Vec<String>,
}

impl Schema {
    pub(super) fn read(database: &mut Database) -> Result<Self, Unsound> {
        let mut tables = Vec::new();
        database.walk(1, &mut |_, payload| {
            let found = payload.ok().and_then(values);
            if let Some(table) = found.and_then(|values| table(&values)) {
                if tables.len() == MAX_TABLES {
                    return Err(Unsound::Limit(format!("more than {MAX_TABLES} tables")));
                }
                tables.push(table);
            }
            Ok(())
        })?;
        Ok(Self { tables })
    }

    /// The table with this name, whatever its case.
    pub(crate) fn table(&self, name: &str) -> Option<&TableInfo> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }
}

/// A row of `sqlite_schema`: type, name, table, root page, statement.
fn table(row: &[Value]) -> Option<TableInfo> {
    let [kind, name, _, root, sql] = row else { return None };
    let root = u32::try_from(root.integer()?).ok().filter(|root| *root > 0)?;
    let columns = columns(&sql.text()?)?;
    (*kind == Value::Text(b"table")).then_some(())?;
    Some(TableInfo { name: name.text()?, root, columns })
}

/// Names of the columns in a `CREATE TABLE`. `None` when the statement is of another form, or when
/// it has computed columns, which may lie in no row and shift the others.
fn columns(sql: &str) -> Option<Vec<String>> {
    let mut parts = definitions(sql)?;
    parts.retain(|part| !is_constraint(part));
    let computed = |part: &String| {
        let mut words = part.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word.eq_ignore_ascii_case("generated") || word.eq_ignore_ascii_case("as"))
    };
    if parts.iter().any(computed) {
        return None;
    }
    parts.iter().map(|part| first_name(part)).collect()
}

/// What stands between the outer brackets, split at the commas between them.
fn definitions(sql: &str) -> Option<Vec<String>> {
    let (mut depth, mut quote) = (0_usize, None);
    let mut parts = vec![String::new()];
    for letter in sql.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '[') => quote = Some(']'),
            (None, '(') => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            (None, ')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(parts);
                }
            }
            (None, ',') if depth == 1 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut().filter(|_| depth > 0) {
            part.push(letter);
        }
    }
    None
}

fn is_constraint(part: &str) -> bool {
    let words = ["constraint", "primary", "unique", "check", "foreign"];
    let first = part.trim_start().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    first.is_some_and(|first| words.iter().any(|word| first.eq_ignore_ascii_case(word)))
}

fn first_name(part: &str) -> Option<String> {
    let part = part.trim();
    let quoted = [('"', '"'), ('`', '`'), ('[', ']'), ('\'', '\'')];
    let name = match quoted.iter().find(|(open, _)| part.starts_with(*open)) {
        Some((_, close)) => part.get(1..)?.split(*close).next()?,
        None => part.split(char::is_whitespace).next()?,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_statements() {
        let check = |sql: &str, expect: Option<&[&str]>| {
            let found = columns(sql);
            let found = found.as_ref().map(|names| names.iter().map(String::as_str).collect());
            assert_eq!(found, expect.map(<[&str]>::to_vec), "{sql}");
        };
        check(
            "CREATE TABLE FILE (sha256 VARCHAR NOT NULL, b DECIMAL(10,5))",
            Some(&["sha256", "b"]),
        );
        check(
            "CREATE TABLE \"F (x\"(\"a,b\" TEXT,\n`c` , [d e] INT, CONSTRAINT k UNIQUE (c, d))",
            Some(&["a,b", "c", "d e"]),
        );
        check("CREATE TABLE t(checksum TEXT, primary_key INT)", Some(&["checksum", "primary_key"]));
        check("CREATE TABLE t(a, b GENERATED ALWAYS AS (a + 1))", None);
        check("CREATE TABLE t(a, b AS (a))", None);
        check("CREATE TABLE t AS SELECT 1", None);
        check("CREATE TABLE t(a", None);
    }
}
