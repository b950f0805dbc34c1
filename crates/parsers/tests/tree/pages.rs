//! Documents of pages: fonts that speak in codes, and traps.

use crate::pdf::file;
use crate::support::{File, Files, sha256};
use amparo_model::{ProblemKind, Record};
use amparo_parsers::{Collected, by_id};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

const CATALOGUE: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 700 842] /Contents 4 0 R \
                    /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>";
const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(b"\nendstream");
    bytes
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A document of one page with this content, this font and more objects.
fn page(content: Vec<u8>, font: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = [CATALOGUE, PAGES, PAGE].map(|o| o.as_bytes().to_vec()).into();
    objects.push(content);
    objects.push(font.as_bytes().to_vec());
    objects.extend_from_slice(more);
    file(&objects)
}

fn parse(bytes: &[u8]) -> Collected {
    let main = File { path: "tip.pdf".into(), sha256: sha256(bytes), bytes: bytes.to_vec() };
    Files { main, companions: Vec::new() }.parse(by_id("ncmec_le_pdf").unwrap())
}

fn number(found: &Collected) -> Option<String> {
    let tip = found.records.first()?;
    match tip.record() {
        Record::Tip(tip) => Some(tip.tip.to_string()),
        _ => None,
    }
}

#[test]
fn packed_contents_and_pieces_of_words_are_read() {
    let text =
        b"BT /F1 10 Tf 40 800 Td [(Cyber) 10 (Tipline) -300 (Report) -300 (900) (000001)] TJ ET";
    let found = parse(&page(stream("/Filter /FlateDecode", &packed(text)), FONT, &[]));
    assert_eq!(number(&found).as_deref(), Some("ncmec/900000001"), "{:?}", found.problems);
}

#[test]
fn fonts_that_speak_in_codes_are_read_by_their_table() {
    let letters: Vec<char> = "CyberTipline Report 900000001".chars().collect();
    let codes: String = (1..=letters.len()).map(|code| format!("{code:04x}")).collect();
    let text = format!("BT /F1 10 Tf 40 800 Td <{codes}> Tj ET");
    let rows: String = (1..)
        .zip(&letters)
        .map(|(code, letter)| format!("<{code:04x}> <{:04x}>\n", u32::from(*letter)))
        .collect();
    let table = format!("{} beginbfchar\n{rows}endbfchar", letters.len());
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R \
                /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /DW 500 >>] >>";
    let content = stream("", text.as_bytes());
    let found = parse(&page(content.clone(), font, &[stream("", table.as_bytes())]));
    assert_eq!(number(&found).as_deref(), Some("ncmec/900000001"));
    // Without the table nobody knows the letters, and that is told.
    let found = parse(&page(content, &font.replace("/ToUnicode 6 0 R", ""), &[]));
    assert!(found.problems.iter().any(|problem| problem.detail.contains("letters")));
    assert_eq!(number(&found), None);
}

#[test]
fn forms_are_read_and_may_hold_themselves() {
    let form = b"/X Do BT /F1 10 Tf 40 800 Td (CyberTipline Report 900000001) Tj ET";
    let form = stream("/Type /XObject /Subtype /Form", form);
    let found = parse(&page(stream("", b"/X Do"), FONT, &[form]));
    assert_eq!(number(&found).as_deref(), Some("ncmec/900000001"));
}

#[test]
fn page_trees_that_go_in_circles_end() {
    let circle = "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>";
    let found = parse(&file(&[CATALOGUE, circle].map(|object| object.as_bytes().to_vec())));
    assert!(!found.problems.is_empty());
}

#[test]
fn deep_nesting_costs_no_stack() {
    for open in ["[", "<< /A ", "("] {
        let deep = format!("BT {} Tj", open.repeat(10_000));
        assert!(!parse(&page(stream("", deep.as_bytes()), FONT, &[])).problems.is_empty());
        let catalogue = format!("<< /Type /Catalog /Pages 2 0 R /X {} >>", open.repeat(10_000));
        assert!(!parse(&file(&[catalogue.into_bytes()])).problems.is_empty());
    }
    let states = b"q ".repeat(200_000);
    assert!(!parse(&page(stream("", &states), FONT, &[])).problems.is_empty());
}

#[test]
fn numbers_beyond_reason_are_survived() {
    let text = "BT /F1 1e38 Tf 1e38 0 0 1e38 99999999999999999999 -1e38 Tm 1e38 Tc \
                (CyberTipline Report 900000001) Tj 0 0 0 0 0 0 Tm /F1 0 Tf (x) Tj ET";
    parse(&page(stream("", text.as_bytes()), FONT, &[]));
    let font = "<< /Type /Font /Subtype /Type1 /FirstChar -5 /Widths [1e38 -1e38] /Encoding << \
                /Differences [-1 /a 99999999999 /b] >> >>";
    parse(&page(stream("", b"BT /F1 9 Tf (ab) Tj ET"), font, &[]));
}

#[test]
fn tables_that_unpack_without_end_are_refused() {
    let trap = packed(&vec![b' '; 300 << 20]);
    let trap = stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &trap);
    let found = parse(&page(stream("", b""), FONT, &[trap]));
    assert!(found.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
    assert!(found.records.is_empty());
}
