//! Work on bytes on another thread while the next ones are fetched: hashing a medium takes as
//! long as inflating it, and a worker that waits for the hash stands still.

use std::sync::mpsc::sync_channel;

/// Pieces that may wait, of a megabyte at most.
const WAITING: usize = 4;

/// Runs `give` here, and on another thread `take`, which gets the pieces that `give` hands over, in
/// their order. All are taken when this returns.
pub fn aside<R>(
    give: impl FnOnce(&mut dyn FnMut(Vec<u8>)) -> R,
    mut take: impl FnMut(&[u8]) + Send,
) -> R {
    std::thread::scope(|scope| {
        let (tell, told) = sync_channel::<Vec<u8>>(WAITING);
        scope.spawn(move || told.iter().for_each(|piece| take(&piece)));
        give(&mut |piece| {
            // It ends only when `tell` does.
            let _taken = tell.send(piece);
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pieces_are_taken_in_their_order() {
        let mut taken = Vec::new();
        let given = aside(
            |give| {
                (0..100).for_each(|number| give(vec![number]));
                7
            },
            |piece| taken.extend_from_slice(piece),
        );
        assert_eq!((given, taken), (7, (0..100).collect()));
    }
}
