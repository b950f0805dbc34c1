//! A sealed referral opens only where it should, whole, from whom it says; and stock tools agree.
#![expect(clippy::disallowed_methods, reason = "tests hand files to the stock tools")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper that cannot go on ends its test"
)]

mod support;

use age::secrecy::ExposeSecret as _;
use amparo_model::{ReferralState, Sha256};
use amparo_referral::{
    Draft, OpenError, Opened, Opening, ReceiptError, SealError, Sealed, Sealing, UnitCard,
    UnitKeys, acknowledge, answers, approve, draft, open, open_receipt, seal,
};
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

fn approved() -> Draft {
    let mut draft = draft(&support::facts());
    approve(&mut draft, "sol", support::now()).unwrap();
    draft
}

fn sealed(draft: &Draft) -> Sealed {
    let (keys, ours) = support::sender();
    seal(&sealing(draft, &keys, &ours, &support::addressee().1)).unwrap()
}

fn sealing<'a>(
    draft: &'a Draft,
    keys: &'a UnitKeys,
    sender: &'a UnitCard,
    addressee: &'a UnitCard,
) -> Sealing<'a> {
    let at = support::now().plus_ms(60_000);
    Sealing { draft, signing_key_pem: &keys.signing_key_pem, sender, addressee, at }
}

fn opened(bytes: &[u8]) -> Result<Opened, OpenError> {
    let identity = support::addressee().0.age_identity;
    open(&Opening { bytes, age_identity: &identity, allowed: &[support::sender().1] })
}

type Package = Vec<(String, Vec<u8>)>;

/// The package inside, for tests that play a dishonest sender or courier.
fn unpack(bytes: &[u8]) -> Package {
    let identity: age::x25519::Identity = support::addressee().0.age_identity.parse().unwrap();
    let tar = age::decrypt(&identity, bytes).unwrap();
    let mut archive = tar::Archive::new(tar.as_slice());
    let entry = |entry: Result<tar::Entry<'_, &[u8]>, _>| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (name, content)
    };
    archive.entries().unwrap().map(entry).collect()
}

fn repack(files: &[(String, Vec<u8>)], to: &UnitCard) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    let recipient: age::x25519::Recipient = to.age_recipient.parse().unwrap();
    age::encrypt(&recipient, &tar.into_inner().unwrap()).unwrap()
}

#[test]
fn the_addressee_sees_the_same_facts() {
    let draft = approved();
    let sealed = sealed(&draft);
    let opened = opened(&sealed.bytes).unwrap();
    assert_eq!(opened.draft, draft);
    assert_eq!(opened.manifest, sealed.manifest);
    assert_eq!(opened.manifest_sha256, sealed.manifest_sha256);
    assert_eq!(opened.sender, support::sender().1);
    let names: Vec<&str> = opened.files.keys().map(String::as_str).collect();
    let expect = [
        "manifest.json",
        "manifest.json.sig",
        "referral.en.pdf",
        "referral.es.pdf",
        "referral.json",
        "referral.jsonld",
        "referral.pt.pdf",
    ];
    assert_eq!(names, expect);
    assert_eq!(opened.files.get("referral.jsonld"), Some(&sealed.jsonld));
}

/// As small as a referral can be: one transfer, one language.
fn small() -> Draft {
    let mut draft = approved();
    draft.header.languages.truncate(1);
    draft.ledger.truncate(1);
    draft.novelty.statements.truncate(1);
    draft
}

#[test]
fn a_flipped_byte_at_any_position_is_refused() {
    let bytes = sealed(&small()).bytes;
    let step = (bytes.len() / 2_000).max(1);
    let sample = (0..600).chain((600..bytes.len()).step_by(step)).chain([bytes.len() - 1]);
    let (identity, allowed) = (support::addressee().0.age_identity, [support::sender().1]);
    let opens =
        |bytes: &[u8]| open(&Opening { bytes, age_identity: &identity, allowed: &allowed }).is_ok();
    let mut copy = bytes.clone();
    for position in sample {
        let bit = 1 << (position % 8);
        copy[position] ^= bit;
        assert!(!opens(&copy), "position {position}, bit {bit:#x}");
        copy[position] ^= bit;
    }
    assert!(opens(&copy));
}

#[test]
fn a_cut_or_extended_file_is_refused() {
    let bytes = sealed(&small()).bytes;
    for length in [0, 1, 20, 200, bytes.len() / 2, bytes.len() - 1] {
        assert!(opened(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(opened(&[bytes.as_slice(), b"x"].concat()).is_err());
    assert_eq!(opened(b"%PDF-1.7 something else").unwrap_err(), OpenError::NotSealed);
}

#[test]
fn another_units_key_is_named_as_such() {
    let bytes = sealed(&approved()).bytes;
    let identity = support::unit("Third unit", "PT", 30).0.age_identity;
    let allowed = [support::sender().1];
    let opening = Opening { bytes: &bytes, age_identity: &identity, allowed: &allowed };
    assert_eq!(open(&opening).unwrap_err(), OpenError::WrongKey);
    let opening = Opening { age_identity: "AGE-SECRET-KEY-1NONSENSE", ..opening };
    assert!(matches!(open(&opening), Err(OpenError::Key(_))));
}

#[test]
fn an_unknown_signer_and_a_borrowed_name_are_told_apart() {
    let bytes = sealed(&approved()).bytes;
    let identity = support::addressee().0.age_identity;
    let refused = |allowed: &[UnitCard]| {
        open(&Opening { bytes: &bytes, age_identity: &identity, allowed }).unwrap_err()
    };
    let error = refused(&[support::unit("Third unit", "PT", 30).1]);
    let OpenError::UnknownSigner { unit, key } = error else { panic!("{error}") };
    assert_eq!(unit, support::sender().1.unit);
    assert_eq!(key, support::sender().1.fingerprint());
    let renamed = UnitCard { unit: "Other name".to_owned(), ..support::sender().1 };
    assert!(matches!(refused(&[renamed]), OpenError::OtherSender { .. }));
}

#[test]
fn a_referral_passed_on_to_another_unit_is_recognised() {
    let files = unpack(&sealed(&approved()).bytes);
    let (keys, card) = support::unit("Third unit", "PT", 30);
    let bytes = repack(&files, &card);
    let allowed = [support::sender().1];
    let opening = Opening { bytes: &bytes, age_identity: &keys.age_identity, allowed: &allowed };
    let expect = OpenError::OtherAddressee(support::addressee().1.unit);
    assert_eq!(open(&opening).unwrap_err(), expect);
}

#[test]
fn a_package_that_is_not_its_manifest_is_refused() {
    let files = unpack(&sealed(&approved()).bytes);
    let check = |change: &dyn Fn(&mut Package), expect: OpenError| {
        let mut files = files.clone();
        change(&mut files);
        let error = opened(&repack(&files, &support::addressee().1)).unwrap_err();
        assert_eq!(error, expect);
    };
    fn content<'a>(files: &'a mut [(String, Vec<u8>)], name: &str) -> &'a mut Vec<u8> {
        &mut files.iter_mut().find(|(n, _)| n == name).unwrap().1
    }
    let named = |name: &str| name.to_owned();
    check(
        &|files| content(files, "referral.json").push(b' '),
        OpenError::FileMismatch(named("referral.json")),
    );
    check(
        &|files| content(files, "referral.es.pdf")[100] ^= 1,
        OpenError::FileMismatch(named("referral.es.pdf")),
    );
    check(
        &|files| files.retain(|(name, _)| name != "referral.jsonld"),
        OpenError::MissingFile(named("referral.jsonld")),
    );
    check(
        &|files| files.retain(|(name, _)| name != "manifest.json.sig"),
        OpenError::MissingFile(named("manifest.json.sig")),
    );
    check(
        &|files| files.push((named("photo.jpg"), vec![0xff, 0xd8])),
        OpenError::ExtraFile(named("photo.jpg")),
    );
    check(&|files| content(files, "manifest.json").push(b' '), OpenError::BadSignature);
    check(&|files| content(files, "manifest.json.sig").clear(), OpenError::BadSignature);
}

#[test]
fn only_an_approved_complete_draft_to_its_own_addressee_is_sealed() {
    let (keys, ours) = support::sender();
    let theirs = support::addressee().1;
    let draft = approved();
    let mut open_draft = draft.clone();
    open_draft.signers.approved_by = None;
    let result = seal(&sealing(&open_draft, &keys, &ours, &theirs));
    assert!(matches!(result, Err(SealError::NotApproved)));
    let mut incomplete = draft.clone();
    incomplete.do_not_alert = None;
    let result = seal(&sealing(&incomplete, &keys, &ours, &theirs));
    assert!(matches!(result, Err(SealError::Incomplete(_))));
    let third = support::unit("Third unit", "PT", 30);
    let result = seal(&sealing(&draft, &keys, &ours, &third.1));
    assert!(matches!(result, Err(SealError::OtherAddressee { .. })));
    let result = seal(&sealing(&draft, &third.0, &ours, &theirs));
    assert!(matches!(result, Err(SealError::OtherSigner)));
}

#[test]
fn no_secret_is_in_what_leaves_the_unit() {
    let sealed = sealed(&approved());
    let (keys, _) = support::sender();
    let secret = keys.age_identity.parse::<age::x25519::Identity>().unwrap().to_string();
    for (name, content) in unpack(&sealed.bytes) {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains(secret.expose_secret()), "{name}");
        assert!(!text.contains("PRIVATE KEY"), "{name}");
    }
}

#[test]
fn a_receipt_moves_only_the_text_it_answers() {
    let sealed = sealed(&approved());
    let opened = opened(&sealed.bytes).unwrap();
    let (keys, card) = support::addressee();
    let receipt = opened.receipt(ReferralState::Accepted, support::now(), "Vega", "Lo asumimos\n");
    let file = acknowledge(&receipt, &keys.signing_key_pem).unwrap();
    let read = open_receipt(&file, std::slice::from_ref(&card)).unwrap();
    assert_eq!(read, receipt);
    assert_eq!(answers(&read, &sealed.manifest.referral, &sealed.manifest_sha256), Ok(()));
    let other = answers(&read, &sealed.manifest.referral, &Sha256([0; 32]));
    assert!(matches!(other, Err(ReceiptError::OtherText(_))));
    for position in 0..file.len() {
        let mut copy = file.clone();
        copy[position] ^= 1;
        let result = open_receipt(&copy, std::slice::from_ref(&card));
        assert!(result.is_err() || result == Ok(receipt.clone()), "position {position}");
    }
    let stranger = open_receipt(&file, &[support::sender().1]);
    assert!(matches!(stranger, Err(ReceiptError::UnknownSigner(_))));
    let forged = acknowledge(&receipt, &support::sender().0.signing_key_pem).unwrap();
    let result = open_receipt(&forged, &[support::sender().1]);
    assert!(matches!(result, Err(ReceiptError::OtherUnit { .. })));
    let own_act = opened.receipt(ReferralState::Sealed, support::now(), "Vega", "");
    let result = acknowledge(&own_act, &keys.signing_key_pem);
    assert_eq!(result, Err(ReceiptError::NotAnAnswer("sealed")));
}

#[test]
fn ssh_keygen_verifies_manifest_and_receipt() {
    let sealed = sealed(&approved());
    let files = unpack(&sealed.bytes);
    let part = |name: &str| files.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let (manifest, signature) = (part("manifest.json"), part("manifest.json.sig"));
    let (_, card) = support::sender();
    assert!(ssh_keygen(&card, "amparo-referral", &manifest, &signature));
    assert!(!ssh_keygen(&card, "amparo-receipt", &manifest, &signature));
    assert!(!ssh_keygen(&card, "amparo-referral", b"{}\n", &signature));
    assert!(!ssh_keygen(&support::addressee().1, "amparo-referral", &manifest, &signature));

    let opened = opened(&sealed.bytes).unwrap();
    let (keys, card) = support::addressee();
    let receipt = opened.receipt(ReferralState::Read, support::now(), "Vega", "");
    let file = String::from_utf8(acknowledge(&receipt, &keys.signing_key_pem).unwrap()).unwrap();
    let line = format!("{}\n", file.lines().nth(1).unwrap());
    let signature = file.split_once("-----END AMPARO RECEIPT-----\n").unwrap().1;
    assert!(ssh_keygen(&card, "amparo-receipt", line.as_bytes(), signature.as_bytes()));
}

/// `ssh-keygen -Y verify`, as any unit can run it.
fn ssh_keygen(card: &UnitCard, namespace: &str, message: &[u8], signature: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (signers, file) = (folder.path().join("allowed"), folder.path().join("message.sig"));
    std::fs::write(&signers, card.allowed_signers_line()).unwrap();
    std::fs::write(&file, signature).unwrap();
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-n", namespace, "-I", &card.principal(), "-f"])
        .arg(&signers)
        .arg("-s")
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("ssh-keygen is missing; install the package openssh-client");
    // It may refuse before it has read everything; the exit status tells.
    let _ = child.stdin.take().unwrap().write_all(message);
    child.wait().unwrap().success()
}
