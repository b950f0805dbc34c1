//! Files beside an inner container: the other segments of an image, the data of a backup.

use super::clean;
use crate::bytes::Bytes;
use crate::format::{Container, Siblings};
use crate::found::{Go, Kind};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The files of one folder of a container and below, by the paths under which they are listed.
/// The container is listed at the first look-up.
pub struct Beside {
    container: Rc<dyn Container>,
    folder: Vec<u8>,
    files: OnceCell<HashMap<Vec<u8>, u64>>,
}

impl Beside {
    /// `folder` ends with `/` or is empty.
    pub fn new(container: Rc<dyn Container>, folder: &[u8]) -> Self {
        Self { container, folder: folder.to_vec(), files: OnceCell::new() }
    }

    fn files(&self) -> &HashMap<Vec<u8>, u64> {
        self.files.get_or_init(|| {
            let mut files = HashMap::new();
            self.container.list(&mut |found| {
                if let Ok(found) = found
                    && found.kind == Kind::File
                    && !found.deleted
                    && let Some(path) = clean(&found.path).strip_prefix(self.folder.as_slice())
                {
                    files.insert(path.to_vec(), found.address);
                }
                Go::On
            });
            files
        })
    }
}

impl Siblings for Beside {
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>> {
        self.container.open(*self.files().get(path)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;
    use crate::fault::Fault;
    use crate::found::{Found, Report};

    struct Two;

    impl Container for Two {
        fn list(&self, report: &mut Report<'_>) {
            for (address, path) in [(1, "./a/b.E02"), (2, "other")] {
                let _go = report(Ok(Found {
                    path: path.into(),
                    kind: Kind::File,
                    size: 1,
                    address,
                    deleted: false,
                    modified_at: None,
                }));
            }
        }

        fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
            Ok(Rc::new(Memory(vec![0; address as usize])))
        }
    }

    #[test]
    fn a_file_is_found_by_its_path_as_listed() {
        let beside = Beside::new(Rc::new(Two), b"a/");
        assert_eq!(beside.open(b"b.E02").map(|bytes| bytes.len()), Some(1));
        assert!(beside.open(b"other").is_none() && beside.open(b"a/b.E02").is_none());
    }
}
