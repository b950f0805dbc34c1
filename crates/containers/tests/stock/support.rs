//! Runs stock tools, opens what they made, and cuts and bends it.

use amparo_containers::{
    Bytes, Fault, Found, Go, Kind, Limits, Listed, Memory, NoSiblings, Secrets, Siblings, Stored,
    Tree,
};
use amparo_model::Problem;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

/// A file on disk.
pub struct OnDisk(File, u64);

impl OnDisk {
    pub fn open(path: &Path) -> Rc<Self> {
        let file = File::open(path).unwrap();
        let length = file.metadata().unwrap().len();
        Rc::new(Self(file, length))
    }
}

impl Bytes for OnDisk {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let mut filled = 0;
        while filled < into.len() {
            match self.0.read_at(&mut into[filled..], at + filled as u64).unwrap() {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
    }
}

/// The files of a folder.
pub struct Folder(pub PathBuf);

impl Siblings for Folder {
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>> {
        let path = self.0.join(std::str::from_utf8(path).unwrap());
        path.is_file().then(|| OnDisk::open(&path) as Rc<dyn Bytes>)
    }
}

/// Runs a stock tool and returns what it printed; fails with its words.
pub fn run(program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(args).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
    let out = command.output().unwrap_or_else(|error| {
        panic!("{program}: {error}; `make setup` installs the stock tools that tests need")
    });
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{program} {args:?}: {said}");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A file on disk as a tree.
pub fn tree(path: &Path, secrets: &[&str]) -> Tree {
    let name = path.file_name().unwrap().as_encoded_bytes().to_vec();
    let siblings = Rc::new(Folder(path.parent().unwrap().to_owned()));
    let secrets = Secrets(secrets.iter().map(|&secret| secret.to_owned()).collect());
    Tree::new(name, OnDisk::open(path), siblings, secrets, Limits::default())
}

/// What was listed.
#[derive(Default)]
pub struct Listing {
    pub nodes: Vec<amparo_containers::Node>,
    pub problems: Vec<Problem>,
    pub stored: Vec<(String, String)>,
    /// The formats on the way to each container, in the order in which they were opened.
    pub formats: Vec<Vec<String>>,
}

/// Lists all of a tree.
pub fn list(tree: &Tree) -> Listing {
    let mut all = Listing::default();
    let listed = tree.list(&mut |listed| {
        match listed {
            Listed::Node(node) => all.nodes.push(node),
            Listed::Problem(problem) => all.problems.push(problem),
            Listed::Opened { stored, formats, .. } => {
                all.formats.push(formats);
                let line = |one: Stored| (one.algorithm.to_string(), one.value);
                all.stored.extend(stored.into_iter().map(line));
            }
        }
        Go::On
    });
    if let Err(fault) = listed {
        all.problems.push(fault.problem(""));
    }
    all
}

impl Listing {
    /// `path size` of every live file, sorted; deleted ones have `-` in front.
    pub fn files(&self) -> Vec<String> {
        let line = |found: &Found| {
            let mark = if found.deleted { "-" } else { "" };
            format!("{mark}{} {}", String::from_utf8_lossy(&found.path), found.size)
        };
        let files = self.nodes.iter().filter(|node| node.found.kind == Kind::File);
        let mut lines: Vec<String> = files.map(|node| line(&node.found)).collect();
        lines.sort();
        lines
    }
}

/// All bytes of an entry, read in pieces of an odd length.
pub fn all_of(bytes: &dyn Bytes) -> Result<Vec<u8>, Fault> {
    let (mut all, mut piece) = (Vec::new(), vec![0; 65_537]);
    loop {
        match bytes.read_at(all.len() as u64, &mut piece)? {
            0 => return Ok(all),
            read => all.extend_from_slice(&piece[..read]),
        }
    }
}

/// The bytes of the entry with this path.
pub fn bytes_of(tree: &Tree, path: &str) -> Result<Vec<u8>, Fault> {
    let listing = list(tree);
    let node = listing.nodes.iter().find(|node| node.found.path == path.as_bytes());
    let node = node.unwrap_or_else(|| panic!("{path} is not among {:?}", listing.files()));
    all_of(&*tree.open(&node.found.path, &node.place)?)
}

/// Lists and reads a container that was cut or bent: whatever comes, it ends, quickly, without a
/// panic. Files of more than a MiB are read in part.
pub fn survive(name: &str, bytes: Vec<u8>) {
    let root = Rc::new(Memory(bytes));
    let secrets = Secrets::default();
    let tree =
        Tree::new(name.as_bytes().to_vec(), root, Rc::new(NoSiblings), secrets, Limits::default());
    for node in list(&tree).nodes.iter().take(300) {
        if let Ok(bytes) = tree.open(&node.found.path, &node.place) {
            let _read = bytes.read_at(0, &mut vec![0; 1 << 20]);
            let _read = bytes.read_at(bytes.len().saturating_sub(10), &mut [0; 20]);
        }
    }
}

/// Cuts the container at `cuts` places spread over its length, and bends `bends` of its bytes, one
/// at a time, at places that a fixed sequence chooses among `interesting`.
pub fn cut_and_bend(name: &str, bytes: &[u8], cuts: usize, bends: usize, interesting: &[u64]) {
    for cut in 0..cuts {
        survive(name, bytes[..bytes.len() * cut / cuts].to_vec());
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..bends {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let from = interesting[state as usize % interesting.len()] as usize;
        let at = (from + (state >> 20) as usize % 512).min(bytes.len() - 1);
        let mut bent = bytes.to_vec();
        bent[at] = [0, 0xFF, 0x7F, 0x80, bytes[at] ^ 1][(state >> 40) as usize % 5];
        survive(name, bent);
    }
}
