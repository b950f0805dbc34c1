//! B-trees (reference, "B-Trees").

use super::object::{BTREE, BTREE_NODE, Blocks};
use super::omap::Omap;
use crate::bytes::{le16, le32, le64};
use crate::fault::Fault;
use crate::found::Go;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Bytes in front of a node's table of contents.
const HEAD: usize = 56;
/// Bytes of what a root says of its tree, at its end.
const INFO: usize = 40;
const ROOT: u16 = 1;
const FIXED: u16 = 4;
/// Offset of a value that there is not.
const GHOST: u16 = 0xFFFF;
/// Levels of a tree; real ones have fewer than eight.
const LEVELS: u16 = 16;
/// Bytes of nodes kept in memory, twice.
const KEPT_BYTES: usize = 16 << 20;

/// Compares a key with the one wanted.
pub type Order<'o> = dyn Fn(&[u8]) -> Ordering + 'o;

/// Key and value.
pub type Owned = (Vec<u8>, Vec<u8>);

/// Takes key and value of one record after another, or what keeps from some.
pub type Visit<'v> = dyn FnMut(Result<(&[u8], &[u8]), Fault>) -> Go + 'v;

/// A tree.
pub struct Tree {
    blocks: Rc<Blocks>,
    /// Where nodes lie; without it a node's number is its block.
    omap: Option<Rc<Omap>>,
    root: u64,
    /// Bytes of keys and values, where the nodes do not say.
    fixed: (usize, usize),
    kept: RefCell<Kept>,
}

/// Nodes kept in memory: those of lately, and those of before.
#[derive(Default)]
struct Kept {
    lately: HashMap<u64, Rc<Node>>,
    before: HashMap<u64, Rc<Node>>,
}

/// One node.
struct Node {
    bytes: Vec<u8>,
    is_fixed: bool,
    level: u16,
    count: u32,
    /// Where keys begin, and from where values are counted backwards.
    keys: usize,
    values: usize,
    table: usize,
    fixed: (usize, usize),
}

impl Tree {
    /// Nothing is read yet. `fixed` is the length of keys and values of trees in which all are the
    /// same.
    pub fn new(
        blocks: Rc<Blocks>,
        omap: Option<Rc<Omap>>,
        root: u64,
        fixed: (usize, usize),
    ) -> Self {
        Self { blocks, omap, root, fixed, kept: RefCell::default() }
    }

    fn node(&self, id: u64) -> Result<Rc<Node>, Fault> {
        if let Some(node) = self.kept.borrow_mut().get(id) {
            return Ok(node);
        }
        let number = match &self.omap {
            Some(omap) => omap.block_of(id)?,
            None => id,
        };
        let bytes = self.blocks.object(number, &[BTREE_NODE, BTREE])?;
        let wrong = || self.blocks.wrong(number, "a node of a B-tree that contradicts itself");
        let node = Rc::new(Node::parse(bytes, self.fixed).ok_or_else(wrong)?);
        let most = KEPT_BYTES / usize::try_from(self.blocks.size).unwrap_or(KEPT_BYTES);
        self.kept.borrow_mut().put(id, Rc::clone(&node), most);
        Ok(node)
    }

    fn child(&self, node: &Node, index: u32) -> Result<(u64, Rc<Node>), Fault> {
        let id = node.entry(index).map(|(_, value)| le64(value, 0));
        let id = id.ok_or_else(|| Fault::damaged(0, "an index of a B-tree without a child"))?;
        let child = self.node(id)?;
        // Levels fall by one, so that no way down is a loop.
        if child.level + 1 != node.level {
            let why = format!("a node of level {} below level {}", child.level, node.level);
            return Err(Fault::damaged(0, format!("{why}, in a B-tree")));
        }
        Ok((id, child))
    }

    fn top(&self) -> Result<Rc<Node>, Fault> {
        let root = self.node(self.root)?;
        if root.level > LEVELS {
            return Err(Fault::damaged(0, format!("a B-tree with {} levels", root.level)));
        }
        Ok(root)
    }

    /// The last record whose key is not larger: key and value.
    ///
    /// # Errors
    /// [`Fault`] when the way to it is damaged.
    pub fn last_up_to(&self, order: &Order<'_>) -> Result<Option<Owned>, Fault> {
        let mut node = self.top()?;
        loop {
            let Some(index) = node.first_not(|way| way != Ordering::Greater, order).checked_sub(1)
            else {
                return Ok(None);
            };
            if node.level == 0 {
                let entry = node.entry(index);
                return Ok(entry.map(|(key, value)| (key.to_vec(), value.to_vec())));
            }
            node = self.child(&node, index)?.1;
        }
    }

    /// Hands over the records from the first on whose key is not smaller, until told to stop.
    ///
    /// # Errors
    /// [`Fault`] when the way to the next is damaged.
    pub fn from(
        &self,
        order: &Order<'_>,
        to: &mut dyn FnMut(&[u8], &[u8]) -> Go,
    ) -> Result<(), Fault> {
        let mut stack: Vec<(Rc<Node>, u32)> = Vec::new();
        let mut node = self.top()?;
        while node.level > 0 {
            let index = node.first_not(|way| way == Ordering::Less, order).saturating_sub(1);
            let child = self.child(&node, index)?.1;
            stack.push((node, index + 1));
            node = child;
        }
        let first = node.first_not(|way| way == Ordering::Less, order);
        stack.push((node, first));
        while let Some((node, index)) = stack.pop() {
            if index >= node.count {
                continue;
            }
            if node.level > 0 {
                let child = self.child(&node, index)?.1;
                stack.push((node, index + 1));
                stack.push((child, 0));
                continue;
            }
            for index in index..node.count {
                if let Some((key, value)) = node.entry(index)
                    && to(key, value) == Go::Stop
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Hands over every record once, and what keeps from some.
    pub fn each(&self, to: &mut Visit<'_>) {
        let mut seen = HashSet::new();
        let mut stack = match self.top() {
            Ok(root) => vec![(root, 0)],
            Err(fault) => {
                to(Err(fault));
                return;
            }
        };
        while let Some((node, index)) = stack.pop() {
            if index >= node.count {
                continue;
            }
            if node.level == 0 {
                if self.leaf(&node, to) == Go::Stop {
                    return;
                }
                continue;
            }
            let child = self.child(&node, index);
            stack.push((node, index + 1));
            let go = match child {
                Ok((id, child)) if seen.insert(id) => {
                    stack.push((child, 0));
                    Go::On
                }
                Ok(_) => to(Err(Fault::damaged(0, "a node that is twice in its B-tree"))),
                Err(fault) => to(Err(fault)),
            };
            if go == Go::Stop {
                return;
            }
        }
    }

    fn leaf(&self, node: &Node, to: &mut Visit<'_>) -> Go {
        let mut lost = 0;
        for index in 0..node.count {
            let Some(entry) = node.entry(index) else {
                lost += 1;
                continue;
            };
            if to(Ok(entry)) == Go::Stop {
                return Go::Stop;
            }
        }
        if lost == 0 {
            return Go::On;
        }
        to(Err(Fault::damaged(0, format!("{lost} records outside their node of a B-tree"))))
    }
}

impl Kept {
    fn get(&mut self, id: u64) -> Option<Rc<Node>> {
        if let Some(node) = self.lately.get(&id) {
            return Some(Rc::clone(node));
        }
        let node = self.before.remove(&id)?;
        self.lately.insert(id, Rc::clone(&node));
        Some(node)
    }

    fn put(&mut self, id: u64, node: Rc<Node>, most: usize) {
        if self.lately.len() >= most {
            self.before = std::mem::take(&mut self.lately);
        }
        self.lately.insert(id, node);
    }
}

impl Node {
    fn parse(bytes: Vec<u8>, fixed: (usize, usize)) -> Option<Self> {
        let (flags, level, count) = (le16(&bytes, 32), le16(&bytes, 34), le32(&bytes, 36));
        let table = HEAD + usize::from(le16(&bytes, 40));
        let keys = table + usize::from(le16(&bytes, 42));
        let info = if flags & ROOT == 0 { 0 } else { INFO };
        let values = bytes.len().checked_sub(info)?;
        let is_fixed = flags & FIXED != 0;
        let row: usize = if is_fixed { 4 } else { 8 };
        let room = (keys.checked_sub(table)? / row) as u64;
        let sound = keys <= values && u64::from(count) <= room;
        sound.then_some(Self { bytes, is_fixed, level, count, keys, values, table, fixed })
    }

    /// Key and value of a record; `None` when they do not lie in the node.
    fn entry(&self, index: u32) -> Option<(&[u8], &[u8])> {
        let index = usize::try_from(index).ok()?;
        let (key_at, key_length, value_at, value_length) = if self.is_fixed {
            let row = self.table + index * 4;
            let value = if self.level > 0 { 8 } else { self.fixed.1 };
            (le16(&self.bytes, row), self.fixed.0, le16(&self.bytes, row + 2), value)
        } else {
            let part = |n: usize| le16(&self.bytes, self.table + index * 8 + n * 2);
            (part(0), usize::from(part(1)), part(2), usize::from(part(3)))
        };
        let key_at = self.keys + usize::from(key_at);
        let key = self.bytes.get(key_at..key_at + key_length)?;
        if value_at == GHOST {
            return Some((key, &[]));
        }
        let value_at = self.values.checked_sub(usize::from(value_at))?;
        Some((key, self.bytes.get(value_at..(value_at + value_length).min(self.values))?))
    }

    /// The first record whose key is not on this side; they are sorted.
    fn first_not(&self, side: impl Fn(Ordering) -> bool, order: &Order<'_>) -> u32 {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let is_on_side = self.entry(middle).is_some_and(|(key, _)| side(order(key)));
            if is_on_side { low = middle + 1 } else { high = middle }
        }
        low
    }
}
