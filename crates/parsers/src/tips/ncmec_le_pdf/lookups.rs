//! Section B: where the clearing house thinks that IP addresses were, and other reports.

use super::lines::Entry;
use super::reader::Reader;
use super::table::{Row, Table};
use super::words;
use crate::tip_parts;
use amparo_model::normal;
use amparo_model::{Address, PartyRole, PlaceOrigin};

/// What is being read of section B.
#[derive(Debug, Default)]
pub(super) struct SectionB {
    block: Block,
    table: Option<Table>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Block {
    #[default]
    None,
    /// A table of addresses, of one party if its heading says so.
    Lookup(Option<(PartyRole, usize)>),
    /// Numbers of other reports.
    Deconfliction,
}

/// Columns that have a field; the rest of a row is kept.
const USED: [&str; 9] =
    ["ip", "country", "region", "state", "province", "city", "postal", "zip", "type"];

impl SectionB {
    pub(super) fn line(&mut self, entry: &Entry, reader: &mut Reader) {
        let lower = entry.text.trim().to_lowercase();
        if lower.starts_with("ip geo-lookup") || lower.starts_with("geo-lookup") {
            self.finish(reader);
            let (_, whose) = words::remark(&entry.text);
            self.block = Block::Lookup(whose.and_then(|whose| words::party(&whose)));
            return reader.understood();
        }
        if lower.trim_end_matches(':') == "deconfliction" {
            self.finish(reader);
            self.block = Block::Deconfliction;
            return reader.understood();
        }
        match self.block {
            Block::Lookup(_) => self.lookup(entry, reader),
            Block::Deconfliction => deconfliction(entry, reader),
            Block::None => reader.not_understood(entry),
        }
    }

    fn lookup(&mut self, entry: &Entry, reader: &mut Reader) {
        let first = entry.line.cells.first().map_or("", |cell| cell.text.as_str());
        let is_ip = normal::ip_and_port(first).0.is_some();
        let is_head = matches!(first.to_lowercase().as_str(), "ip" | "ip address");
        let done = match &mut self.table {
            _ if is_head => {
                self.finish(reader);
                self.table = Some(Table::new(&entry.line));
                None
            }
            Some(table) if is_ip => table.begin(&entry.line),
            Some(table) if table.goes_on(&entry.line) => {
                table.add(&entry.line);
                None
            }
            Some(table) if !table.has_row() => {
                table.add_to_head(&entry.line);
                None
            }
            _ => return reader.not_understood(entry),
        };
        reader.understood();
        if let Some(row) = done {
            self.place(&row, reader);
        }
    }

    pub(super) fn finish(&mut self, reader: &mut Reader) {
        let row = self.table.take().and_then(|mut table| table.finish_row());
        if let Some(row) = row {
            self.place(&row, reader);
        }
    }

    /// Hands a row to the party of the heading, or to whoever used the address.
    fn place(&self, row: &Row, reader: &mut Reader) {
        let ip = row.get(&["ip"]).and_then(|text| normal::ip_and_port(&text).0);
        let address = Address {
            origin: PlaceOrigin::IpLookup,
            ip: ip.clone(),
            street: None,
            city: row.get(&["city"]),
            state: row.get(&["region", "state", "province"]),
            postal_code: row.get(&["postal", "zip"]),
            country: row.get(&["country"]),
        };
        let others = row.others(&USED);
        let shown = ip.clone().unwrap_or_default();
        if !others.is_empty() {
            reader.unknown.insert(format!("lookup of {shown}"), others.join("; "));
        }
        let whose = match self.block {
            Block::Lookup(whose) => whose,
            _ => None,
        };
        let parties = &mut reader.tip.parties;
        let named = whose.and_then(|(role, number)| {
            let mut same = (0..).zip(parties.iter()).filter(|(_, party)| party.role == role);
            same.nth(number.saturating_sub(1)).map(|(at, _): (usize, _)| at)
        });
        let user =
            || parties.iter().position(|party| party.captures.iter().any(|one| one.ip == ip));
        match named.or_else(user).and_then(|at| parties.get_mut(at)) {
            Some(party) => party.addresses.push(address),
            None => {
                let places = [address.city, address.state, address.postal_code, address.country];
                let text = places.into_iter().flatten().collect::<Vec<_>>().join(", ");
                reader.unknown.insert(format!("place of {shown}"), text);
            }
        }
    }
}

fn deconfliction(entry: &Entry, reader: &mut Reader) {
    let before = reader.tip.related.len();
    let own = reader.tip.tip.clone();
    let rest = tip_parts::related(&mut reader.tip.related, &own, &entry.text);
    if rest.is_empty() {
        reader.understood();
    } else if reader.tip.related.len() > before {
        reader.kept(entry);
    } else {
        reader.not_understood(entry);
    }
}
