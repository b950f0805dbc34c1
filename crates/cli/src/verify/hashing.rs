//! Whether this processor computes the hashes that the rest of the world computes.

use super::{Bench, Finding};
use amparo_evidence::{hash_bytes, hash_bytes_many, hash_kernels};
use amparo_model::Hashes;

/// More streams than any kernel has lanes.
const STREAMS_MAX: usize = 40;

/// Input, MD5, SHA-1 and SHA-256. From RFC 1321, section A.5, and FIPS 180-2, appendices A and B;
/// the values that the two do not give for the other's inputs were computed with OpenSSL.
const KNOWN: [(&[u8], &str, &str, &str); 3] = [
    (
        b"",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        b"abc",
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "8215ef0796a20bcaaae116d3876c664a",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
];

/// A million times the letter a, the long vector of FIPS 180-2.
const MILLION: [&str; 3] = [
    "7707d6ae4e027c70eea2a935c2296f21",
    "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
];

/// Published values, by one stream and by every number of streams side by side.
pub fn known(_: &mut Bench) -> Result<Finding, String> {
    let million = vec![b'a'; 1_000_000];
    let [md5, sha1, sha256] = MILLION;
    let vectors = KNOWN.into_iter().chain([(million.as_slice(), md5, sha1, sha256)]);
    let mut compared = 0_usize;
    for (input, md5, sha1, sha256) in vectors {
        let expected = [md5, sha1, sha256].map(str::to_owned);
        let lengths =
            if input.len() > 1_000 { vec![1, 8, 16] } else { (1..=STREAMS_MAX).collect() };
        let mut all = vec![hash_bytes(input)];
        all.extend(lengths.iter().flat_map(|count| hash_bytes_many(&vec![input; *count])));
        compared += all.len();
        if all.iter().any(|hashes| shown(hashes) != expected) {
            return Ok(Finding::failed("cli-verify-known-bad", &[("bytes", &input.len())]));
        }
    }
    let kernels = hash_kernels().name;
    Ok(Finding::passed("cli-verify-known-ok", &[("count", &compared), ("kernels", &kernels)]))
}

/// Every number of streams, of lengths around every edge of the padding, against one stream.
pub fn lanes_agree(_: &mut Bench) -> Result<Finding, String> {
    let rejected = hash_kernels().rejected.join(", ");
    if !rejected.is_empty() {
        return Ok(Finding::failed("cli-verify-lanes-rejected", &[("kernels", &rejected)]));
    }
    let bytes: Vec<u8> = (0..8_192_u32).map(|at| (at.wrapping_mul(at) >> 3) as u8).collect();
    for count in 1..=STREAMS_MAX {
        for step in [1, 31, 64, 191] {
            let cut = |n: usize| bytes.get(n..n + n * step).unwrap_or_default();
            let inputs: Vec<&[u8]> = (0..count).map(cut).collect();
            let single = inputs.iter().map(|input| hash_bytes(input));
            if !hash_bytes_many(&inputs).into_iter().eq(single) {
                return Ok(Finding::failed("cli-verify-lanes-bad", &[("count", &count)]));
            }
        }
    }
    Ok(Finding::passed("cli-verify-lanes-ok", &[("count", &STREAMS_MAX)]))
}

fn shown(hashes: &Hashes) -> [String; 3] {
    [hashes.md5.to_string(), hashes.sha1.to_string(), hashes.sha256.to_string()]
}
