//! `wa.db`: the owner's address book, and the names that accounts give themselves.

use super::{APP, table_problem};
use crate::sqlite::Db;
use crate::{Blob, Sink};
use amparo_model::{Account, AccountKey, Contact, Located, Place, ProblemKind, Record};

/// Reads one view of `wa.db`.
pub(super) fn read(db: &Db, main: &Blob, owner: &AccountKey, out: &mut dyn Sink) {
    if !db.has("wa_contacts") {
        let detail = "there is no such table; no address book was read".to_owned();
        out.problem(table_problem(main, ProblemKind::Unsupported, "wa_contacts", detail));
    }
    let columns = ["jid", "display_name", "number", "wa_name", "given_name", "family_name"];
    let scan = db.scan("wa_contacts", &columns, |rowid, row| {
        let jid = row.text(0);
        let phone = row.text(2);
        let given = [row.text(4), row.text(5)].into_iter().flatten().collect::<Vec<_>>();
        let name = row.text(1).or_else(|| (!given.is_empty()).then(|| given.join(" ")));
        let account = jid.map(|jid| AccountKey::new(APP, jid));
        let mut emit = |record| {
            let place = Place::Row { table: "wa_contacts".to_owned(), rowid };
            out.record(Located::new(record, main.at(place)));
        };
        if let (Some(key), Some(own)) = (&account, row.text(3)) {
            emit(Record::Account(named(key.clone(), owner, own, phone.clone())));
        }
        // A row without name and number is a cache entry of the app, not the owner's address book.
        if name.is_some() || phone.is_some() {
            emit(Record::Contact(Contact { account, name, phone }));
        }
    });
    super::tables::told(&scan, main, "wa_contacts", out);
    let scan = db.scan("wa_vnames", &["jid", "verified_name"], |rowid, row| {
        if let (Some(jid), Some(name)) = (row.text(0), row.text(1)) {
            let account = named(AccountKey::new(APP, jid), owner, name, None);
            let place = Place::Row { table: "wa_vnames".to_owned(), rowid };
            out.record(Located::new(Record::Account(account), main.at(place)));
        }
    });
    super::tables::told(&scan, main, "wa_vnames", out);
}

fn named(key: AccountKey, owner: &AccountKey, name: String, phone: Option<String>) -> Account {
    Account { is_owner: key == *owner, key, names: vec![name], phone, username: None }
}
