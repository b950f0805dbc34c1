//! NTFS as `mkntfs` makes it.
