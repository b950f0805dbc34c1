//! The keybag against test vectors of the standards that it is made of.

use super::*;
use data_encoding::HEXLOWER_PERMISSIVE;

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).unwrap();
    bytes.try_into().unwrap()
}

fn fields(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let field = |(name, value): &(&str, &[u8])| {
        let length = u32::try_from(value.len()).unwrap().to_be_bytes();
        [name.as_bytes(), &length, value].concat()
    };
    fields.iter().flat_map(field).collect()
}

#[test]
fn a_key_unwraps_as_in_rfc_3394() {
    // Section 4.6: 256 bits of key data with a 256-bit key.
    let by = hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    let mut wrapped: [u8; 40] =
        hex("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21");
    let key = hex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
    assert_eq!(unwrap(&by, &wrapped), Some(key));
    wrapped[39] ^= 1;
    assert_eq!(unwrap(&by, &wrapped), None);
    assert_eq!(unwrap(&by, &wrapped[..32]), None);
    assert_eq!(unwrap(&by, &[]), None);
}

#[test]
fn a_password_becomes_a_key_as_in_rfc_6070_and_rfc_7914() {
    let old = Keybag { salt: b"salt".to_vec(), rounds: 4096, ..Keybag::default() };
    // RFC 6070: the first 20 of the 32 bytes are the vector's; the rest is the second block.
    let vector: [u8; 20] = hex("4b007901b765489abead49d926f721d065a429c1");
    assert_eq!(old.derive(b"password")[..20], vector);
    // RFC 7914, section 11: PBKDF2-HMAC-SHA-256, then the SHA-1 of RFC 6070 over its outcome.
    let first: [u8; 32] = hex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    let both = Keybag { first: Some((b"salt".to_vec(), 1)), ..old };
    let old = Keybag { first: None, salt: b"salt".to_vec(), rounds: 4096, ..Keybag::default() };
    assert_eq!(both.derive(b"passwd"), old.derive(&first));
}

#[test]
fn fields_belong_to_the_keybag_or_to_the_class_they_follow() {
    let bytes = fields(&[
        ("VERS", &[0, 0, 0, 5]),
        ("TYPE", &[0, 0, 0, 1]),
        ("UUID", &[1; 16]),
        ("WRAP", &[0, 0, 0, 0]),
        ("SALT", b"salt"),
        ("ITER", &[0, 0, 0, 7]),
        ("DPSL", b"more"),
        ("DPIC", &[0, 0, 0, 9]),
        ("UUID", &[2; 16]),
        ("CLAS", &[0, 0, 0, 3]),
        ("WRAP", &[0, 0, 0, 2]),
        ("WPKY", &[4; 40]),
        ("UUID", &[3; 16]),
        ("CLAS", &[0, 0, 0, 4]),
        ("WRAP", &[0, 0, 0, 1]),
        ("WPKY", &[5; 40]),
    ]);
    let keybag = Keybag::read(&bytes).unwrap();
    let expected = Keybag {
        salt: b"salt".to_vec(),
        rounds: 7,
        first: Some((b"more".to_vec(), 9)),
        wrapped: BTreeMap::from([(3, vec![4; 40])]),
    };
    assert_eq!(keybag, expected);
    for cut in 0..bytes.len() {
        let _read = Keybag::read(&bytes[..cut]);
    }
}

#[test]
fn rounds_that_would_take_hours_are_refused() {
    let check = |name| {
        let bytes = fields(&[("SALT", b"s"), ("ITER", &[0, 0, 0, 1]), ("DPSL", b"s"), name]);
        let read = Keybag::read(&bytes);
        assert!(matches!(read, Err(Fault::Limit { .. })), "{read:?}");
    };
    check(("ITER", &[6, 0, 0, 0]));
    check(("DPIC", &[0xFF; 4]));
    let none = Keybag::read(&fields(&[("SALT", b"s"), ("ITER", &[0; 4])]));
    assert!(matches!(none, Err(Fault::Damaged { .. })), "{none:?}");
}
