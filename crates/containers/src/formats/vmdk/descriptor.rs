//! The text that describes an image: whether it has a parent, and its extents.

use super::SECTOR;

/// Extents of one image; those of a split image have 2 GiB each.
const EXTENTS_MAX: usize = 10_000;

/// What the text says.
#[derive(Debug, Default)]
pub(super) struct Descriptor {
    pub(super) has_parent: bool,
    pub(super) extents: Vec<Extent>,
}

/// One extent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) length: u64,
    pub(super) form: Form,
    /// Its file beside the text.
    pub(super) name: Vec<u8>,
}

/// How an extent keeps its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Unchanged, from this byte of its file on.
    Flat {
        at: u64,
    },
    Sparse,
    Zeros,
    Other,
}

impl Descriptor {
    pub(super) fn parse(text: &[u8]) -> Self {
        let mut descriptor = Self::default();
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if let Some((key, value)) = setting(line) {
                let is_parent = key.eq_ignore_ascii_case(b"parentCID");
                descriptor.has_parent |= is_parent && !value.eq_ignore_ascii_case(b"ffffffff");
            } else if descriptor.extents.len() < EXTENTS_MAX {
                descriptor.extents.extend(extent(line));
            }
        }
        descriptor
    }
}

fn setting(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|byte| *byte == b'=')?;
    let (key, value) = line.split_at_checked(at)?;
    // An equals sign in the name of an extent's file is no setting.
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b' ';
    key.iter().all(is_name).then(|| (key.trim_ascii(), value.get(1..).unwrap_or(b"").trim_ascii()))
}

/// `RW 4192256 SPARSE "name"`, `RW 100 FLAT "name" 0`, `RW 100 ZERO`.
fn extent(line: &[u8]) -> Option<Extent> {
    let mut quoted = line.splitn(2, |byte| *byte == b'"');
    let head = std::str::from_utf8(quoted.next()?).ok()?;
    let rest = quoted.next().unwrap_or_default();
    let mut words = head.split_ascii_whitespace();
    if !matches!(words.next()?, "RW" | "RDONLY" | "NOACCESS") {
        return None;
    }
    let length = words.next()?.parse::<u64>().ok()?.saturating_mul(SECTOR);
    let end = rest.iter().rposition(|byte| *byte == b'"').unwrap_or(rest.len());
    let (name, behind) = rest.split_at_checked(end)?;
    let behind = std::str::from_utf8(behind.get(1..).unwrap_or_default()).ok()?;
    let form = match words.next()? {
        "FLAT" | "VMFS" => {
            let sectors = behind.trim().parse::<u64>().unwrap_or(0);
            Form::Flat { at: sectors.saturating_mul(SECTOR) }
        }
        "SPARSE" => Form::Sparse,
        "ZERO" => Form::Zeros,
        _ => Form::Other,
    };
    Some(Extent { length, form, name: name.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_and_parents_are_found() {
        let check = |line: &str, sectors: u64, form: Form, name: &str| {
            let text =
                format!("# Disk DescriptorFile\nparentCID=FFFFFFFF\r\n{line}\nddb.x = \"1\"");
            let found = Descriptor::parse(text.as_bytes());
            let (length, name) = (sectors * SECTOR, name.as_bytes().to_vec());
            assert_eq!(found.extents, [Extent { length, form, name }]);
            assert!(!found.has_parent);
        };
        check("RW 12 SPARSE \"a b-s001.vmdk\"", 12, Form::Sparse, "a b-s001.vmdk");
        check("RW 12 FLAT \"a=b.vmdk\" 3", 12, Form::Flat { at: 1536 }, "a=b.vmdk");
        check("RDONLY 9 VMFS \"a-flat.vmdk\"", 9, Form::Flat { at: 0 }, "a-flat.vmdk");
        check("NOACCESS 7 ZERO", 7, Form::Zeros, "");
        check("RW 7 VMFSSPARSE \"a\"", 7, Form::Other, "a");
        check("RW 7 SPARSE \"a", 7, Form::Sparse, "a");
        assert!(Descriptor::parse(b"parentCID=0badcafe\n").has_parent);
        let none =
            ["RW x SPARSE \"a\"", "RW", "", "RWX 5 FLAT", "RW 99999999999999999999 FLAT \"a\""];
        assert!(Descriptor::parse(none.join("\n").as_bytes()).extents.is_empty());
    }
}
