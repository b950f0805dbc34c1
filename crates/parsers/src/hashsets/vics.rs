//! VICS: the JSON in which Project VIC, CAID and compatible lists and case exports are exchanged.
//!
//! The envelope names the data model; its realm is the only thing in the file that tells whose
//! category numbers follow. Readers in the field take far more than the model says, and so does
//! this one: bare arrays, other names for the list, texts for numbers and flags.

mod row;

use crate::list::json_rows::{Extent, Json};
use crate::list::window::Window;
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, Place, ProblemKind, RecordKind, Scheme};

/// Reads VICS 1.1, 1.2, 1.3 and 2.0, `#Media` and `#Cases`.
#[derive(Debug)]
pub struct Vics;

static SPEC: Spec = Spec {
    id: "vics",
    title: "VICS 1.1, 1.2, 1.3 and 2.0 hash set or case export, as JSON",
    family: Family::HashSet,
    apps: &["Project VIC", "Griffeye", "CAID", "NIST NSRL"],
    claims: &["**/*.json"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list of 11 rows, 1 case export, bare arrays"],
    gaps: &[
        "`list_header.title`, `list_header.version`, `list_header.dated`: the format has no place \
         for them",
        "PDQ without a stated quality is taken as quality 100; timestamps of vPDQ frames are not \
         kept",
        "Exifs, Segments, Identifiers, Tags and Comments are kept as written, not understood",
        "facts about the case in a case export (CaseNumber, contacts, totals) are not read",
        "a list whose data model is stated after its rows is refused",
        "rows with the same MD5 and different categories are all handed on",
        "a NIST list of harmless files is told by VICS 1.2 and the word NSRL, NIST or RDS in the \
         file's name or before its rows; without it the list counts as one of illegal material",
    ],
    references: &[
        "GriffeyePS, copy of the VICS 2.0 EDMX, seen 2026",
        "GLEAPP and IPED, readers of VICS #Media and #Cases, seen 2026",
        "ThreatExchange, vpdq_util.py, compact features of vPDQ, seen 2026",
    ],
    time: "times of rows are kept as written; the list's date is stated at import",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 128,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

/// Names under which writers put the list; `value` is that of the model.
const LISTS: [&str; 4] = ["value", "media", "objects", "data"];

impl ListParser for Vics {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head.get(..4096.min(head.len())).unwrap_or_default());
        let json = head.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        let named = head.contains("odata.") && (head.contains("#Media") || head.contains("#Cases"));
        let keys = ["\"MediaID\"", "\"Category\"", "\"MediaSize\""];
        let bare = head.contains("\"MD5\"") && keys.iter().any(|key| head.contains(key));
        json && (named || bare)
    }

    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound> {
        if source.size() == 0 {
            return Err(Unsound::Malformed("the file is empty".to_owned()));
        }
        let json = Json::new(Window::new(source))?;
        let named = names_nist(out.path().rsplit('/').next().unwrap_or_default());
        let mut walk = Walk { json, out, model: None, harmless: named, begun: false };
        match walk.json.next()? {
            b'{' => walk.envelope()?,
            b'[' => walk.list("", None)?,
            _ => return Err(Unsound::Unsupported("this is no JSON text".to_owned())),
        }
        walk.json.end()
    }
}

/// What the first member says.
struct Model {
    scheme: Scheme,
    cases: bool,
}

impl Model {
    /// `<base>/DataModels/<version>.xml[/<realm>/$metadata]#Media` or `#Cases`.
    fn read(context: &str) -> Result<Self, Unsound> {
        let not = || {
            let found: String = context.chars().take(200).collect();
            Unsound::Unsupported(format!(
                "{found:?} is no data model of VICS 1.1, 1.2, 1.3 or 2.0; export the list as one"
            ))
        };
        let (base, set) = context.rsplit_once('#').ok_or_else(not)?;
        let cases = set.eq_ignore_ascii_case("cases");
        if !cases && !set.eq_ignore_ascii_case("media") {
            return Err(not());
        }
        let mut parts = base.split('/').skip_while(|part| !part.ends_with(".xml"));
        let version = parts.next().and_then(|part| part.strip_suffix(".xml")).unwrap_or_default();
        if !["1.1", "1.2", "1.3", "2.0"].contains(&version) {
            return Err(not());
        }
        let realm = parts.next().filter(|realm| !realm.is_empty() && *realm != "$metadata");
        let (name, realm) = ("VICS".to_owned(), realm.unwrap_or("UNKNOWN").to_owned());
        Ok(Self { scheme: Scheme { name, realm, version: version.to_owned() }, cases })
    }
}

/// The walk over envelope, cases and rows.
struct Walk<'s, 'o, 'x> {
    json: Json<'s>,
    out: &'o mut ListOut<'x>,
    model: Option<Model>,
    /// Something names the maker of lists of harmless files.
    harmless: bool,
    /// The header has gone out.
    begun: bool,
}

impl Walk<'_, '_, '_> {
    fn envelope(&mut self) -> Result<(), Unsound> {
        self.json.expect(b'{')?;
        let mut read: Vec<String> = Vec::new();
        let mut more = !self.json.accept(b'}')?;
        while more {
            let key = self.json.key()?;
            if LISTS.contains(&key.as_str()) && self.json.next()? == b'[' {
                if read.contains(&key) {
                    return Err(Unsound::Malformed(format!("there are two lists {key:?}")));
                }
                self.list(&format!("/{key}"), self.model.as_ref().map(|model| model.cases))?;
                read.push(key);
            } else {
                self.member(&key)?;
            }
            more = self.json.separator(b'}')?;
        }
        if read.is_empty() {
            let why = "there is no list of media in it; this is no VICS list";
            return Err(Unsound::Unsupported(why.to_owned()));
        }
        Ok(())
    }

    /// A member of the envelope that is no list.
    fn member(&mut self, key: &str) -> Result<(), Unsound> {
        let Extent::Whole(length) = self.json.value()? else { return Ok(()) };
        let text = String::from_utf8_lossy(self.json.taken(length)).into_owned();
        self.json.pass(length);
        if key == "odata.metadata" || key == "@odata.context" {
            let context: String = serde_json::from_str(&text)
                .map_err(|_| Unsound::Malformed("its data model is no text".to_owned()))?;
            if self.begun {
                let why = "the data model is stated after the rows; such a list is not read";
                return Err(Unsound::Unsupported(why.to_owned()));
            }
            self.model = Some(Model::read(&context)?);
        } else {
            self.harmless |= names_nist(&text);
        }
        Ok(())
    }

    fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let scheme = self.model.as_ref().map(|model| model.scheme.clone());
        let old = scheme.as_ref().is_some_and(|scheme| scheme.version == "1.2");
        let nature = if old && self.harmless { ListNature::Catalogue } else { ListNature::Illegal };
        self.out.header(ListHeader { scheme, title: None, version: None, dated: None, nature });
    }

    /// The elements of a list: cases, or rows. Without a data model the first element tells which.
    fn list(&mut self, pointer: &str, cases: Option<bool>) -> Result<(), Unsound> {
        self.begin();
        self.json.expect(b'[')?;
        let mut more = !self.json.accept(b']')?;
        let cases = match cases {
            Some(cases) => cases,
            None => more && holds_media(self.json.ahead(1 << 16)?),
        };
        let mut index = 0_u64;
        while more {
            let pointer = format!("{pointer}/{index}");
            if cases {
                self.case(pointer)?
            } else {
                self.row(pointer)?
            }
            index += 1;
            more = self.json.separator(b']')?;
        }
        Ok(())
    }

    fn case(&mut self, pointer: String) -> Result<(), Unsound> {
        if self.json.next()? != b'{' {
            self.json.skip()?;
            let place = Place::Json { pointer };
            self.out.reject(place, ProblemKind::Malformed, "case that is no object");
            return Ok(());
        }
        self.json.expect(b'{')?;
        let (mut found, mut more) = (false, !self.json.accept(b'}')?);
        while more {
            let key = self.json.key()?;
            if key == "Media" && self.json.next()? == b'[' {
                if std::mem::replace(&mut found, true) {
                    return Err(Unsound::Malformed(format!("{pointer} has two lists of media")));
                }
                self.list(&format!("{pointer}/Media"), Some(false))?;
            } else {
                self.json.skip()?;
            }
            more = self.json.separator(b'}')?;
        }
        if !found {
            self.out.note(Place::Json { pointer }, ProblemKind::Skipped, "case without media");
        }
        Ok(())
    }

    fn row(&mut self, pointer: String) -> Result<(), Unsound> {
        let place = Place::Json { pointer };
        match self.json.value()? {
            Extent::TooLong => self.out.reject(place, ProblemKind::Limit, "row over 1 MiB"),
            Extent::TooDeep => {
                self.out.reject(place, ProblemKind::Limit, "row nested too deeply");
            }
            Extent::Whole(length) => {
                match row::read(self.json.taken(length)) {
                    Ok(draft) => self.out.draft(draft, place),
                    Err(why) => self.out.reject(place, ProblemKind::Malformed, why),
                }
                self.json.pass(length);
            }
        }
        Ok(())
    }
}

/// Whether the element that starts here is a case: rows have no member `Media`.
fn holds_media(head: &[u8]) -> bool {
    let mut found = memchr::memmem::find_iter(head, b"\"Media\"");
    found.any(|at| {
        let rest = head.get(at + 7..).unwrap_or_default();
        let mut rest = rest.iter().filter(|byte| !byte.is_ascii_whitespace());
        rest.next() == Some(&b':') && rest.next() == Some(&b'[')
    })
}

/// Whether a text names the National Software Reference Library or its data set.
fn names_nist(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| ["nsrl", "nist", "rds"].iter().any(|name| word.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests;
