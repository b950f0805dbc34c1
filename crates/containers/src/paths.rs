//! Paths inside a container, put together from names.

/// A name below a folder. Encrypted and hostile names may hold what parts folders; it is written as
/// `%2F` there.
pub fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    for (number, part) in name.split(|byte| *byte == b'/').enumerate() {
        if number > 0 {
            path.extend_from_slice(b"%2F");
        }
        path.extend_from_slice(part);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_no_folders() {
        assert_eq!(below(b"", b"a"), b"a");
        assert_eq!(below(b"a/b", b"../c"), b"a/b/..%2Fc");
    }
}
