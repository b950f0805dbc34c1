//! The B-trees: catalog, extents and attributes share one form (TN1150, "B-Trees").

use crate::bytes::{Bytes, array_at, be16, be32, vec_at};
use crate::fault::Fault;
use crate::formats::apple::cached::Cached;
use std::cmp::Ordering;
use std::rc::Rc;

/// Bytes of a node's descriptor.
const DESCRIPTOR: usize = 14;
/// Kind of a leaf in the descriptor: -1.
const LEAF: u8 = 0xFF;
/// Index nodes above a leaf; real trees have fewer than eight.
const DEEP: usize = 24;
/// Bit of a tree's attributes: keys in index nodes are as long as they say.
const VARIABLE_INDEX_KEYS: u32 = 4;

/// A tree.
pub struct BTree {
    bytes: Cached,
    node_bytes: u16,
    /// The node in which a search begins; 0 for an empty tree.
    pub root: u32,
    /// The leaf with the smallest keys; 0 for an empty tree.
    pub first_leaf: u32,
    /// Key length in index nodes, where it is fixed.
    index_key: Option<usize>,
}

/// One node.
pub struct Node {
    /// Its number.
    pub number: u32,
    bytes: Vec<u8>,
}

/// Compares the key of a record with the one wanted.
pub type Order<'o> = dyn Fn(&[u8]) -> Ordering + 'o;

impl BTree {
    /// Reads the header node.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when it is none.
    pub fn open(fork: Rc<dyn Bytes>) -> Result<Self, Fault> {
        let head: [u8; DESCRIPTOR + 106] = array_at(&*fork, 0)?;
        let record = head.get(DESCRIPTOR..).unwrap_or_default();
        let node_bytes = be16(record, 18);
        if head.get(8) != Some(&1) || !node_bytes.is_power_of_two() || node_bytes < 512 {
            return Err(Fault::damaged(0, "the header node of a B-tree"));
        }
        let variable = be32(record, 38) & VARIABLE_INDEX_KEYS != 0;
        Ok(Self {
            bytes: Cached::new(fork),
            node_bytes,
            root: be32(record, 2),
            first_leaf: be32(record, 10),
            index_key: (!variable).then(|| usize::from(be16(record, 20))),
        })
    }

    /// A node.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn node(&self, number: u32) -> Result<Node, Fault> {
        let size = u64::from(self.node_bytes);
        let bytes = vec_at(&self.bytes, u64::from(number) * size, size, size)?;
        Ok(Node { number, bytes })
    }

    /// The data of the record with exactly this key.
    ///
    /// # Errors
    /// [`Fault`] when the tree cannot be followed.
    pub fn get(&self, order: &Order<'_>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.find(order)?.map(|(_, _, data)| data))
    }

    /// The record with exactly this key: node, offset in the node, data.
    ///
    /// # Errors
    /// As [`BTree::get`].
    pub fn find(&self, order: &Order<'_>) -> Result<Option<(u32, u16, Vec<u8>)>, Fault> {
        let mut number = self.root;
        if number == 0 {
            return Ok(None);
        }
        for _ in 0..DEEP {
            let node = self.node(number)?;
            if node.is_leaf() {
                let equal = node.records().find(|record| order(record.key) == Ordering::Equal);
                return Ok(equal.map(|record| (number, record.at, record.data.to_vec())));
            }
            number = self.below(&node, order)?;
        }
        Err(self.wrong(number, "an index that never ends"))
    }

    /// The child in which the key would be: the last whose first key is not larger.
    fn below(&self, node: &Node, order: &Order<'_>) -> Result<u32, Fault> {
        if !node.is_index() {
            return Err(self.wrong(node.number, "no node of an index"));
        }
        let smaller = node.records().take_while(|record| order(record.key) != Ordering::Greater);
        let record = smaller.last().or_else(|| node.records().next());
        let record = record.ok_or_else(|| self.wrong(node.number, "an empty index"))?;
        Ok(self.child(node, &record))
    }

    /// The nodes to which an index node leads.
    pub fn children<'n>(&'n self, node: &'n Node) -> impl Iterator<Item = u32> + 'n {
        node.records().map(|record| self.child(node, &record))
    }

    fn child(&self, node: &Node, record: &Record<'_>) -> u32 {
        match self.index_key {
            None => be32(record.data, 0),
            Some(length) => {
                let after = (usize::from(record.at) + 2 + length).next_multiple_of(2);
                be32(&node.bytes, after)
            }
        }
    }

    /// A fault at a node.
    pub fn wrong(&self, node: u32, why: &str) -> Fault {
        let at = u64::from(node) * u64::from(self.node_bytes);
        Fault::damaged(at, format!("{why} (node {node} of a B-tree)"))
    }
}

/// A record of a node.
pub struct Record<'n> {
    /// Where it begins in the node.
    pub at: u16,
    /// The key without its length.
    pub key: &'n [u8],
    /// What follows the key, up to the next record.
    pub data: &'n [u8],
}

impl Node {
    /// Whether it holds what the tree is for.
    pub fn is_leaf(&self) -> bool {
        self.bytes.get(8) == Some(&LEAF)
    }

    /// Whether it leads to other nodes.
    pub fn is_index(&self) -> bool {
        self.bytes.get(8) == Some(&0)
    }

    /// The next node of the same level; 0 at the end.
    pub fn next(&self) -> u32 {
        be32(&self.bytes, 0)
    }

    /// How many records it claims.
    pub fn claimed(&self) -> u16 {
        be16(&self.bytes, 10)
    }

    /// The records that lie inside the node.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.claimed())
            .filter_map(|index| self.record(self.offset(index)?, self.offset(index + 1)?))
    }

    /// The record at an offset, up to `end`.
    pub fn record(&self, at: u16, end: u16) -> Option<Record<'_>> {
        let bytes = self.bytes.get(usize::from(at)..usize::from(end))?;
        let length = usize::from(be16(bytes, 0));
        let key = bytes.get(2..2 + length)?;
        let data = bytes.get((2 + length).next_multiple_of(2)..)?;
        Some(Record { at, key, data })
    }

    /// The room behind the last record, which may hold what was there before: start and end.
    pub fn slack(&self) -> Option<(u16, u16)> {
        let end = self.bytes.len().checked_sub(2 * (usize::from(self.claimed()) + 1))?;
        let (start, end) = (self.offset(self.claimed())?, u16::try_from(end).ok()?);
        (start < end).then_some((start, end))
    }

    /// The offset of a record, from the table at the end of the node.
    fn offset(&self, index: u16) -> Option<u16> {
        let place = self.bytes.len().checked_sub(2 * (usize::from(index) + 1))?;
        let offset = be16(&self.bytes, place);
        let inside = (DESCRIPTOR..=place).contains(&usize::from(offset));
        inside.then_some(offset)
    }

    /// Bytes of the whole node.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}
