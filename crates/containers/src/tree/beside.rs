//! Files beside an inner container: the other segments of an image, the data of a backup.

use crate::bytes::Bytes;
use crate::format::{Container, Siblings};
use crate::found::{Go, Kind};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The files of one folder of a container and below. The container is listed at the first look-up.
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
                    && let Some(path) = found.path.strip_prefix(self.folder.as_slice())
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
