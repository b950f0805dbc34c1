//! Files of a report. Their bytes are elsewhere and are not opened.

use super::Shared;
use super::parties::capture;
use super::tree::Element;
use crate::tip_parts::{hash, moment};
use amparo_model::{RecordedHash, Stated, TipFile, TipRevision};

/// Reads the details of one file.
pub(super) fn file(mut details: Element, shared: &mut Shared) -> TipFile {
    let hashes = details.all("originalFileHash");
    let hashes = hashes.into_iter().filter_map(|one| stated_hash(one, shared)).collect();
    let captures = details.all("ipCaptureEvent");
    let captures = captures.into_iter().flat_map(|one| capture(one, shared)).collect();
    let mut notes = pairs(&mut details, shared);
    let unknown = &mut shared.unknown;
    notes.extend(details.texts("additionalInfo", unknown));
    details.take("reportId");
    let file = TipFile {
        submittal_id: details.text("fileId", unknown),
        file_name: details.text("fileName", unknown),
        original_file_name: details.text("originalFileName", unknown),
        uploaded_at: details.text("uploadedToEspTimestamp", unknown).map(|text| moment(&text)),
        url: details.text("locationOfFile", unknown),
        viewed_by_provider: details.flag("fileViewedByEsp", unknown),
        publicly_available: details.flag("publiclyAvailable", unknown),
        relevance: details.text("fileRelevance", unknown),
        industry_classification: details.text("industryClassification", unknown),
        tags: annotations(&mut details, shared),
        hashes,
        captures,
        notes,
    };
    details.finish(&mut shared.unknown);
    file
}

/// The provider's marks, those unknown to this version included.
fn annotations(details: &mut Element, shared: &mut Shared) -> Vec<String> {
    let mut marks = details.all("potentialMeme");
    let groups = details.all("fileAnnotations");
    marks.extend(groups.into_iter().flat_map(Element::children));
    let set = |mark: Element| {
        let name = mark.name().to_owned();
        (mark.mark(&mut shared.unknown) == Stated::Yes).then_some(name)
    };
    marks.into_iter().filter_map(set).collect()
}

/// A hash of the type that its attribute names; what cannot be used stays with the unknown paths.
fn stated_hash(mut one: Element, shared: &mut Shared) -> Option<RecordedHash> {
    let kind = one.attribute("hashType").unwrap_or_default();
    let path = one.path().to_owned();
    let value = one.leaf(&mut shared.unknown)?;
    match hash(&kind, &value) {
        Ok(hash) => Some(hash),
        Err(detail) => {
            shared.unknown.insert(format!("{path}/@hashType"), kind);
            shared.unknown.insert(path.clone(), value);
            shared.odd.push((path, detail));
            None
        }
    }
}

/// Name-value pairs, where EXIF data lives, as `name: value`.
fn pairs(details: &mut Element, shared: &mut Shared) -> Vec<String> {
    let mut notes = Vec::new();
    for mut block in details.all("details") {
        let kind = block.attribute("type").map_or_else(String::new, |kind| kind + " ");
        for mut pair in block.all("nameValuePair") {
            let name = pair.text("name", &mut shared.unknown).unwrap_or_default();
            if let Some(value) = pair.text("value", &mut shared.unknown) {
                notes.push(format!("{kind}{name}: {value}"));
            }
            pair.finish(&mut shared.unknown);
        }
        block.finish(&mut shared.unknown);
    }
    notes
}

/// The clearing house answers an upload with an MD5; it belongs to the file with the same id.
pub(super) fn hashes_of_uploads(answers: &[Element], revision: &mut TipRevision) {
    for answer in answers {
        let (Some(id), Some(value)) = (answer.peek("fileId"), answer.peek("hash")) else {
            continue;
        };
        let Ok(hash) = hash("MD5", &value) else { continue };
        let same = |file: &&mut TipFile| file.submittal_id.as_ref() == Some(&id);
        if let Some(file) = revision.files.iter_mut().find(same)
            && !file.hashes.contains(&hash)
        {
            file.hashes.push(hash);
        }
    }
}
