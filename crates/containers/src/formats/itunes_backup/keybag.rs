//! The keys of an encrypted backup, and the way from its password to them.
//!
//! A keybag is a sequence of fields, each with a name of four letters, a length and a value: first
//! those of the keybag, then from the second `UUID` on those of one class key each. The password
//! becomes a key by PBKDF2, with SHA-256 and then with SHA-1 (since iOS 10.2; before, only with
//! SHA-1), and that key unwraps the class keys (RFC 3394), which unwrap the keys of the files.
//!
//! Facts: Apple's Platform Security guide, "Keybags for Data Protection"; names of fields from
//! iphone-dataprotection; RFC 8018 and RFC 3394.

use crate::bytes::{be32, le32};
use crate::fault::Fault;
use crate::format::Secrets;
use aes_kw::KekAes256;
use pbkdf2::pbkdf2_hmac;
use std::collections::BTreeMap;

/// A key of AES-256.
pub(super) type Key = [u8; 32];

/// Rounds that are run for one password. Real backups have 10 million, which takes seconds.
const MAX_ROUNDS: u32 = 100_000_000;
/// `WRAP` has this bit when the password wraps the key; another says that a key of the device does.
const WRAPPED_BY_PASSWORD: u32 = 2;
/// Class keys beyond this are not kept; there are eleven classes.
const MAX_CLASSES: usize = 64;

/// A keybag as stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Keybag {
    salt: Vec<u8>,
    rounds: u32,
    /// Salt and rounds of the derivation with SHA-256.
    first: Option<(Vec<u8>, u32)>,
    wrapped: BTreeMap<u32, Vec<u8>>,
}

/// Class keys, unwrapped.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ClassKeys(BTreeMap<u32, Key>);

/// Fields of one class key while they are read.
#[derive(Default)]
struct Class {
    number: u32,
    wrap: u32,
    key: Vec<u8>,
}

impl Keybag {
    /// Reads the fields. Nothing is derived yet.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when they do not fit, [`Fault::Limit`] for more rounds than are run.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut keybag = Self::default();
        let (mut first_salt, mut first_rounds) = (None, None);
        let mut class: Option<Class> = None;
        let (mut at, mut ids) = (0_usize, 0);
        while let Some((name, value)) = field(bytes, at)? {
            at += 8 + value.len();
            match (name, &mut class) {
                (b"UUID", _) => {
                    ids += 1;
                    keybag.keep(class.take());
                    class = (ids > 1).then(Class::default);
                }
                (b"CLAS", Some(class)) => class.number = be32(value, 0),
                (b"WRAP", Some(class)) => class.wrap = be32(value, 0),
                (b"WPKY", Some(class)) => class.key = value.to_vec(),
                (b"SALT", None) => keybag.salt = value.to_vec(),
                (b"ITER", None) => keybag.rounds = be32(value, 0),
                (b"DPSL", None) => first_salt = Some(value.to_vec()),
                (b"DPIC", None) => first_rounds = Some(be32(value, 0)),
                _ => {}
            }
        }
        keybag.keep(class);
        keybag.first = first_salt.zip(first_rounds);
        keybag.check()
    }

    fn keep(&mut self, class: Option<Class>) {
        let by_password = |class: &Class| class.wrap & WRAPPED_BY_PASSWORD != 0;
        if let Some(class) = class.filter(by_password)
            && self.wrapped.len() < MAX_CLASSES
        {
            self.wrapped.insert(class.number, class.key);
        }
    }

    fn check(self) -> Result<Self, Fault> {
        let most = self.rounds.max(self.first.as_ref().map_or(0, |(_, rounds)| *rounds));
        if most > MAX_ROUNDS {
            let what = format!("{most} rounds for one password; at most {MAX_ROUNDS}");
            return Err(Fault::Limit { what });
        }
        let missing = match &self {
            keybag if keybag.salt.is_empty() || keybag.rounds == 0 => "how its password is used",
            keybag if keybag.wrapped.is_empty() => "any key that a password opens",
            _ => return Ok(self),
        };
        Err(Fault::damaged(0, format!("the backup's keybag does not hold {missing}")))
    }

    /// The class keys, by the first password that opens one of them.
    ///
    /// # Errors
    /// [`Fault::Locked`] when none does. No password is ever part of a message.
    pub(super) fn unlock(&self, secrets: &Secrets) -> Result<ClassKeys, Fault> {
        for password in &secrets.0 {
            let key = self.derive(password.as_bytes());
            let unwrapped = self.wrapped.iter().filter_map(|(class, wrapped)| {
                let unwrapped = unwrap(&key, wrapped)?;
                Some((*class, unwrapped))
            });
            let keys: BTreeMap<_, _> = unwrapped.collect();
            if !keys.is_empty() {
                return Ok(ClassKeys(keys));
            }
        }
        let needs = match secrets.0.len() {
            0 => "give the backup's password".to_owned(),
            1 => "the password given does not open it; give the backup's password".to_owned(),
            many => format!("none of the {many} passwords opens it; give the backup's password"),
        };
        Err(Fault::Locked { needs })
    }

    fn derive(&self, password: &[u8]) -> Key {
        let (mut first, mut key) = (Key::default(), Key::default());
        let password = match &self.first {
            Some((salt, rounds)) => {
                pbkdf2_hmac::<sha2::Sha256>(password, salt, *rounds, &mut first);
                &first
            }
            None => password,
        };
        pbkdf2_hmac::<sha1::Sha1>(password, &self.salt, self.rounds, &mut key);
        key
    }
}

impl ClassKeys {
    /// Unwraps a key of a file or of the manifest.
    ///
    /// # Errors
    /// [`Fault::Locked`] when the password opens no key of this class, [`Fault::Damaged`] when the
    /// key does not pass its own check.
    pub(super) fn unwrap(&self, class: u32, wrapped: &[u8]) -> Result<Key, Fault> {
        let Some(key) = self.0.get(&class) else {
            let needs = format!("the backup's password opens no key of class {class}");
            return Err(Fault::Locked { needs });
        };
        unwrap(key, wrapped).ok_or_else(|| Fault::damaged(0, "the file's key fails its own check"))
    }

    /// Unwraps a key that has its class in front, four bytes, little end first.
    ///
    /// # Errors
    /// As [`ClassKeys::unwrap`].
    pub(super) fn unwrap_classed(&self, classed: &[u8]) -> Result<Key, Fault> {
        self.unwrap(le32(classed, 0), classed.get(4..).unwrap_or_default())
    }
}

/// RFC 3394; `None` when the key does not pass its check.
fn unwrap(by: &Key, wrapped: &[u8]) -> Option<Key> {
    let mut key = Key::default();
    KekAes256::from(*by).unwrap(wrapped, &mut key).ok().map(|()| key)
}

/// Name and value.
type Field<'b> = (&'b [u8; 4], &'b [u8]);

/// The field at this place; `None` at the end.
fn field(bytes: &[u8], at: usize) -> Result<Option<Field<'_>>, Fault> {
    let rest = bytes.get(at..).unwrap_or_default();
    let Some((name, behind)) = rest.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(be32(behind, 0)).ok();
    let value = length.and_then(|length| behind.get(4..)?.get(..length));
    let why = "a field of the backup's keybag is longer than the keybag";
    value.map(|value| Some((name, value))).ok_or_else(|| Fault::damaged(at as u64, why))
}

#[cfg(test)]
mod tests;
