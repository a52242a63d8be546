use crate::timeline::Timeline;
use crate::verdict::show_crossing;
use std::collections::BTreeMap;

/// What Wireshark shows beside a frame: `#7 a > b: PROBE, lost at nat`, with the number of
/// its crossing; none for a frame that is no part of the connection. `frame` is an index
/// into [`Record::frames`](crate::record::Record::frames).
#[must_use]
pub fn frame_comment(timeline: &Timeline, frame: usize) -> Option<String> {
    let mut crossings = timeline.crossings.iter().enumerate();
    let of_frame =
        |crossing: &crate::timeline::Crossing| crossing.sightings.iter().any(|sighting| sighting.frame == frame);
    crossings.find(|(_, crossing)| of_frame(crossing)).map(|(index, crossing)| comment(index, crossing))
}

/// The same for all frames that have one, by their index.
#[must_use]
pub fn frame_comments(timeline: &Timeline) -> BTreeMap<usize, String> {
    let crossings = timeline.crossings.iter().enumerate();
    let comments = crossings.flat_map(|(index, crossing)| {
        let text = comment(index, crossing);
        crossing.sightings.iter().map(move |sighting| (sighting.frame, text.clone()))
    });
    comments.collect()
}

fn comment(index: usize, crossing: &crate::timeline::Crossing) -> String {
    format!("#{} {}", index + 1, show_crossing(crossing))
}
