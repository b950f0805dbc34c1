//! A volume divided into clusters: chains followed as far as they make sense.

use super::cache::Cache;
use super::pieces::Pieces;
use super::table::{Link, Table};
use super::taken::Taken;
use crate::bytes::Bytes;
use crate::fault::Fault;
use std::rc::Rc;

/// Stretches in which one file may lie. A file of 4 GiB with every 4 KiB apart has a million.
const STRETCHES: usize = 4 << 20;
/// Memory for the loop check of one chain: enough for 500 million clusters.
const LOOP_BYTES: u64 = 64 << 20;

/// A volume of FAT or exFAT.
pub struct Volume {
    /// All of it.
    pub bytes: Rc<dyn Bytes>,
    /// Where the first cluster, number 2, begins.
    pub data_at: u64,
    /// Bytes of a cluster.
    pub cluster_bytes: u64,
    /// How many there are.
    pub clusters: u32,
    /// What follows what.
    pub table: Table,
    /// exFAT: one bit for each cluster in use, or why there is none. FAT: the table says it.
    pub bitmap: Option<Result<Cache, Fault>>,
}

/// Clusters of an entry, in stretches of first and count, and why there are no more.
#[derive(Debug, Default)]
pub struct Chain {
    /// In the order of the file.
    pub runs: Vec<(u32, u32)>,
    /// What ended it too early.
    pub fault: Option<Fault>,
}

/// How many clusters a chain must have.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// As many; what follows belongs to nobody.
    Exactly(u64),
    /// To its end, which comes before this.
    AtMost(u64),
}

impl Volume {
    /// Where a cluster begins; `None` for a number that no cluster has.
    pub fn place(&self, cluster: u32) -> Option<u64> {
        let index = cluster.checked_sub(2)?;
        (index < self.clusters).then(|| self.data_at + u64::from(index) * self.cluster_bytes)
    }

    /// Clusters that so many bytes take.
    pub fn count(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.cluster_bytes)
    }

    /// A size that the whole volume could not hold.
    pub fn too_large(&self, size: u64) -> bool {
        self.count(size) > u64::from(self.clusters)
    }

    /// Follows the table from a cluster on, and stops at any that was `taken` before.
    pub fn linked(&self, first: u32, wanted: Wanted, taken: &mut Taken) -> Chain {
        let mut chain = Chain::default();
        chain.fault = self.follow(first, wanted, taken, &mut chain.runs).err();
        chain
    }

    /// As [`linked`](Self::linked), where only the chain itself could cross it.
    pub fn linked_alone(&self, first: u32, wanted: Wanted) -> Chain {
        self.linked(first, wanted, &mut Taken::new(self.clusters, LOOP_BYTES))
    }

    fn follow(
        &self,
        first: u32,
        wanted: Wanted,
        taken: &mut Taken,
        runs: &mut Vec<(u32, u32)>,
    ) -> Result<(), Fault> {
        let (Wanted::Exactly(most) | Wanted::AtMost(most)) = wanted;
        let (mut cluster, mut count) = (first, 0);
        while count < most {
            let at = self.place(cluster).ok_or_else(|| self.outside(cluster))?;
            if !taken.take(cluster - 2) {
                let why = format!("cluster {cluster} belongs to a chain already");
                return Err(Fault::damaged(at, why));
            }
            push(runs, cluster)?;
            count += 1;
            let told = |why: String| Err(Fault::damaged(at, why));
            let enough = matches!(wanted, Wanted::Exactly(_)) && count == most;
            match self.table.link(cluster)? {
                Link::Free => return told(format!("the table calls cluster {cluster} free")),
                Link::Bad => return told(format!("the table calls cluster {cluster} bad")),
                _ if enough => return Ok(()),
                Link::Next(next) => cluster = next,
                Link::End if matches!(wanted, Wanted::AtMost(_)) => return Ok(()),
                Link::End => {
                    let missing = most - count;
                    return told(format!(
                        "the chain ends at cluster {cluster}, {missing} too early"
                    ));
                }
            }
        }
        match wanted {
            Wanted::AtMost(most) if most > 0 => {
                Err(Fault::Limit { what: format!("a chain of more than {most} clusters") })
            }
            _ => Ok(()),
        }
    }

    /// So many clusters one behind the other.
    pub fn contiguous(&self, first: u32, count: u64) -> Chain {
        let behind = u64::from(self.clusters) + 2;
        let there = if first < 2 { 0 } else { behind.saturating_sub(u64::from(first)).min(count) };
        let fault = (there < count).then(|| self.outside(first));
        let there = u32::try_from(there).unwrap_or(0);
        Chain { runs: if there > 0 { vec![(first, there)] } else { Vec::new() }, fault }
    }

    /// What a deleted entry may have held: its chain, if that is still whole and free; else so many
    /// free clusters from its first on, clusters in use passed over, as The Sleuth Kit does.
    /// Nothing when the first is in use again.
    pub fn remains(&self, first: u32, count: u64, contiguous: bool) -> Chain {
        let left = (!contiguous).then(|| self.left_chain(first, count)).flatten();
        left.unwrap_or_else(|| {
            let mut chain = Chain::default();
            chain.fault = self.free_from(first, count, &mut chain.runs).err();
            chain
        })
    }

    /// exFAT marks clusters as free in the bitmap, and may leave the chain in the table as it was.
    fn left_chain(&self, first: u32, count: u64) -> Option<Chain> {
        self.bitmap.as_ref()?;
        // Only a chain that ends where the file does is believed.
        let chain = self.linked_alone(first, Wanted::AtMost(count + 1));
        let held: u64 = chain.runs.iter().map(|(_, count)| u64::from(*count)).sum();
        let free = |(first, count): &(u32, u32)| {
            (*first..first.saturating_add(*count)).all(|cluster| self.is_free(cluster) == Ok(true))
        };
        let whole = chain.fault.is_none() && held == count && chain.runs.iter().all(free);
        whole.then_some(chain)
    }

    fn free_from(&self, first: u32, count: u64, runs: &mut Vec<(u32, u32)>) -> Result<(), Fault> {
        let (mut cluster, mut found) = (first, 0);
        while found < count {
            let at = self.place(cluster).ok_or_else(|| self.outside(cluster))?;
            if self.is_free(cluster)? {
                push(runs, cluster)?;
                found += 1;
            } else if found == 0 {
                let why = format!("cluster {cluster} of this deleted entry is in use again");
                return Err(Fault::damaged(at, why));
            }
            cluster = cluster.saturating_add(1);
        }
        Ok(())
    }

    /// Whether a cluster belongs to nothing.
    ///
    /// # Errors
    /// [`Fault`] when what says so cannot be read.
    pub fn is_free(&self, cluster: u32) -> Result<bool, Fault> {
        let index = cluster.saturating_sub(2);
        match &self.bitmap {
            None => Ok(self.table.link(cluster)? == Link::Free),
            Some(Ok(bitmap)) => {
                let [byte] = bitmap.array(u64::from(index / 8))?;
                Ok(byte >> (index % 8) & 1 == 0)
            }
            Some(Err(fault)) => Err(fault.clone()),
        }
    }

    /// The clusters of a chain as bytes, all of which count.
    pub fn folder(&self, chain: &Chain) -> Pieces {
        let clusters: u64 = chain.runs.iter().map(|(_, count)| u64::from(*count)).sum();
        let length = clusters * self.cluster_bytes;
        self.pieces(chain, length, length)
    }

    /// The bytes of a chain; what it does not hold is missing for its reason.
    pub fn pieces(&self, chain: &Chain, length: u64, valid: u64) -> Pieces {
        let places = chain.runs.iter().filter_map(|(first, count)| {
            Some((self.place(*first)?, u64::from(*count) * self.cluster_bytes))
        });
        Pieces::new(Rc::clone(&self.bytes), places, length, valid, chain.fault.clone())
    }

    fn outside(&self, cluster: u32) -> Fault {
        let end = self.data_at + u64::from(self.clusters) * self.cluster_bytes;
        Fault::damaged(end, format!("cluster {cluster} lies outside the volume"))
    }
}

/// One more cluster: a longer last stretch, or a new one.
fn push(runs: &mut Vec<(u32, u32)>, cluster: u32) -> Result<(), Fault> {
    let many = runs.len() >= STRETCHES;
    match runs.last_mut() {
        Some((first, count)) if first.checked_add(*count) == Some(cluster) => *count += 1,
        _ if many => {
            return Err(Fault::Limit { what: format!("more than {STRETCHES} stretches") });
        }
        _ => runs.push((cluster, 1)),
    }
    Ok(())
}
