//! The walk over a tree's leaves: along their links, and where those break, by the index.

use super::btree::{BTree, Node};
use crate::fault::Fault;
use crate::found::Go;
use std::collections::HashSet;

/// Hands over every leaf once, and what keeps from one.
pub fn each(tree: &BTree, to: &mut dyn FnMut(Result<Node, Fault>) -> Go) {
    let (mut seen, mut next) = (HashSet::new(), tree.first_leaf);
    let broken = loop {
        if next == 0 {
            return;
        }
        if !seen.insert(next) {
            break tree.wrong(next, "the leaves form a loop");
        }
        let node = match leaf(tree, next) {
            Ok(node) => node,
            Err(fault) => break fault,
        };
        next = node.next();
        if to(Ok(node)) == Go::Stop {
            return;
        }
    };
    if to(Err(broken)) == Go::Stop {
        return;
    }
    indexed(tree, &mut seen, to);
}

fn leaf(tree: &BTree, number: u32) -> Result<Node, Fault> {
    let node = tree.node(number)?;
    if node.is_leaf() { Ok(node) } else { Err(tree.wrong(number, "no leaf where one should be")) }
}

/// The leaves that the index knows and the links did not reach.
fn indexed(tree: &BTree, seen: &mut HashSet<u32>, to: &mut dyn FnMut(Result<Node, Fault>) -> Go) {
    let mut waiting = vec![tree.root];
    while let Some(number) = waiting.pop() {
        // A node that broke the links was seen and told.
        if number == 0 || !seen.insert(number) {
            continue;
        }
        let go = match tree.node(number) {
            Ok(node) if node.is_leaf() => to(Ok(node)),
            Ok(node) if node.is_index() => {
                // The first child is taken first.
                let children: Vec<u32> = tree.children(&node).collect();
                waiting.extend(children.iter().rev());
                Go::On
            }
            Ok(_) => to(Err(tree.wrong(number, "no node of the catalog"))),
            Err(fault) => to(Err(fault)),
        };
        if go == Go::Stop {
            return;
        }
    }
}
