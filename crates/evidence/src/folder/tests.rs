//! Folders with everything that a hostile or broken one may hold.

use super::*;
use crate::hash_bytes;
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
        assert_eq!(source.read(path, 100).unwrap(), unescape_path(path).unwrap());
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
