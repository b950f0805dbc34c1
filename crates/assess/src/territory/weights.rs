//! What a statement about a place weighs; the figures and their grounds are in the data file.

use serde::Deserialize;

/// Weights of statements about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// An address that gives its country.
    pub address: u32,
    /// An address of which only the division names the country.
    pub division_name: u32,
    /// The provider's own estimate.
    pub estimate: u32,
    /// IP addresses that the clearing house looked up.
    pub ip_lookup: IpWeight,
    /// IP addresses in a table on this machine.
    pub ip_table: IpWeight,
    /// The calling code of a telephone.
    pub phone: u32,
    /// A statement about a child concerned, in percent.
    pub child_percent: u32,
}

/// Many events of one line must not outvote an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IpWeight {
    /// The first address in a country.
    pub first: u32,
    /// Each further one.
    pub more: u32,
    /// All together at most.
    pub most: u32,
}

impl IpWeight {
    pub(super) fn of(self, addresses: usize) -> u32 {
        let further = u32::try_from(addresses.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_add(self.more.saturating_mul(further)).min(self.most)
    }
}
