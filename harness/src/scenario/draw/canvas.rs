use crate::scenario::figure::{Change, Lanes, Reach, Saying, State};
use crate::time::show_duration;

/// Room left of the first lane.
const MARGIN: usize = 2;
/// Room that a figure of two lanes has between them, at least.
const WIDE: usize = 41;
/// The same left of a middle lane.
const NARROW: usize = 15;
/// What an arrow needs beside its label: two heads with their shafts.
const SHAFTS: usize = 12;
/// How far before a lane a lost segment's `X` stands.
const SHORT: usize = 4;
/// The dashes behind a head.
const TAIL: usize = 3;

/// Draws lanes and rows.
pub(super) struct Canvas {
    /// Where each lane's line stands, in characters.
    columns: Vec<usize>,
    lines: Vec<String>,
}

/// One line being drawn.
struct Line(Vec<char>);

impl Line {
    fn put(&mut self, column: usize, text: &str) {
        let end = column + text.chars().count();
        if self.0.len() < end {
            self.0.resize(end, ' ');
        }
        for (cell, c) in self.0.iter_mut().skip(column).zip(text.chars()) {
            *cell = c;
        }
    }

    fn finish(self) -> String {
        self.0.into_iter().collect::<String>().trim_end().to_owned()
    }
}

/// A figure's lines for these lanes and rows.
pub(super) fn draw(lanes: &Lanes, rows: &[Saying]) -> Vec<String> {
    let mut lanes = lanes.clone();
    let mut canvas = Canvas::new(&lanes, rows);
    let mut before: Option<&Saying> = None;
    for row in rows {
        let alike = before.is_some_and(|before| is_arrow(before) && is_arrow(row));
        if !alike && before.is_some() {
            canvas.spacer(&lanes);
        }
        canvas.row(&lanes, row);
        row.change(&mut lanes);
        before = Some(row);
    }
    canvas.spacer(&lanes);
    canvas.lines
}

fn is_arrow(saying: &Saying) -> bool {
    matches!(saying, Saying::Segment { .. })
}

impl Canvas {
    fn new(lanes: &Lanes, rows: &[Saying]) -> Self {
        let half = |lane| half_box(lanes.name(lane));
        let mut columns = vec![MARGIN + half(0)];
        for gap in 0..lanes.last() {
            let boxes = half(gap) + half(gap + 1) + 2;
            let usual = if lanes.last() == 1 || gap == 1 { WIDE } else { NARROW };
            let needed = rows.iter().map(|row| need(row, gap, lanes)).max().unwrap_or(0);
            let left = columns.last().copied().unwrap_or(MARGIN);
            columns.push(left + 1 + boxes.max(usual).max(needed));
        }
        let mut canvas = Self { columns, lines: Vec::new() };
        canvas.head(lanes);
        canvas
    }

    fn column(&self, lane: usize) -> usize {
        self.columns.get(lane).copied().unwrap_or(0)
    }

    fn head(&mut self, lanes: &Lanes) {
        let mut head = [const { Line(Vec::new()) }; 5];
        for lane in 0..lanes.len() {
            let (column, half) = (self.column(lane), half_box(lanes.name(lane)));
            let (left, width) = (column.saturating_sub(half), 2 * half - 1);
            let name = format!("{:^width$}", lanes.name(lane).to_uppercase());
            let (edge, blank) = ("_".repeat(width), " ".repeat(width));
            let sides = [format!(" {edge}"), format!("|{blank}|"), format!("|{name}|"), format!("|{edge}|")];
            for (line, text) in head.iter_mut().zip(sides) {
                line.put(left, &text);
            }
            if let Some(line) = head.last_mut() {
                line.put(column, "^");
            }
        }
        self.lines.extend(head.into_iter().map(Line::finish));
    }

    /// A line with the bars of all lanes that have power.
    fn bars(&self, lanes: &Lanes) -> Line {
        let mut line = Line(Vec::new());
        for lane in (0..lanes.len()).filter(|lane| lanes.state(*lane) != State::Off) {
            line.put(self.column(lane), "|");
        }
        line
    }

    fn spacer(&mut self, lanes: &Lanes) {
        self.lines.push(self.bars(lanes).finish());
    }

    fn row(&mut self, lanes: &Lanes, row: &Saying) {
        let mut line = self.bars(lanes);
        match row {
            Saying::Segment { from, to, reach, .. } => {
                self.arrow(&mut line, &label(row), *from, *to, *reach);
                if *reach == Reach::LostAt(1) && *from == 0 && lanes.lane(1).is_nat {
                    line.put(self.column(1) + 2, "<--- invalid connection");
                }
            }
            Saying::Mark { lane, change } => self.mark(&mut line, *lane, *change),
            Saying::Deletion { lane } => line.put(self.column(*lane) + 2, DELETION),
            Saying::Pause(duration) => line.put(self.column(lanes.last() - 1) + 3, &pause(*duration)),
            Saying::Anything => line.put(self.column(lanes.last() - 1) + 3, "..."),
        }
        self.lines.push(line.finish());
    }

    fn mark(&self, line: &mut Line, lane: usize, change: Change) {
        let (text, sign) = (words(change), if change.is_end() { 'X' } else { '^' });
        if lane == 0 {
            return line.put(self.column(0), &format!("{sign} <--- {text}"));
        }
        let text = format!("{text} ---> {sign}");
        line.put((self.column(lane) + 1).saturating_sub(text.len()), &text);
    }

    /// Draws an arrow piece by piece, from lane to lane; the label stands in the widest.
    fn arrow(&self, line: &mut Line, label: &str, from: usize, to: usize, reach: Reach) {
        let end = if let Reach::LostAt(lane) = reach { lane } else { to };
        let (low, high) = (from.min(end), from.max(end));
        let pieces: Vec<usize> = (low..high).collect();
        let labelled = pieces.last().copied();
        let head = if from < to { '>' } else { '<' };
        for piece in pieces {
            let (mut left, mut right) = (self.column(piece) + 1, self.column(piece + 1));
            let last = if from < to { piece + 1 == high } else { piece == low };
            if last && reach == Reach::Lost {
                line.put(if from < to { right - SHORT } else { left + SHORT - 1 }, "X");
                if from < to { right -= SHORT + 1 } else { left += SHORT + 1 }
            }
            let label = if labelled == Some(piece) { label } else { "" };
            let tip = (last && reach == Reach::Lost).then_some(from < to);
            line.put(left, &shaft(right.saturating_sub(left), label, head, tip));
            if piece > low && line.0.get(self.column(piece)) != Some(&'|') {
                line.put(self.column(piece), "-");
            }
        }
    }
}

const DELETION: &str = "<--- connection deleted from table";

fn pause(duration: std::time::Duration) -> String {
    format!("(wait {})", show_duration(duration))
}

fn words(change: Change) -> &'static str {
    match change {
        Change::PowerOff => "power off",
        Change::PowerOn => "power on",
        Change::LinkDown => "link down",
        Change::LinkUp => "link up",
    }
}

fn label(saying: &Saying) -> String {
    match saying {
        Saying::Segment { label, times: 1, .. } => label.to_string(),
        Saying::Segment { label, times, .. } => format!("{label} x{times}"),
        _ => String::new(),
    }
}

/// From a lane's line to its box's side.
fn half_box(name: &str) -> usize {
    (name.len() + 2).max(5) / 2 + 1
}

/// How much room a row needs right of the lane `gap`.
fn need(row: &Saying, gap: usize, lanes: &Lanes) -> usize {
    let narrow = lanes.last() == 2 && gap == 0;
    match row {
        Saying::Segment { from, to, reach, .. } => {
            let alone = *reach == Reach::LostAt(1) && *from == 0 || (*from == 1 && *to == 0);
            let lost = if *reach == Reach::Lost { 2 * SHORT } else { 0 };
            if narrow && !alone { 0 } else { label(row).len() + SHAFTS + lost }
        }
        Saying::Mark { lane, .. } if *lane == gap || *lane == gap + 1 => 20,
        Saying::Deletion { lane } if *lane == gap => DELETION.len() + 3,
        Saying::Pause(duration) if !narrow => pause(*duration).len() + 6,
        _ => 0,
    }
}

/// `--->--->-- PSH -->--->---`, `width` wide. A lost segment's shaft ends in a head, at
/// its right (`tip`) or left.
fn shaft(width: usize, label: &str, head: char, tip: Option<bool>) -> String {
    let whole = width + if tip.is_some() { TAIL } else { 0 };
    let mut cells = vec!['-'; whole];
    let label = if label.is_empty() { String::new() } else { format!(" {label} ") };
    let start = whole.saturating_sub(label.len()) / 2;
    let heads = if label.is_empty() { whole.saturating_sub(2) } else { start.saturating_sub(1).min(12) };
    for at in (TAIL..heads).step_by(4) {
        let mirrored = if label.is_empty() && tip.is_none() { at } else { whole - 1 - at };
        for (cell, _) in cells.iter_mut().zip(0..).filter(|(_, i)| *i == at || *i == mirrored) {
            *cell = head;
        }
    }
    for (cell, c) in cells.iter_mut().skip(start).zip(label.chars()) {
        *cell = c;
    }
    let skipped = if tip == Some(false) { TAIL } else { 0 };
    cells.into_iter().skip(skipped).take(width).collect()
}
