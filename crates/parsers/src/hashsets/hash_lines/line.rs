//! One line of a plain list.

use crate::list::fields::{Draft, file_name, folded};
use amparo_model::{Md5, Sha1, Sha256};

/// Which hash a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Md5,
    Sha1,
    Sha256,
}

impl Kind {
    /// The kind that a folded name means.
    pub(super) fn of_header(name: &str) -> Option<Self> {
        match name.trim_matches('"') {
            "md5" => Some(Self::Md5),
            "sha1" => Some(Self::Sha1),
            // OpenSSL 3 writes SHA2-256.
            "sha256" | "sha2256" => Some(Self::Sha256),
            _ => None,
        }
    }

    fn of_length(digits: usize) -> Option<Self> {
        match digits {
            32 => Some(Self::Md5),
            40 => Some(Self::Sha1),
            64 => Some(Self::Sha256),
            _ => None,
        }
    }
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    /// Kind of the hash.
    pub(super) kind: Kind,
    digits: String,
    path: Option<String>,
}

impl Parsed {
    /// Whether a path stands beside the hash.
    pub(super) fn has_path(&self) -> bool {
        self.path.is_some()
    }

    /// Puts it into a row.
    pub(super) fn fill(self, draft: &mut Draft) {
        match self.kind {
            Kind::Md5 => draft.known.md5 = draft.hash::<Md5>(&self.digits, "MD5"),
            Kind::Sha1 => draft.known.sha1 = draft.hash::<Sha1>(&self.digits, "SHA-1"),
            Kind::Sha256 => draft.known.sha256 = draft.hash::<Sha256>(&self.digits, "SHA-256"),
        }
        let Some(path) = self.path else { return };
        draft.known.name = file_name(&path);
        if draft.known.name.as_deref() != Some(&*path) {
            draft.other("path", path);
        }
    }
}

/// Blank lines and comments are not rows.
pub(super) fn is_remark(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// Reads a line that is no remark.
///
/// # Errors
/// Why it is no row, for people.
pub(super) fn parse(line: &str) -> Result<Parsed, String> {
    let why = || "line that is no hash of 32, 40 or 64 digits".to_owned();
    if let Some(parsed) = tagged(line) {
        return parsed.ok_or_else(why);
    }
    // GNU tools put a backslash before a line whose name holds escapes.
    let (line, escaped) = line.strip_prefix('\\').map_or((line, false), |rest| (rest, true));
    let line = line.trim_start().trim_start_matches('"');
    let length = line.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (digits, rest) = line.split_at_checked(length).unwrap_or_default();
    let kind = Kind::of_length(length).ok_or_else(why)?;
    let path = path(rest.strip_prefix('"').unwrap_or(rest)).ok_or_else(why)?;
    let path = path.map(|path| if escaped { unescaped(path) } else { path.to_owned() });
    Ok(Parsed { kind, digits: digits.to_owned(), path })
}

/// What follows the hash: nothing, or a separator and a path. `None` when it is neither.
fn path(rest: &str) -> Option<Option<&str>> {
    if rest.trim().is_empty() {
        return Some(None);
    }
    // Two blanks in text mode, a blank and an asterisk in binary mode.
    let marked = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"));
    let path = marked.or_else(|| rest.strip_prefix([' ', '\t', ',', ';', '|']))?;
    let path = path.trim_end_matches(['\r', '\n']);
    let quoted = path.strip_prefix('"').and_then(|path| path.strip_suffix('"'));
    Some(Some(quoted.unwrap_or(path)).filter(|path| !path.trim().is_empty()))
}

/// `MD5 (path) = digits` of BSD and `cksum --tag`, `MD5(path)= digits` of OpenSSL. `None` when the
/// line has another form; `Some(None)` when it has this one but no sound hash.
fn tagged(line: &str) -> Option<Option<Parsed>> {
    let (line, escaped) = line.strip_prefix('\\').map_or((line, false), |rest| (rest, true));
    let (name, rest) = line.split_once('(')?;
    let kind = Kind::of_header(&folded(name))?;
    let Some((path, digits)) = rest.rsplit_once(')') else { return Some(None) };
    let digits = digits.trim_start().strip_prefix('=').map(str::trim).unwrap_or_default();
    let sound = digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && Kind::of_length(digits.len()) == Some(kind);
    let path = if escaped { unescaped(path) } else { path.to_owned() };
    Some(sound.then(|| Parsed { kind, digits: digits.to_owned(), path: Some(path) }))
}

fn unescaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.chars();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "0cc175b9c0f1b6a831c399e269772661";
    const SHA1: &str = "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8";

    #[test]
    fn lines_of_all_tools_are_read() {
        let check = |line: String, kind: Kind, path: Option<&str>| {
            let parsed = parse(&line).unwrap();
            assert_eq!((parsed.kind, parsed.path.as_deref()), (kind, path), "{line}");
        };
        check(MD5.to_owned(), Kind::Md5, None);
        check(format!("{MD5}  a b.jpg"), Kind::Md5, Some("a b.jpg"));
        check(format!("{SHA1} *dir/a.jpg"), Kind::Sha1, Some("dir/a.jpg"));
        check(format!("{MD5}\tC:\\x\\a.jpg"), Kind::Md5, Some("C:\\x\\a.jpg"));
        check(format!("\"{MD5}\",\"a.jpg\""), Kind::Md5, Some("a.jpg"));
        check(format!("\\{MD5}  a\\nb\\\\c"), Kind::Md5, Some("a\nb\\c"));
        check(format!("MD5 (a (1).jpg) = {MD5}"), Kind::Md5, Some("a (1).jpg"));
        check(format!("SHA1(a)= {SHA1}"), Kind::Sha1, Some("a"));
        check(format!("SHA2-256(a)= {}", "0f".repeat(32)), Kind::Sha256, Some("a"));
        check("0f".repeat(32), Kind::Sha256, None);
    }

    #[test]
    fn other_lines_are_no_rows() {
        let check = |line: &str| assert!(parse(line).is_err(), "{line}");
        check("hello");
        check(&MD5[..31]);
        check(&format!("{MD5}x"));
        check(&format!("{MD5}:a.jpg"));
        check(&format!("SHA1 (a) = {MD5}"));
        check(&format!("MD5 (a) = {}", &MD5[..31]));
        check("MD5 (a");
        check(&"f".repeat(128));
    }
}
