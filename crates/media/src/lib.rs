//! Pictures as bytes in; size, EXIF and the PDQ fingerprint out.
