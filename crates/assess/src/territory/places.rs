//! Where IP addresses are, from a table on this machine. No address ever leaves it for a look-up,
//! and no table is bundled: they age within weeks and have licences of their own.

use std::net::IpAddr;

/// Where an IP address is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpPlace {
    /// ISO 3166-1 code.
    pub country: String,
    /// ISO 3166-2 code, where the table has one.
    pub division: Option<String>,
    /// Which table says so.
    pub source: String,
    /// Of when it is.
    pub dated: String,
}

/// Something that knows where addresses are.
pub trait IpPlaces: std::fmt::Debug + Send + Sync {
    /// The place of an address; `None` when it is unknown, private or no address.
    fn country(&self, ip: &str) -> Option<IpPlace>;

    /// What assessments that used it were made with.
    fn version(&self) -> String;
}

/// A sorted table of address ranges.
///
/// Its text form is one range a line, `start,end,country` or `start,end,country,division`, after a
/// head of three comment lines that say where it comes from:
///
/// ```text
/// # source: regional registry extract
/// # licence: public
/// # dated: 2026-02-01
/// 192.0.2.0,192.0.2.255,ES,ES-A
/// 2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,AR
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpTable {
    source: String,
    licence: String,
    dated: String,
    /// Sorted by start, without overlap.
    ranges: Vec<Range>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    start: u128,
    end: u128,
    country: String,
    division: Option<String>,
}

/// A table of addresses cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IpTableError {
    /// The head does not say where the table comes from.
    #[error("the table has no line `# {0}: …`; add one, so that a result can name its source")]
    Head(&'static str),
    /// A line is no range.
    #[error("line {line}: {why}; write start,end,country or start,end,country,division")]
    Line {
        /// Which line.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Two ranges claim one address.
    #[error("two ranges hold {0}; keep one of them")]
    Overlap(IpAddr),
}

impl IpTable {
    /// Reads a table.
    ///
    /// # Errors
    /// [`IpTableError`] names the line.
    pub fn parse(text: &str) -> Result<Self, IpTableError> {
        let text = text.trim_start_matches('\u{feff}');
        let head = |key: &'static str| {
            let comments = text.lines().filter_map(|line| line.trim().strip_prefix('#'));
            let mut pairs = comments.filter_map(|comment| comment.split_once(':'));
            let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(key));
            found.map(|(_, value)| value.trim().to_owned()).ok_or(IpTableError::Head(key))
        };
        let (source, licence, dated) = (head("source")?, head("licence")?, head("dated")?);
        let lines = text.lines().enumerate();
        let lines = lines.map(|(number, line)| (number + 1, line.trim()));
        let data = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let read = |(line, text)| range(text).map_err(|why| IpTableError::Line { line, why });
        let mut ranges: Vec<Range> = data.map(read).collect::<Result<_, _>>()?;
        ranges.sort();
        let mut pairs = ranges.windows(2);
        let overlap = pairs.find_map(|pair| match pair {
            [a, b] if b.start <= a.end => Some(address(b.start)),
            _ => None,
        });
        match overlap {
            Some(ip) => Err(IpTableError::Overlap(ip)),
            None => Ok(Self { source, licence, dated, ranges }),
        }
    }

    /// Under which terms it may be used.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.licence
    }

    /// How many ranges it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

impl IpPlaces for IpTable {
    fn country(&self, ip: &str) -> Option<IpPlace> {
        let at = number(ip.trim().parse().ok()?);
        let after = self.ranges.partition_point(|range| range.start <= at);
        let range = self.ranges.get(after.checked_sub(1)?).filter(|range| at <= range.end)?;
        Some(IpPlace {
            country: range.country.clone(),
            division: range.division.clone(),
            source: self.source.clone(),
            dated: self.dated.clone(),
        })
    }

    fn version(&self) -> String {
        format!("{} {}", self.source, self.dated)
    }
}

fn range(line: &str) -> Result<Range, String> {
    let mut cells = line.split(',').map(|cell| cell.trim().trim_matches('"'));
    let mut address = |what| {
        let cell = cells.next().unwrap_or_default();
        cell.parse::<IpAddr>().map_err(|_| format!("{what} {cell:?} is no IP address"))
    };
    let (start, end) = (address("start")?, address("end")?);
    let country = cells.next().unwrap_or_default().to_ascii_uppercase();
    let division = cells.next().filter(|cell| !cell.is_empty()).map(str::to_ascii_uppercase);
    if country.len() != 2 || !country.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(format!("{country:?} is no two-letter country code"));
    }
    if division.as_ref().is_some_and(|code| code.split('-').next() != Some(&country)) {
        return Err(format!("division {division:?} does not lie in {country}"));
    }
    if number(start) > number(end) || start.is_ipv4() != end.is_ipv4() {
        return Err(format!("{start} to {end} is no range"));
    }
    Ok(Range { start: number(start), end: number(end), country, division })
}

/// IPv4 as its place inside IPv6, so that one table holds both.
fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

fn address(number: u128) -> IpAddr {
    IpAddr::V6(number.into()).to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# source: test\n# licence: none\n# dated: 2026-02-01\n";

    #[test]
    fn addresses_of_both_kinds_are_found_and_gaps_are_not_filled() {
        let text = format!(
            "\u{feff}{HEAD}2001:db8::,2001:db8::ffff,AR\n203.0.113.0,203.0.113.9,FR\n\n\
             \"192.0.2.0\",192.0.2.127,es,ES-A\n"
        );
        let table = IpTable::parse(&text).unwrap();
        let check = |ip: &str, expect: Option<&str>| {
            assert_eq!(table.country(ip).map(|place| place.country).as_deref(), expect, "{ip}");
        };
        check("192.0.2.0", Some("ES"));
        check("192.0.2.127", Some("ES"));
        check("192.0.2.128", None);
        check("203.0.113.9", Some("FR"));
        check("2001:db8::1", Some("AR"));
        check("::ffff:192.0.2.5", Some("ES"));
        check("198.51.100.1", None);
        check("no address", None);
        assert_eq!(table.country("192.0.2.1").unwrap().division.as_deref(), Some("ES-A"));
    }

    #[test]
    fn a_table_that_cannot_be_trusted_is_refused_with_its_line() {
        let check = |text: &str, expect: &str| {
            let error = IpTable::parse(text).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("192.0.2.0,192.0.2.1,ES", "# source");
        check(&format!("{HEAD}192.0.2.9,192.0.2.1,ES"), "line 4");
        check(&format!("{HEAD}192.0.2.0,192.0.2.1,Spain"), "country code");
        check(&format!("{HEAD}192.0.2.0,192.0.2.1,ES,AR-B"), "does not lie");
        check(&format!("{HEAD}x,192.0.2.1,ES"), "no IP address");
        check(&format!("{HEAD}192.0.2.0,192.0.2.9,ES\n192.0.2.9,192.0.2.9,AR"), "192.0.2.9");
    }
}
