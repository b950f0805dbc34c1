//! Folders with everything that a hostile or broken one may hold.

use super::*;
use crate::hash_bytes;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

struct Listed {
    paths: Vec<String>,
    problems: Vec<Problem>,
}

fn list(root: &Path) -> Listed {
    let mut listed = Listed { paths: Vec::new(), problems: Vec::new() };
    FolderSource::open(root).unwrap().list(&mut |item| match item {
        Ok(entry) => listed.paths.push(entry.path),
        Err(problem) => listed.problems.push(problem),
    });
    listed
}

fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn files_come_in_the_order_of_their_paths_and_read_back() {
    let root = tempfile::tempdir().unwrap();
    let paths = ["a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "a0.txt", "b"];
    for path in paths.iter().rev() {
        put(root.path(), path, path.as_bytes());
    }
    let listed = list(root.path());
    assert_eq!(listed.paths, paths);
    assert_eq!(listed.problems, []);
    let source = FolderSource::open(root.path()).unwrap();
    for path in paths {
        assert_eq!(source.read(path, 100).unwrap(), path.as_bytes());
        assert_eq!(source.hash(path).unwrap(), hash_bytes(path.as_bytes()));
    }
}

#[test]
fn links_pipes_and_sockets_are_problems_and_are_never_opened() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "plain", b"1");
    put(root.path(), "folder/inner", b"2");
    symlink("/etc/passwd", root.path().join("link")).unwrap();
    symlink("..", root.path().join("folder/loop")).unwrap();
    symlink("folder", root.path().join("alias")).unwrap();
    let _socket = UnixListener::bind(root.path().join("socket")).unwrap();
    let pipe = root.path().join("pipe");
    let kind = FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, Mode::RUSR, 0).unwrap();
    let listed = list(root.path());
    assert_eq!(listed.paths, ["folder/inner", "plain"]);
    let subjects: Vec<&str> = listed.problems.iter().map(|p| p.subject.as_str()).collect();
    assert_eq!(subjects, ["alias", "folder/loop", "link", "pipe", "socket"]);
    assert!(listed.problems.iter().all(|problem| problem.kind == ProblemKind::Skipped));
    let source = FolderSource::open(root.path()).unwrap();
    for path in ["link", "alias/inner", "folder/loop/plain", "pipe", "socket", "folder"] {
        let error = source.read(path, 100).unwrap_err();
        assert!(matches!(error, SourceError::NotAFile { .. }), "{path}: {error}");
        assert!(source.hash(path).is_err());
    }
}

#[test]
fn paths_that_leave_the_folder_are_refused() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "outside", b"1");
    put(root.path(), "inside/file", b"2");
    let source = FolderSource::open(&root.path().join("inside")).unwrap();
    for path in ["../outside", "/etc/passwd", "file/../../outside", "", "a%2"] {
        let error = source.read(path, 100).unwrap_err();
        assert!(matches!(error, SourceError::Unreadable { .. }), "{path}: {error}");
    }
}

#[test]
fn names_that_are_no_text_turn_back_into_their_files() {
    let root = tempfile::tempdir().unwrap();
    for name in [&b"caf\xe9.jpg"[..], b"100%.txt", b"line\nbreak", b"\xff\xfe"] {
        fs::write(root.path().join(OsStr::from_bytes(name)), name).unwrap();
    }
    let listed = list(root.path());
    assert_eq!(listed.paths, ["100%25.txt", "caf%E9.jpg", "line%0Abreak", "%FF%FE"]);
    let source = FolderSource::open(root.path()).unwrap();
    for path in &listed.paths {
        assert_eq!(source.read(path, 100).unwrap(), amparo_model::unescape_path(path).unwrap());
    }
}

#[test]
fn a_limit_is_kept() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "file", &[7; 100]);
    let source = FolderSource::open(root.path()).unwrap();
    assert_eq!(source.read("file", 100).unwrap().len(), 100);
    let error = source.read("file", 99).unwrap_err();
    assert_eq!(error.problem().kind, ProblemKind::Limit);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_a_problem() {
    let root = tempfile::tempdir().unwrap();
    let check = |change: &dyn Fn(&Path)| {
        put(root.path(), "file", b"0123456789");
        let source = FolderSource::open(root.path()).unwrap();
        let open = Plain::open(&source, "file").unwrap();
        change(&root.path().join("file"));
        assert!(matches!(open.unchanged(10), Err(SourceError::Changed { .. })));
    };
    check(&|path| fs::write(path, b"01234567890").unwrap());
    check(&|path| fs::write(path, b"0123").unwrap());
    check(&|path| {
        let later = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options().append(true).open(path).unwrap().set_modified(later).unwrap();
    });
}

/// Runs as an ordinary user where the tests run as root, on this thread only.
fn unprivileged(act: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            if rustix::process::geteuid().is_root() {
                let nobody = rustix::process::Uid::from_raw(65_534);
                rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
            }
            act();
        });
    });
}

#[test]
fn what_may_not_be_read_is_a_problem_and_its_neighbours_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "a/readable", b"1");
    put(root.path(), "closed/hidden", b"2");
    put(root.path(), "secret", b"3");
    put(root.path(), "z", b"4");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(root.path(), 0o755);
    mode(&root.path().join("closed"), 0o000);
    mode(&root.path().join("secret"), 0o000);
    unprivileged(|| {
        let listed = list(root.path());
        assert_eq!(listed.paths, ["a/readable", "secret", "z"]);
        let problem = listed.problems.first().unwrap();
        assert_eq!((problem.kind, problem.subject.as_str()), (ProblemKind::Unreadable, "closed"));
        let error = FolderSource::open(root.path()).unwrap().hash("secret").unwrap_err();
        assert_eq!(error.problem().kind, ProblemKind::Unreadable);
    });
    mode(&root.path().join("closed"), 0o700);
}

#[test]
fn a_path_too_long_to_open_is_a_problem_not_an_end() {
    let root = tempfile::tempdir().unwrap();
    let name = "d".repeat(200);
    let mut folder = rustix::fs::open(root.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..25 {
        rustix::fs::mkdirat(&folder, &name, Mode::RWXU).unwrap();
        folder = rustix::fs::openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    put(root.path(), "z", b"last");
    let listed = list(root.path());
    assert_eq!(listed.paths, ["z"]);
    assert_eq!(listed.problems.first().map(|p| p.kind), Some(ProblemKind::Unreadable));
}

#[test]
fn no_folder_is_an_error_that_names_it() {
    let error = FolderSource::open(Path::new("/nonexistent/folder")).err().unwrap();
    assert!(error.to_string().contains("/nonexistent/folder"), "{error}");
}

/// What `hash_many` says of each path, each of them once.
fn hash_many<'p>(
    source: &FolderSource,
    paths: impl Iterator<Item = &'p str>,
) -> BTreeMap<String, Result<Hashes, SourceError>> {
    let mut found = BTreeMap::new();
    source.hash_many(&mut paths.fuse(), &mut |path, hashed| {
        assert!(found.insert(path.to_owned(), hashed).is_none(), "{path} came back twice");
    });
    found
}

#[test]
fn many_files_at_once_give_what_each_gives_alone() {
    let root = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 63, 64, 65, 4096, 262_143, 262_144, 262_145, 1_000_003];
    let bytes = |n: usize| -> Vec<u8> {
        (0..sizes[n % sizes.len()]).map(|at| (at * (n + 3)) as u8).collect()
    };
    let paths: Vec<String> = (0..45).map(|n| format!("{}/f{n:02}", n % 4)).collect();
    paths.iter().enumerate().for_each(|(n, path)| put(root.path(), path, &bytes(n)));
    let source = FolderSource::open(root.path()).unwrap();
    for count in [0, 1, 2, 15, 16, 17, 45] {
        let found = hash_many(&source, paths.iter().take(count).map(String::as_str));
        assert_eq!(found.len(), count);
        for (n, path) in paths.iter().take(count).enumerate() {
            assert_eq!(found[path], Ok(hash_bytes(&bytes(n))), "{path}");
        }
    }
}

#[test]
fn what_cannot_be_read_among_many_is_a_problem_and_the_others_are_hashed() {
    let root = tempfile::tempdir().unwrap();
    let good: Vec<String> = (0..30).map(|n| format!("good{n}")).collect();
    good.iter().for_each(|path| put(root.path(), path, path.repeat(5000).as_bytes()));
    symlink("good1", root.path().join("link")).unwrap();
    let source = FolderSource::open(root.path()).unwrap();
    let bad = ["link", "missing", "../outside", ""];
    let mut paths: Vec<&str> = good.iter().map(String::as_str).collect();
    bad.iter().zip([0, 7, 16, 33]).for_each(|(path, at)| paths.insert(at, path));
    let found = hash_many(&source, paths.into_iter());
    assert_eq!(found.len(), good.len() + bad.len());
    for path in bad {
        assert_eq!(found[path], Err(source.read(path, 100).unwrap_err()));
    }
    for path in &good {
        assert_eq!(found[path], Ok(hash_bytes(path.repeat(5000).as_bytes())));
    }
}

#[test]
fn files_that_grow_or_shrink_while_many_are_hashed_are_problems_of_their_own() {
    let root = tempfile::tempdir().unwrap();
    let size = 3 << 20;
    ["grows", "shrinks", "still"].iter().for_each(|path| put(root.path(), path, &vec![7; size]));
    put(root.path(), "zlast", b"small");
    let source = FolderSource::open(root.path()).unwrap();
    let change = |path: &str, size: u64| {
        fs::File::options().write(true).open(root.path().join(path)).unwrap().set_len(size)
    };
    let mut found = BTreeMap::new();
    let paths = ["grows", "shrinks", "still", "zlast"];
    // The small file ends while the first buffers of the others are in work.
    source.hash_many(&mut paths.into_iter(), &mut |path, hashed| {
        if path == "zlast" {
            change("grows", size as u64 + 1).unwrap();
            change("shrinks", 5).unwrap();
        }
        found.insert(path, hashed);
    });
    for path in ["grows", "shrinks"] {
        assert_eq!(found[path], Err(SourceError::Changed { path: path.to_owned() }));
    }
    assert_eq!(found["still"], Ok(hash_bytes(&vec![7; size])));
    assert_eq!(found["zlast"], Ok(hash_bytes(b"small")));
}

#[test]
fn many_read_or_begun_at_once_give_what_each_gives_alone() {
    let root = tempfile::tempdir().unwrap();
    let mut paths: Vec<String> = (0..60).map(|number| format!("{number:02}")).collect();
    paths.iter().for_each(|path| put(root.path(), path, path.repeat(20).as_bytes()));
    put(root.path(), "large", &[7; 101]);
    ["none", "large", "..", ""].iter().for_each(|path| paths.insert(17, (*path).to_owned()));
    let source = FolderSource::open(root.path()).unwrap();
    let paths = || paths.iter().map(String::as_str);
    let alone: Vec<_> = paths().map(|path| source.read(path, 100)).collect();
    assert_eq!(source.read_many(&mut paths(), 100), alone);
    let alone: Vec<_> = paths().map(|path| source.head(path, 7)).collect();
    assert_eq!(source.heads(&mut paths(), 7), alone);
}

#[test]
fn what_matters_is_met_before_the_many() {
    let root = tempfile::tempdir().unwrap();
    for path in ["Zexport/result.json", "data/app/store.db", "files/0000/a.txt", "files/0001/b.txt"]
    {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    let source = FolderSource::open(root.path()).unwrap();
    let mut met = Vec::new();
    source.list_first(&|name| ["app", "data", "files"].contains(&name), &mut |found| {
        met.push(found.unwrap().path);
        met.len() < 3
    });
    assert_eq!(met, ["data/app/store.db", "Zexport/result.json", "files/0000/a.txt"]);
}
