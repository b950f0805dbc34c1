//! A medium divided into volumes, as a container.

use crate::bytes::{Bytes, Window};
use crate::fault::Fault;
use crate::format::Container;
use crate::found::{Found, Go, Kind, Report};
use amparo_model::Problem;
use std::rc::Rc;

/// One volume as its table claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Number of its slot, from 1 on; the volume is named by it.
    pub(crate) slot: u64,
    /// Its first byte on the medium.
    pub(crate) start: u64,
    /// Its bytes.
    pub(crate) length: u64,
}

/// The volumes of a medium. What reaches past the end is cut there and a problem.
pub(crate) struct VolumeList {
    medium: Rc<dyn Bytes>,
    volumes: Vec<Volume>,
    problems: Vec<Problem>,
}

impl VolumeList {
    pub(crate) fn new(
        medium: Rc<dyn Bytes>,
        volumes: Vec<Volume>,
        mut problems: Vec<Problem>,
    ) -> Self {
        let end = medium.len();
        let outside = |volume: &&Volume| volume.start.saturating_add(volume.length) > end;
        problems.extend(volumes.iter().filter(outside).map(|volume| {
            let last = volume.start.saturating_add(volume.length);
            let why = format!("volume claims to reach to byte {last} of a medium of {end}");
            Fault::damaged(volume.start, why).problem(&format!("p{}", volume.slot))
        }));
        problems.extend(overlaps(&volumes));
        Self { medium, volumes, problems }
    }

    fn window(&self, volume: &Volume) -> Window {
        Window::clipped(Rc::clone(&self.medium), volume.start, volume.length)
    }
}

impl Container for VolumeList {
    fn list(&self, report: &mut Report<'_>) {
        for volume in &self.volumes {
            let found = Found {
                path: format!("p{}", volume.slot).into_bytes(),
                kind: Kind::Volume,
                size: self.window(volume).len(),
                address: volume.slot,
                deleted: false,
                modified_at: None,
            };
            if report(Ok(found)) == Go::Stop {
                return;
            }
        }
        for problem in &self.problems {
            if report(Err(problem.clone())) == Go::Stop {
                return;
            }
        }
    }

    fn open(&self, address: u64) -> Result<Rc<dyn Bytes>, Fault> {
        let volume = self.volumes.iter().find(|volume| volume.slot == address);
        let volume = volume.ok_or_else(|| Fault::damaged(0, format!("no volume {address}")))?;
        Ok(Rc::new(self.window(volume)))
    }
}

/// Each volume that begins before the one in front of it ends.
fn overlaps(volumes: &[Volume]) -> Vec<Problem> {
    let mut sorted: Vec<&Volume> = volumes.iter().collect();
    sorted.sort_by_key(|volume| volume.start);
    let both = sorted.windows(2).filter_map(|pair| match pair {
        [one, two] if one.start.saturating_add(one.length) > two.start => Some((one, two)),
        _ => None,
    });
    let problem = |(one, two): (&&Volume, &&Volume)| {
        let why = format!("volume overlaps p{}", one.slot);
        Fault::damaged(two.start, why).problem(&format!("p{}", two.slot))
    };
    both.map(problem).collect()
}
