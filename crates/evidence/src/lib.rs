//! Content-addressed objects, the one publish function, fsck, and the sources that evidence is read from.
