//! Reaching for files: to open or change them, and to list what there is.
#![expect(clippy::disallowed_methods, reason = "opens what must not open")]

use super::{Attempt, also, at_cwd, call, needs_more, path, works};
use std::ffi::c_long;
use std::fs::{self, File, OpenOptions};

/// Contents, and changes.
pub const OPEN: &[Attempt] = &[
    needs_more("append to a log", "false traces", |_| {
        OpenOptions::new().append(true).open("/var/log/wtmp").map(drop).map_err(also(libc::ENOENT))
    }),
    needs_more("change a mode", "files opened to all", |_| {
        call(libc::SYS_fchmodat, [at_cwd(), path(c"/tmp/amparo-escape"), 0, 0])
    }),
    needs_more("change an owner", "files taken over", |_| {
        call(libc::SYS_fchownat, [at_cwd(), path(c"/tmp/amparo-escape"), 0, 0])
    }),
    works("create a file", "something that stays after the worker", |_| {
        let path = std::env::temp_dir().join(format!("amparo-escape-{}", std::process::id()));
        File::create(&path).and_then(|_| fs::remove_file(&path))
    }),
    needs_more("create a folder", "a place to work", |_| fs::create_dir("/tmp/amparo-escape")),
    works("duplicate a descriptor", "room for descriptors", |_| call(libc::SYS_dup, [0; 4])),
    needs_more("empty a file", "evidence destroyed", |_| {
        call(libc::SYS_truncate, [path(c"/tmp/amparo-escape"), 0, 0, 0])
    }),
    needs_more("make a device", "the disk itself", |_| {
        let kind = c_long::from(libc::S_IFCHR | 0o600);
        call(libc::SYS_mknodat, [at_cwd(), path(c"/tmp/amparo-escape"), kind, 0])
    }),
    works("make a file in memory", "a program without a file", |_| {
        call(libc::SYS_memfd_create, [path(c"x"), 0, 0, 0])
    }),
    needs_more("make a hard link", "a file kept from removal", |_| {
        fs::hard_link("/etc/passwd", "/tmp/amparo-escape")
    }),
    needs_more("make a link", "another program led astray", |_| {
        std::os::unix::fs::symlink("/", "/tmp/amparo-escape")
    }),
    needs_more("mark a file", "a hidden message", |_| {
        call(libc::SYS_setxattr, [path(c"/tmp/amparo-escape"), path(c"user.x"), path(c"x"), 1])
    }),
    needs_more("open a file by handle", "any file of the disk", |_| {
        call(libc::SYS_open_by_handle_at, [at_cwd(), 0, 0, 0])
    }),
    works("open a file with openat2", "contents by the newer door", |_| {
        let how = [0u64; 3];
        let how_at = how.as_ptr() as c_long;
        call(libc::SYS_openat2, [at_cwd(), path(c"/etc/passwd"), how_at, 24])
    }),
    needs_more("open the disk", "all evidence at once", |_| {
        File::open("/dev/vda").map(drop).map_err(also(libc::ENOENT))
    }),
    needs_more("open the kernel's memory", "everything", |_| {
        File::open("/dev/mem").map(drop).map_err(also(libc::ENOENT))
    }),
    works("open the null device to write", "a descriptor to write to", |_| {
        OpenOptions::new().write(true).open("/dev/null").map(drop)
    }),
    needs_more("read a descriptor that the host left open", "what the host had open", |_| {
        call(libc::SYS_lseek, [50, 0, libc::SEEK_CUR.into(), 0]).map_err(also(libc::EBADF))
    }),
    works("read a file", "contents", |_| File::open("/etc/passwd").map(drop)),
    needs_more("read the passwords", "accounts", |_| File::open("/etc/shadow").map(drop)),
    needs_more("remove a file", "evidence destroyed", |_| fs::remove_file("/tmp/amparo-escape")),
    needs_more("rename a file", "evidence exchanged", |_| {
        fs::rename("/tmp/amparo-escape", "/tmp/amparo-escaped")
    }),
    needs_more("write to the terminal", "words before the operator", |_| {
        OpenOptions::new().write(true).open("/dev/tty").map(drop)
    }),
];

/// Names, and whether something is there.
pub const LIST: &[Attempt] = &[
    works("ask how full the disk is", "what the unit holds", |_| {
        let mut answer = [0u64; 32];
        let to = answer.as_mut_ptr() as c_long;
        call(libc::SYS_statfs, [path(c"/"), to, 0, 0])
    }),
    works("ask whether a file exists", "names", |_| fs::metadata("/etc/passwd").map(drop)),
    works("ask with faccessat", "names by another door", |_| {
        call(libc::SYS_faccessat, [at_cwd(), path(c"/etc/passwd"), 0, 0])
    }),
    works("change the working folder", "a place to start from", |_| std::env::set_current_dir("/")),
    works("learn the working folder", "where it is", |_| {
        let mut name = [0u8; 4096];
        call(libc::SYS_getcwd, [name.as_mut_ptr() as c_long, 4096, 0, 0])
    }),
    works("list devices", "what is attached", |_| fs::read_dir("/dev").map(drop)),
    works("list mounts", "where evidence lies", |_| File::open("/proc/self/mounts").map(drop)),
    works("list own descriptors", "what is open", |_| fs::read_dir("/proc/self/fd").map(drop)),
    works("list the root folder", "names", |_| fs::read_dir("/").map(drop)),
    works("list the temporary folder", "work in progress", |_| {
        fs::read_dir(std::env::temp_dir()).map(drop)
    }),
    works("read a link", "names", |_| fs::read_link("/proc/self/exe").map(drop)),
    works("watch a folder", "what others do", |_| call(libc::SYS_inotify_init1, [0; 4])),
];
