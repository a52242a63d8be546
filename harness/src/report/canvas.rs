use super::lanes::{Lanes, box_width};
use crate::name::NodeName;

/// One line of a drawing. What does not fit is left out.
pub(super) struct Canvas<'a> {
    lanes: &'a Lanes,
    cells: Vec<char>,
    width: usize,
}

/// How an arrow ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    At(NodeName),
    /// Seen there, and no further.
    Lost(NodeName),
    /// Seen there, and who knows.
    Unknown(NodeName),
}

impl<'a> Canvas<'a> {
    /// An empty line with `sign` at every lane.
    pub(super) fn new(lanes: &'a Lanes, width: usize, sign: char) -> Self {
        let mut canvas = Self { lanes, cells: vec![' '; width], width };
        for &column in &lanes.columns {
            canvas.put(column, sign);
        }
        canvas
    }

    fn put(&mut self, column: usize, sign: char) {
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = sign;
        }
    }

    pub(super) fn text(&mut self, column: usize, text: &str) {
        for (column, sign) in (column..).zip(text.chars()) {
            self.put(column, sign);
        }
    }

    pub(super) fn time(&mut self, time: &str) {
        self.text(8usize.saturating_sub(time.chars().count()), time);
    }

    /// The verdict at the right of the last lane.
    pub(super) fn verdict(&mut self, text: &str) {
        let column = self.lanes.last_column() + 3;
        self.text(column, &shortened(text, self.width.saturating_sub(column)));
    }

    /// `|--->--- SYN --->---|`, or `|--->- PSH ->- X` where it was lost.
    pub(super) fn arrow(&mut self, from: &NodeName, to: &NodeName, end: &End, label: &str, dashed: bool) {
        let (Some(start), Some(goal)) = (self.lanes.column(from), self.lanes.column(to)) else { return };
        let rightward = goal > start;
        let (node, sign) = match end {
            End::At(node) => (node, None),
            End::Lost(node) => (node, Some('X')),
            End::Unknown(node) => (node, Some('?')),
        };
        let reached = self.lanes.column(node).unwrap_or(start);
        let stop = if reached == start { self.stub(start, goal) } else { reached };
        self.shaft(start, stop, rightward, dashed);
        let (low, high) = self.label_room(start, stop, label.len());
        self.text(low + (high - low).saturating_sub(label.len() + 1) / 2, &format!(" {label} "));
        if let Some(sign) = sign {
            self.put(stop, sign);
        }
    }

    /// Two thirds of the way to the next lane.
    fn stub(&self, start: usize, goal: usize) -> usize {
        let next = |ahead: &&usize| if goal > start { **ahead > start } else { **ahead < start };
        let lanes = self.lanes.columns.iter().filter(next);
        let nearest = lanes.min_by_key(|column| column.abs_diff(start)).copied().unwrap_or(goal);
        let way = nearest.abs_diff(start) * 2 / 3;
        if goal > start { start + way } else { start.saturating_sub(way) }
    }

    fn shaft(&mut self, start: usize, stop: usize, rightward: bool, dashed: bool) {
        let head = if rightward { '>' } else { '<' };
        for column in start.min(stop) + 1..start.max(stop) {
            if self.lanes.columns.contains(&column) {
                continue;
            }
            // Each hop begins anew, so that all look alike.
            let before = |lane: &&usize| if rightward { **lane < column } else { **lane > column };
            let hop = self.lanes.columns.iter().filter(before).map(|lane| column.abs_diff(*lane)).min();
            let sign = match hop.unwrap_or_else(|| column.abs_diff(start)) {
                step if step % 4 == 0 => head,
                step if dashed && step % 2 == 0 => ' ',
                _ => '-',
            };
            self.put(column, sign);
        }
    }

    /// The columns between which the label stands: the first hop if it fits there.
    fn label_room(&self, start: usize, stop: usize, length: usize) -> (usize, usize) {
        let hop = |column: &&usize| **column > start.min(stop) && **column < start.max(stop);
        let inner = self.lanes.columns.iter().filter(hop).min_by_key(|column| column.abs_diff(start));
        let first = inner.map_or(stop, |column| *column);
        let fits = first.abs_diff(start) >= length + 5;
        let end = if fits { first } else { stop };
        (start.min(end), start.max(end))
    }

    /// `| <--- text` at the node's lane; at the last one, or where there is no room to the
    /// right, `text ---> |`.
    pub(super) fn mark(&mut self, node: Option<&NodeName>, text: &str, dashed: bool) {
        let column = node.and_then(|node| self.lanes.column(node));
        let (left, right) = if dashed { ("<- -", "- ->") } else { ("<---", "--->") };
        match column {
            Some(column) if self.leans_left(column, text.chars().count()) => {
                let text = format!("{} {right}", shortened_mark(text, self.room_left_of(column)));
                self.text(column.saturating_sub(text.chars().count() + 1), &text);
            }
            Some(column) => {
                let room = if self.lanes.columns.len() > 1 { self.room_right_of(column) } else { WIDEST_MARK };
                let room = room.saturating_sub(left.len() + 1);
                self.text(column + 2, &format!("{left} {}", shortened_mark(text, room)));
            }
            None => self.across(text, if dashed { ' ' } else { '.' }),
        }
    }

    fn leans_left(&self, column: usize, length: usize) -> bool {
        let is_last = column == self.lanes.last_column() && self.lanes.columns.len() > 1;
        // With an arrow of four signs and a blank.
        is_last || (length + 5 > self.room_right_of(column) && length <= self.room_left_of(column))
    }

    fn room_right_of(&self, column: usize) -> usize {
        self.lanes.last_column().saturating_sub(column + 3)
    }

    fn room_left_of(&self, column: usize) -> usize {
        let first = self.lanes.columns.first().copied().unwrap_or(0);
        column.saturating_sub(first + 8)
    }

    /// A text over all lanes.
    pub(super) fn across(&mut self, text: &str, fill: char) {
        let (low, high) = (self.lanes.columns.first().copied().unwrap_or(0), self.lanes.last_column());
        let text = shortened(text, (high - low.min(high)).saturating_sub(3));
        for column in low + 1..high {
            if fill != ' ' && !self.lanes.columns.contains(&column) {
                self.put(column, fill);
            }
        }
        let room = (high - low.min(high)).saturating_sub(text.chars().count() + 1);
        self.text(low + room / 2, &format!(" {text} "));
    }

    pub(super) fn finish(self) -> String {
        let line: String = self.cells.into_iter().collect();
        line.trim_end().to_owned()
    }
}

/// What a mark may take where there is no lane to its right.
const WIDEST_MARK: usize = 30;

/// What was read is worth more room than what it is called.
fn shortened_mark(text: &str, room: usize) -> String {
    let Some((name, value)) = text.rsplit_once(" reads ") else { return shortened(text, room) };
    let value = format!(" reads {value}");
    let room = room.saturating_sub(value.chars().count());
    if name.chars().count() <= room {
        return text.to_owned();
    }
    // The last words of a sysctl's name are the ones that tell it from others.
    let more = name.chars().count().saturating_sub(room.saturating_sub(1));
    std::iter::once('…').chain(name.chars().skip(more)).chain(value.chars()).collect()
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// The boxes with the nodes' names.
pub(super) fn header(lanes: &Lanes, width: usize) -> Vec<String> {
    let mut top = Canvas::new(lanes, width, ' ');
    let mut names = Canvas::new(lanes, width, ' ');
    let mut foot = Canvas::new(lanes, width, ' ');
    for (node, &column) in lanes.nodes.iter().zip(&lanes.columns) {
        let wide = box_width(node);
        let left = column.saturating_sub(wide / 2);
        top.text(left + 1, &"_".repeat(wide - 2));
        names.text(left, &format!("| {node} |"));
        foot.text(left, &format!("|{}|", "_".repeat(wide - 2)));
    }
    [top, names, foot, Canvas::new(lanes, width, '^')].into_iter().map(Canvas::finish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_keeps_within_the_lanes() {
        let nodes: Vec<NodeName> =
            ["a", "n", "m", "b"].into_iter().filter_map(|name| NodeName::new(name).ok()).collect();
        let lanes = Lanes { nodes: nodes.clone(), columns: vec![2, 22, 42, 52] };
        let drawn = |node: usize, text: &str| {
            let mut canvas = Canvas::new(&lanes, 70, '|');
            canvas.mark(Some(&nodes[node]), text, false);
            canvas.finish()
        };
        assert_eq!(drawn(1, "entry created"), "  |                   | <--- entry created|         |");
        assert_eq!(drawn(2, "entry created"), "  |                   |entry created ---> |         |");
        assert_eq!(drawn(3, "5 bytes"), "  |                   |                5 bytes ---> |");
    }
}
