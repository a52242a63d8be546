use super::lanes::{Gap, Lanes, Misfit, Post, State};
use super::phrase::{KNOWN_NOTES, is_loss, label};
use super::row::{Item, Row};
use super::saying::{Reach, Saying, Wrong};
use crate::name::Label;

/// What stands between two bars of an arrow's row.
enum Part<'a> {
    Blank,
    Shaft(Shaft<'a>),
    Note(&'a str),
    /// A lone `X`.
    Cross,
    Odd,
}

/// An arrow's passage between two bars.
#[derive(Default)]
struct Shaft<'a> {
    label: Option<&'a str>,
    left: bool,
    right: bool,
    /// An `X` with a piece of shaft before it, and with one after it.
    crossed: Option<(bool, bool)>,
    comment: Option<&'a str>,
}

/// Where an arrow stands in its row: gaps `first` to `last`, pointing right or left.
struct Extent {
    first: usize,
    last: usize,
    right: bool,
}

/// Reads a row with an arrow.
///
/// # Errors
/// Two arrows, no label or an unknown one, heads that contradict each other, an end
/// at no lane, a dead sender or receiver, a note that isn't known.
pub(super) fn arrow(row: &Row, lanes: &Lanes) -> Result<Saying, Wrong> {
    let parts: Vec<Part> = row.gaps.iter().map(|gap| part(gap)).collect();
    let (label, times) = only_label(&parts)?;
    let extent = extent(&parts)?;
    let placed = place(&parts, lanes)?;
    let from = tail(&extent, &placed, lanes)?;
    let to = if extent.right { lanes.last() } else { 0 };
    let reach = reach(&parts, &extent, &placed, lanes, from)?;
    check_comments(&parts, reach)?;
    check_lanes(from, to, reach, lanes)?;
    Ok(Saying::Segment { from, to, label, times, reach })
}

fn part(gap: &[Item]) -> Part<'_> {
    let crosses: Vec<usize> = (0..gap.len()).filter(|i| matches!(gap.get(*i), Some(Item::Cross))).collect();
    let plain: Vec<&Item> = gap.iter().filter(|item| !matches!(item, Item::Cross)).collect();
    let crossed = match crosses.as_slice() {
        [] => None,
        [at] => {
            let is_shaft = |item: &Item| matches!(item, Item::Shaft { .. });
            Some((gap.iter().take(*at).any(is_shaft), gap.iter().skip(*at).any(is_shaft)))
        }
        _ => return Part::Odd,
    };
    let shaft = |label, comment, shafts: &[(&bool, &bool)]| {
        let (left, right) = (shafts.iter().any(|s| *s.0), shafts.iter().any(|s| *s.1));
        Part::Shaft(Shaft { label, left, right, crossed, comment })
    };
    use Item::{Shaft as S, Words as W};
    match plain.as_slice() {
        [] if crossed.is_some() => Part::Cross,
        [] => Part::Blank,
        [S { left, right }] => shaft(None, None, &[(left, right)]),
        [S { left, right }, W(text)] | [W(text), S { left, right }] if label(text).is_some() => {
            shaft(Some(text.as_str()), None, &[(left, right)])
        }
        [S { left, right }, W(text)] | [W(text), S { left, right }] if crossed.is_some() => {
            shaft(None, Some(text.as_str()), &[(left, right)])
        }
        [W(text)] | [S { .. }, W(text)] | [W(text), S { .. }] => Part::Note(text),
        [S { left, right }, W(text), S { left: l, right: r }] => {
            shaft(Some(text.as_str()), None, &[(left, right), (l, r)])
        }
        [S { left, right }, W(text), S { left: l, right: r }, W(comment)]
        | [W(comment), S { left, right }, W(text), S { left: l, right: r }] => {
            shaft(Some(text.as_str()), Some(comment.as_str()), &[(left, right), (l, r)])
        }
        _ => Part::Odd,
    }
}

fn shafts<'a, 'b>(parts: &'b [Part<'a>]) -> impl Iterator<Item = (usize, &'b Shaft<'a>)> {
    parts.iter().enumerate().filter_map(|(at, part)| match part {
        Part::Shaft(shaft) => Some((at, shaft)),
        _ => None,
    })
}

fn only_label(parts: &[Part]) -> Result<(Label, u32), Wrong> {
    if parts.iter().any(|part| matches!(part, Part::Odd)) {
        return Err(Wrong::new("this row has more in it than an arrow", "draw one arrow, mark or note in a row"));
    }
    let labels: Vec<&str> = shafts(parts).filter_map(|(_, shaft)| shaft.label).collect();
    match labels.as_slice() {
        [] => {
            let help = format!("write one into it, such as `--- PSH --->`; {}", known_labels());
            Err(Wrong::new("this arrow has no label", help))
        }
        [text] => label(text).ok_or_else(|| Wrong::new(format!("unknown label `{text}`"), known_labels())),
        _ => Err(Wrong::new("two arrows stand in one row", "draw each in a row of its own, the earlier one first")),
    }
}

fn known_labels() -> String {
    format!("labels are {}", Label::all().collect::<Vec<_>>().join(", "))
}

fn extent(parts: &[Part]) -> Result<Extent, Wrong> {
    let all: Vec<(usize, &Shaft)> = shafts(parts).collect();
    let (left, right) = (all.iter().any(|(_, s)| s.left), all.iter().any(|(_, s)| s.right));
    let (Some((first, _)), Some((last, _))) = (all.first(), all.last()) else {
        return Err(Wrong::new("this row has no arrow", "draw it from bar to bar: `|--- PSH --->|`"));
    };
    if last - first + 1 != all.len() {
        return Err(Wrong::new("this arrow is interrupted", "draw it from bar to bar without a gap"));
    }
    if left == right {
        let message = if left { "this arrow points both ways" } else { "this arrow has no head" };
        return Err(Wrong::new(message, "draw all its heads the way the segment goes, `>` or `<`"));
    }
    let inner = |at: usize, shaft: &Shaft| match shaft.crossed {
        None => true,
        Some((before, _)) if right => at == *last && before,
        Some((_, after)) => at == *first && after,
    };
    if !all.iter().all(|(at, shaft)| inner(*at, shaft)) {
        return Err(Wrong::new(
            "the `X` stands at the arrow's tail",
            "a lost segment ends in `X` where its head would be",
        ));
    }
    Ok(Extent { first: *first, last: *last, right })
}

fn place(parts: &[Part], lanes: &Lanes) -> Result<Vec<usize>, Wrong> {
    let gaps: Vec<Gap> = parts
        .iter()
        .map(|part| match part {
            Part::Blank => Gap::Blank,
            Part::Shaft(_) => Gap::Arrow,
            Part::Note(_) | Part::Cross | Part::Odd => Gap::Note,
        })
        .collect();
    let bars = parts.len().saturating_sub(1);
    lanes.place(&vec![Post::Bar; bars], &gaps).map_err(|misfit| misplaced(misfit, bars, lanes))
}

/// Says why a row's bars fit no lanes.
pub(super) fn misplaced(misfit: Misfit, bars: usize, lanes: &Lanes) -> Wrong {
    let alive: Vec<&str> =
        (0..lanes.len()).filter(|lane| lanes.state(*lane) != State::Off).map(|lane| lanes.name(lane)).collect();
    let help = format!(
        "every lane that is up has its bar in every row; up here: {}",
        if alive.is_empty() { "none".to_owned() } else { alive.join(", ") }
    );
    let plural = if bars == 1 { "" } else { "s" };
    match misfit {
        Misfit::TooMany => Wrong::new(format!("this row has {bars} bars, but there are {} lanes", lanes.len()), help),
        Misfit::Nowhere => Wrong::new(format!("this row has {bars} bar{plural}, which fits no lanes"), help),
        Misfit::Ambiguous => Wrong::new("it can't be told to which lanes this row belongs", help),
    }
}

/// The sender.
fn tail(extent: &Extent, placed: &[usize], lanes: &Lanes) -> Result<usize, Wrong> {
    let bar = if extent.right { extent.first.checked_sub(1) } else { Some(extent.last) };
    let edge = if extent.right { 0 } else { lanes.last() };
    let help = "an arrow begins at the bar of a lane that is up";
    let silent = |who: String| Err(Wrong::new(format!("{who} down here: it sends nothing"), help));
    let lane = bar.and_then(|bar| placed.get(bar)).copied();
    match lane.map_or(lanes.state(edge), |lane| lanes.state(lane)) {
        State::Off => silent(format!("`{}` is", lanes.name(lane.unwrap_or(edge)))),
        State::Cut => silent(format!("the link of `{}` is", lanes.name(lane.unwrap_or(edge)))),
        State::Up => lane.ok_or_else(|| Wrong::new("this arrow begins at no lane", help)),
    }
}

fn reach(parts: &[Part], extent: &Extent, placed: &[usize], lanes: &Lanes, from: usize) -> Result<Reach, Wrong> {
    let (head_gap, far) = if extent.right { (extent.last, lanes.last()) } else { (extent.first, 0) };
    let beyond = if extent.right { Some(head_gap + 1) } else { head_gap.checked_sub(1) };
    let head_bar = if extent.right { Some(head_gap) } else { head_gap.checked_sub(1) };
    let cross = parts.iter().position(|part| matches!(part, Part::Cross));
    let crossed = shafts(parts).any(|(_, shaft)| shaft.crossed.is_some());
    let ended = head_bar.and_then(|bar| placed.get(bar)).copied();
    match (ended, cross) {
        _ if from == far => Err(Wrong::new("this arrow leads away from all lanes", "draw it towards another lane")),
        (_, Some(at)) if crossed || Some(at) != beyond => Err(stray_cross()),
        (Some(lane), Some(_)) if lane == far => Err(stray_cross()),
        _ if crossed => Ok(Reach::Lost),
        (Some(lane), _) if lane == far => Ok(Reach::Whole),
        (Some(lane), _) => Ok(Reach::LostAt(lane)),
        (None, _) if lanes.state(far) != State::Up => Ok(Reach::Lost),
        (None, _) => Err(Wrong::new(
            format!("this arrow ends before `{}`", lanes.name(far)),
            "let it end at the lane's bar, or in `X` if the segment is lost",
        )),
    }
}

fn stray_cross() -> Wrong {
    Wrong::new("the `X` does not stand at this arrow's head", "a lost segment ends in `X` where its head would be")
}

fn check_comments(parts: &[Part], reach: Reach) -> Result<(), Wrong> {
    let comments = parts.iter().filter_map(|part| match part {
        Part::Note(text) => Some(*text),
        Part::Shaft(shaft) => shaft.comment,
        _ => None,
    });
    for text in comments {
        if !is_loss(text) {
            return Err(Wrong::new(
                format!("unknown note `{text}` beside an arrow"),
                format!("known are {KNOWN_NOTES}"),
            ));
        }
        if reach == Reach::Whole {
            let message = format!("`{text}` stands beside an arrow that arrives");
            return Err(Wrong::new(message, "let the arrow end at the lane that drops it, or in `X`"));
        }
    }
    Ok(())
}

/// Nothing arrives at a lane that is down, nor passes one.
fn check_lanes(from: usize, to: usize, reach: Reach, lanes: &Lanes) -> Result<(), Wrong> {
    let help = "end the arrow in `X`, or show the lane coming back before it (`power on ---> ^`)";
    let down = |lane: usize| Err(Wrong::new(format!("`{}` is down here: nothing reaches it", lanes.name(lane)), help));
    let between = (from.min(to) + 1..from.max(to)).find(|lane| lanes.state(*lane) != State::Up);
    match (reach, between) {
        (Reach::Whole, _) if lanes.state(to) != State::Up => down(to),
        (Reach::Whole, Some(lane)) => down(lane),
        (Reach::LostAt(lane), _) if lanes.state(lane) != State::Up => down(lane),
        _ => Ok(()),
    }
}
