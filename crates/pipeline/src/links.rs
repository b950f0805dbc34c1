//! Which listed file a transfer speaks of. Pure: paths in, links out.
//!
//! Apps store paths relative to a root that differs by version and device, so a file is found by
//! the longest common tail of its path, and only if the file name itself agrees.

use std::collections::HashMap;

/// Listed paths by file name, of those names that somebody speaks of.
pub struct PathIndex {
    by_name: HashMap<String, Vec<String>>,
}

impl PathIndex {
    /// An index for these stored paths; it holds no listed path yet.
    #[must_use]
    pub fn of(stored: impl Iterator<Item = String>) -> Self {
        let names = stored.map(|path| (name_of(&path).to_lowercase(), Vec::new()));
        Self { by_name: names.collect() }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// A listed path, which is kept if its name is looked for.
    pub fn offer(&mut self, path: &str) {
        if let Some(paths) = self.by_name.get_mut(&name_of(path).to_lowercase()) {
            paths.push(path.to_owned());
        }
    }

    /// The listed file for a stored path. `near` is the path of the store itself: exports keep
    /// their media beside it, so it breaks ties. `None` when no file has the name, or when two are
    /// equally good: a guess would be a false statement.
    #[must_use]
    pub fn find(&self, stored: &str, near: &str) -> Option<&str> {
        let stored = stored.trim_start_matches('/');
        let candidates = self.by_name.get(&name_of(stored).to_lowercase())?;
        let rank = |path: &str| (common_tail(path, stored), common_head(path, near));
        let best = candidates.iter().map(String::as_str).max_by_key(|path| rank(path))?;
        let ties = candidates.iter().filter(|path| rank(path) == rank(best)).count();
        (ties == 1).then_some(best)
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn common_tail(a: &str, b: &str) -> usize {
    let pairs = a.rsplit('/').zip(b.rsplit('/'));
    pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

fn common_head(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_tail_wins_and_a_tie_says_nothing() {
        let paths = [
            "sd/WhatsApp/Media/WhatsApp Images/IMG-1.jpg",
            "sd/WhatsApp/Media/WhatsApp Images/Sent/IMG-1.jpg",
            "x/photos/p.jpg",
            "y/photos/p.jpg",
        ];
        let wanted = ["IMG-1.jpg", "photos/P.jpg", "q.jpg"].map(str::to_owned);
        let mut index = PathIndex::of(wanted.into_iter());
        paths.iter().for_each(|path| index.offer(path));
        let check = |stored, near, want| assert_eq!(index.find(stored, near), want, "{stored}");
        check("Media/WhatsApp Images/Sent/IMG-1.jpg", "data/msgstore.db", Some(paths[1]));
        check("Media/WhatsApp Images/IMG-1.jpg", "data/msgstore.db", Some(paths[0]));
        check("photos/p.jpg", "y/result.json", Some(paths[3]));
        check("photos/p.jpg", "z/result.json", None);
        check("photos/q.jpg", "z/result.json", None);
    }
}
