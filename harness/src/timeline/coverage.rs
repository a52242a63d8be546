use super::sight::Sight;
use crate::record::{Event, EventKind};
use crate::time::LabTime;

/// When each vantage was looked at. One is, until an event says that its capture ended
/// or failed; and again from the first frame after that, for a node may have come back.
pub(super) struct Coverage {
    pauses: Vec<Vec<Pause>>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    from: LabTime,
    until: LabTime,
    /// The capture broke while its interface may have lived on.
    failed: bool,
}

impl Coverage {
    pub(super) fn new(vantages: usize, events: &[Event], sights: &[Sight]) -> Self {
        let mut pauses = vec![Vec::new(); vantages];
        for event in events {
            let (vantage, failed) = match event.kind {
                EventKind::CaptureEnded { vantage, .. } => (vantage, false),
                EventKind::CaptureFailed { vantage, .. } => (vantage, true),
                _ => continue,
            };
            if let Some(list) = pauses.get_mut(vantage) {
                list.push(Pause { from: event.at, until: LabTime::FOREVER, failed });
            }
        }
        let mut this = Self { pauses };
        this.resume(sights);
        this
    }

    /// Sights come by time: the first after a pause's beginning ends it.
    fn resume(&mut self, sights: &[Sight]) {
        let Some(first) = self.pauses.iter().flatten().map(|pause| pause.from).min() else {
            return;
        };
        for sight in sights.iter().rev().take_while(|sight| sight.at > first) {
            for pause in self.pauses.get_mut(sight.vantage()).into_iter().flatten() {
                if sight.at > pause.from {
                    pause.until = sight.at;
                }
            }
        }
    }

    /// Whether what passed the vantage at that time is in the record.
    pub(super) fn captures(&self, vantage: usize, at: LabTime) -> bool {
        self.pauses(vantage, at).next().is_none()
    }

    /// Whether the capture had broken by then, and nothing shows that it works again.
    pub(super) fn failed(&self, vantage: usize, at: LabTime) -> bool {
        self.pauses(vantage, at).any(|pause| pause.failed)
    }

    /// The times at which captures of this vantage ended.
    pub(super) fn ends(&self, vantage: usize) -> impl Iterator<Item = LabTime> {
        let pauses = self.pauses.get(vantage).into_iter().flatten();
        pauses.filter(|pause| !pause.failed).map(|pause| pause.from)
    }

    fn pauses(&self, vantage: usize, at: LabTime) -> impl Iterator<Item = &Pause> {
        let pauses = self.pauses.get(vantage).into_iter().flatten();
        pauses.filter(move |pause| (pause.from..pause.until).contains(&at))
    }
}
