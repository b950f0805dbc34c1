//! Writes backups as iTunes and Finder do, since no stock tool makes them: data files, manifest,
//! property lists, and with a password the keys of each.

use aes_kw::KekAes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockEncryptMut, KeyIvInit};
use data_encoding::HEXLOWER;
use pbkdf2::pbkdf2_hmac;
use rusqlite::Connection;
use sha1::{Digest, Sha1};
use std::fs;
use std::path::{Path, PathBuf};

/// Rounds of the password's two derivations; real backups have 10 million and 10 thousand.
const ROUNDS: (u32, u32) = (9, 7);
/// The class that most files of a phone are in: readable after the first unlock.
const CLASS: u32 = 3;
const CLASS_KEY: [u8; 32] = [0xC1; 32];
/// What `Manifest.db` is encrypted with.
pub const MANIFEST_KEY: [u8; 32] = [0x3A; 32];

/// A file, folder or link of the phone.
pub struct Entry {
    pub domain: &'static str,
    pub path: &'static str,
    /// 1 file, 2 folder, 4 link.
    pub flags: u32,
    pub content: Vec<u8>,
    pub modified: i64,
}

/// How a backup is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form<'p> {
    Plain,
    /// With this password, the manifest too: since iOS 10.2.
    Encrypted(&'p str),
    /// With this password, but not the manifest: iOS 10.0 and 10.1.
    ManifestPlain(&'p str),
    /// With an older manifest and without folders, with this password or without: before iOS 10.
    Old(Option<&'p str>),
}

/// A value of a property list.
pub enum Value {
    Bool(bool),
    Integer(i64),
    Data(Vec<u8>),
    Text(String),
    Uid(u8),
    Array(Vec<Value>),
    Dictionary(Vec<(&'static str, Value)>),
}

/// Name of the data file.
pub fn id(domain: &str, path: &str) -> String {
    HEXLOWER.encode(&Sha1::digest(format!("{domain}-{path}")))
}

impl<'p> Form<'p> {
    fn password(self) -> Option<&'p str> {
        match self {
            Form::Plain => None,
            Form::Encrypted(password) | Form::ManifestPlain(password) => Some(password),
            Form::Old(password) => password,
        }
    }
}

/// Where the data file of an entry lies.
pub fn data_file(folder: &Path, domain: &str, path: &str, form: Form<'_>) -> PathBuf {
    let id = id(domain, path);
    match form {
        Form::Old(_) => folder.join(id),
        _ => folder.join(&id[..2]).join(id),
    }
}

/// Writes a backup into this folder.
pub fn write(folder: &Path, entries: &[Entry], form: Form<'_>) {
    let encrypted = form.password().is_some();
    for entry in entries.iter().filter(|entry| entry.flags == 1) {
        let key = key_of(&id(entry.domain, entry.path));
        let data = if encrypted { encrypt(&key, &entry.content) } else { entry.content.clone() };
        let file = data_file(folder, entry.domain, entry.path, form);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, data).unwrap();
    }
    let (name, manifest) = match form {
        Form::Old(_) => ("Manifest.mbdb", mbdb(entries, encrypted)),
        Form::Encrypted(_) => ("Manifest.db", encrypt(&MANIFEST_KEY, &database(entries, true))),
        _ => ("Manifest.db", database(entries, encrypted)),
    };
    fs::write(folder.join(name), manifest).unwrap();
    fs::write(folder.join("Manifest.plist"), binary(&manifest_plist(form))).unwrap();
    let status = Value::Dictionary(vec![("SnapshotState", Value::Text("finished".into()))]);
    fs::write(folder.join("Status.plist"), binary(&status)).unwrap();
    fs::write(folder.join("Info.plist"), binary(&Value::Dictionary(vec![]))).unwrap();
}

fn manifest_plist(form: Form<'_>) -> Value {
    let mut values = vec![
        ("Version", Value::Text("10.0".into())),
        ("IsEncrypted", Value::Bool(form.password().is_some())),
        ("Lockdown", Value::Dictionary(vec![("ProductVersion", Value::Text("17.5".into()))])),
    ];
    if let Some(password) = form.password() {
        let dual = !matches!(form, Form::Old(_));
        values.push(("BackupKeyBag", Value::Data(keybag(password, dual))));
    }
    if let Form::Encrypted(_) = form {
        let key = [&4_u32.to_le_bytes()[..], &wrap(&[0xC4; 32], &MANIFEST_KEY)].concat();
        values.push(("ManifestKey", Value::Data(key)));
    }
    Value::Dictionary(values)
}

fn database(entries: &[Entry], encrypted: bool) -> Vec<u8> {
    let database = Connection::open_in_memory().unwrap();
    let schema = "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, \
                  flags INTEGER, file BLOB); \
                  CREATE INDEX FilesDomainIdx ON Files(domain); \
                  CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);";
    database.execute_batch(schema).unwrap();
    let insert = "INSERT INTO Files VALUES (?1, ?2, ?3, ?4, ?5)";
    for entry in entries {
        let id = id(entry.domain, entry.path);
        let record = binary(&record(entry, encrypted.then(|| classed_key(&id))));
        database.execute(insert, (id, entry.domain, entry.path, entry.flags, record)).unwrap();
    }
    database.serialize("main").unwrap().to_vec()
}

/// An `MBFile` as NSKeyedArchiver writes it.
fn record(entry: &Entry, key: Option<Vec<u8>>) -> Value {
    let class = |name: &str| {
        let names = [name, "NSObject"].map(|name| Value::Text(name.into())).into();
        Value::Dictionary(vec![
            ("$classname", Value::Text(name.into())),
            ("$classes", Value::Array(names)),
        ])
    };
    let mode = i64::from(mode(entry));
    let mut file = vec![
        ("LastModified", Value::Integer(entry.modified)),
        ("Flags", Value::Integer(0)),
        ("Mode", Value::Integer(mode)),
        ("RelativePath", Value::Uid(2)),
        ("ProtectionClass", Value::Integer(CLASS.into())),
        ("Size", Value::Integer(i64::try_from(entry.content.len()).unwrap())),
        ("$class", Value::Uid(3)),
    ];
    let mut objects = vec![Value::Text("$null".into())];
    let mut rest = vec![Value::Text(entry.path.into()), class("MBFile")];
    if let Some(classed) = key.filter(|_| entry.flags == 1) {
        file.insert(0, ("EncryptionKey", Value::Uid(4)));
        let data = vec![("$class", Value::Uid(5)), ("NS.data", Value::Data(classed))];
        rest.extend([Value::Dictionary(data), class("NSMutableData")]);
    }
    objects.push(Value::Dictionary(file));
    objects.extend(rest);
    Value::Dictionary(vec![
        ("$version", Value::Integer(100_000)),
        ("$archiver", Value::Text("NSKeyedArchiver".into())),
        ("$top", Value::Dictionary(vec![("root", Value::Uid(1))])),
        ("$objects", Value::Array(objects)),
    ])
}

fn mode(entry: &Entry) -> u16 {
    [0o100_644, 0o040_755, 0o120_755][entry.flags as usize / 2]
}

fn classed_key(id: &str) -> Vec<u8> {
    [&CLASS.to_le_bytes()[..], &wrap(&CLASS_KEY, &key_of(id))].concat()
}

/// The manifest of backups before iOS 10.
fn mbdb(entries: &[Entry], encrypted: bool) -> Vec<u8> {
    let mut bytes = b"mbdb\x05\x00".to_vec();
    for entry in entries {
        let key = encrypted.then(|| classed_key(&id(entry.domain, entry.path)));
        let strings = [Some(entry.domain.into()), Some(entry.path.into()), None, None, key];
        let mut string = |value: Option<&[u8]>| {
            let length = value.map_or(0xFFFF, |value| u16::try_from(value.len()).unwrap());
            bytes.extend(length.to_be_bytes());
            bytes.extend(value.unwrap_or_default());
        };
        strings.iter().for_each(|value: &Option<Vec<u8>>| string(value.as_deref()));
        bytes.extend(mode(entry).to_be_bytes());
        bytes.extend([7; 16]);
        let modified = u32::try_from(entry.modified).unwrap();
        bytes.extend([modified, 8, 9].map(u32::to_be_bytes).concat());
        bytes.extend((entry.content.len() as u64).to_be_bytes());
        bytes.extend([u8::try_from(CLASS).unwrap(), 1]);
        bytes.extend(b"\x00\x04name\xFF\xFF");
    }
    bytes
}

/// `dual` with both derivations, else the one that there was before iOS 10.2.
fn keybag(password: &str, dual: bool) -> Vec<u8> {
    let (mut first, mut key) = ([0; 32], [0; 32]);
    pbkdf2_hmac::<sha2::Sha256>(password.as_bytes(), &[0xD5; 20], ROUNDS.0, &mut first);
    let password = if dual { &first[..] } else { password.as_bytes() };
    pbkdf2_hmac::<Sha1>(password, &[0x5A; 20], ROUNDS.1, &mut key);
    let mut bytes = Vec::new();
    let mut field = |name: &str, value: &[u8]| {
        bytes.extend(name.as_bytes());
        bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend(value);
    };
    field("VERS", &5_u32.to_be_bytes());
    field("TYPE", &1_u32.to_be_bytes());
    field("UUID", &[0x11; 16]);
    field("HMCK", &[0x22; 40]);
    field("WRAP", &0_u32.to_be_bytes());
    field("SALT", &[0x5A; 20]);
    field("ITER", &ROUNDS.1.to_be_bytes());
    if dual {
        field("DPWT", &0_u32.to_be_bytes());
        field("DPIC", &ROUNDS.0.to_be_bytes());
        field("DPSL", &[0xD5; 20]);
    }
    for class in 1..=11_u32 {
        let number = u8::try_from(class).unwrap();
        // What only the device opens is in every keybag.
        let (wrapped, by) = if class == 5 {
            (vec![9; 40], 1)
        } else {
            (wrap(&key, &[0xC0 | number; 32]), if class == 11 { 3 } else { 2_u32 })
        };
        // The key of class 3 is that of the files here.
        let wrapped = if class == CLASS { wrap(&key, &CLASS_KEY) } else { wrapped };
        field("UUID", &[number; 16]);
        field("CLAS", &class.to_be_bytes());
        field("WRAP", &by.to_be_bytes());
        field("KTYP", &0_u32.to_be_bytes());
        field("WPKY", &wrapped);
    }
    bytes
}

/// A key of its own for each file.
pub fn key_of(id: &str) -> [u8; 32] {
    sha2::Sha256::digest(id).into()
}

fn wrap(by: &[u8; 32], key: &[u8; 32]) -> Vec<u8> {
    let mut wrapped = vec![0; 40];
    KekAes256::from(*by).wrap(key, &mut wrapped).unwrap();
    wrapped
}

fn encrypt(key: &[u8; 32], plain: &[u8]) -> Vec<u8> {
    let mut buffer = plain.to_vec();
    buffer.resize(plain.len() + 16, 0);
    let encryptor = cbc::Encryptor::<aes::Aes256>::new(key.into(), &[0; 16].into());
    encryptor.encrypt_padded_mut::<Pkcs7>(&mut buffer, plain.len()).unwrap().to_vec()
}

/// The binary form of a property list, with offsets of four bytes and references of two.
pub fn binary(value: &Value) -> Vec<u8> {
    let mut objects = Vec::new();
    put(value, &mut objects);
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in &objects {
        offsets.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        bytes.extend(object);
    }
    let trailer = [objects.len() as u64, 0, bytes.len() as u64];
    bytes.extend(offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 4, 2]);
    bytes.extend(trailer.map(u64::to_be_bytes).concat());
    bytes
}

/// Adds a value and all below it; gives its number.
fn put(value: &Value, objects: &mut Vec<Vec<u8>>) -> [u8; 2] {
    let place = objects.len();
    objects.push(Vec::new());
    objects[place] = match value {
        Value::Bool(value) => vec![8 + u8::from(*value)],
        Value::Integer(value) => [&[0x13][..], &value.to_be_bytes()].concat(),
        Value::Uid(place) => vec![0x80, *place],
        Value::Data(data) => [counted(0x40, data.len()), data.clone()].concat(),
        Value::Text(text) => [counted(0x50, text.len()), text.clone().into_bytes()].concat(),
        Value::Array(values) => {
            let refs: Vec<_> = values.iter().map(|value| put(value, objects)).collect();
            [counted(0xA0, values.len()), refs.concat()].concat()
        }
        Value::Dictionary(values) => {
            let names = values.iter().map(|(name, _)| Value::Text((*name).to_owned()));
            let mut refs: Vec<_> = names.map(|name| put(&name, objects)).collect();
            refs.extend(values.iter().map(|(_, value)| put(value, objects)));
            [counted(0xD0, values.len()), refs.concat()].concat()
        }
    };
    u16::try_from(place).unwrap().to_be_bytes()
}

fn counted(kind: u8, count: usize) -> Vec<u8> {
    match u8::try_from(count) {
        Ok(small) if small < 15 => vec![kind | small],
        _ => [&[kind | 15, 0x12][..], &u32::try_from(count).unwrap().to_be_bytes()].concat(),
    }
}
