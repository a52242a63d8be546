use super::arrow::misplaced;
use super::lanes::{Gap, Lanes, Misfit, Post, State};
use super::phrase::{Change, KNOWN_MARKS, KNOWN_NOTES, change, is_deletion};
use super::row::{Item, Row};
use super::saying::{Saying, Wrong};

/// Reads a row in which a lane goes down (`X`) or comes back (`^`).
///
/// # Errors
/// Unknown words, words that contradict the sign, a lane that is down already or was
/// never down, a lane that can't be told.
pub(super) fn mark(row: &Row, lanes: &Lanes) -> Result<Saying, Wrong> {
    let end = sign(row)?;
    let wanted = change_of(row, end)?;
    let lane = marked_lane(row, lanes, end)?;
    let state = lanes.state(lane);
    let change = wanted.unwrap_or(if state == State::Cut { Change::LinkUp } else { Change::PowerOn });
    let needed = match change {
        Change::PowerOff | Change::LinkDown => State::Up,
        Change::PowerOn => State::Off,
        Change::LinkUp => State::Cut,
    };
    let name = lanes.name(lane);
    if state != needed {
        return Err(contradicted(name, state));
    }
    if needs_one_link(change) && lanes.is_middle(lane) {
        let message = format!("`{name}` has two links: it can't be told which one goes");
        return Err(Wrong::new(message, "mark the host at the link's other end, or power the lane off"));
    }
    Ok(Saying::Mark { lane, change })
}

fn needs_one_link(change: Change) -> bool {
    matches!(change, Change::LinkDown | Change::LinkUp)
}

fn contradicted(name: &str, state: State) -> Wrong {
    match state {
        State::Up => {
            let help = "show it going down first: `power off ---> X`";
            Wrong::new(format!("`{name}` comes back, but was not down"), help)
        }
        State::Off => Wrong::new(format!("`{name}` is powered off here"), "it comes back with `power on ---> ^`"),
        State::Cut => Wrong::new(format!("the link of `{name}` is down here"), "it comes back with `link up ---> ^`"),
    }
}

/// Whether the row's one sign is `X` rather than `^`; a pointer must point at it.
fn sign(row: &Row) -> Result<bool, Wrong> {
    let signs: Vec<bool> = row
        .items()
        .filter_map(|item| match item {
            Item::Cross => Some(true),
            Item::Caret => Some(false),
            _ => None,
        })
        .collect();
    let [end] = signs.as_slice() else {
        return Err(Wrong::new("this row has more than one mark", "draw each mark in a row of its own"));
    };
    let away = row.gaps.iter().flat_map(|gap| gap.windows(2)).any(|two| match two {
        [Item::Shaft { left, .. }, Item::Cross | Item::Caret] => *left,
        [Item::Cross | Item::Caret, Item::Shaft { right, .. }] => *right,
        _ => false,
    });
    if away {
        return Err(Wrong::new(
            "this mark's pointer points away from it",
            "draw `power off ---> X`, or `X <--- power off`",
        ));
    }
    Ok(*end)
}

/// What the row's words mean, if it has any.
fn change_of(row: &Row, end: bool) -> Result<Option<Change>, Wrong> {
    let words: Vec<&str> = row
        .items()
        .filter_map(|item| match item {
            Item::Words(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let known = format!("known are {KNOWN_MARKS}");
    match words.as_slice() {
        [] => Ok(end.then_some(Change::PowerOff)),
        [text] => match change(text) {
            None => Err(Wrong::new(format!("unknown mark `{text}`"), known)),
            Some(change) if change.is_end() != end => {
                let sign = if end { 'X' } else { '^' };
                Err(Wrong::new(format!("`{text}` contradicts its `{sign}`"), known))
            }
            change => Ok(change),
        },
        _ => Err(Wrong::new("this row has more in it than a mark", "draw one arrow, mark or note in a row")),
    }
}

fn marked_lane(row: &Row, lanes: &Lanes, end: bool) -> Result<usize, Wrong> {
    let (mut posts, mut gaps, mut at) = (Vec::new(), vec![Gap::Blank], None);
    for (index, gap) in row.gaps.iter().enumerate() {
        if index > 0 {
            posts.push(Post::Bar);
            gaps.push(Gap::Blank);
        }
        for item in gap {
            match (item, gaps.last_mut()) {
                (Item::Cross | Item::Caret, _) => {
                    at = Some(posts.len());
                    posts.push(if end { Post::Cross } else { Post::Caret });
                    gaps.push(Gap::Blank);
                }
                (_, Some(last)) => *last = Gap::Note,
                _ => {}
            }
        }
    }
    let placed = lanes.place(&posts, &gaps).map_err(|misfit| match misfit {
        Misfit::Nowhere if !end && lanes.all_up() => {
            Wrong::new("a lane comes back, but none is down", "show it going down first: `power off ---> X`")
        }
        _ => misplaced_mark(misfit, posts.len(), lanes),
    })?;
    at.and_then(|at| placed.get(at)).copied().ok_or_else(|| misplaced_mark(Misfit::Nowhere, posts.len(), lanes))
}

fn misplaced_mark(misfit: Misfit, posts: usize, lanes: &Lanes) -> Wrong {
    let wrong = misplaced(misfit, posts, lanes);
    let message = match misfit {
        Misfit::TooMany => format!("this row has {posts} bars and marks, but there are {} lanes", lanes.len()),
        Misfit::Nowhere | Misfit::Ambiguous => "it can't be told which lane this mark is on".to_owned(),
    };
    Wrong::new(message, format!("{}; the mark stands in its lane's place", wrong.help))
}

/// Reads a row that says something beside a lane.
///
/// # Errors
/// Anything but a NAT's forgetting, or such a note at another lane.
pub(super) fn note(row: &Row, lanes: &Lanes) -> Result<Saying, Wrong> {
    let texts: Vec<(usize, &str)> = row
        .gaps
        .iter()
        .enumerate()
        .flat_map(|(at, gap)| gap.iter().map(move |item| (at, item)))
        .filter_map(|(at, item)| match item {
            Item::Words(text) => Some((at, text.as_str())),
            _ => None,
        })
        .collect();
    let known = format!("known are {KNOWN_NOTES}");
    let [(at, text)] = texts.as_slice() else {
        return Err(Wrong::new("this row can't be read", known));
    };
    if !is_deletion(text) {
        return Err(Wrong::new(format!("unknown note `{text}`"), known));
    }
    let lane = match pointed_bar(row, *at) {
        Some(bar) => lane_of_bar(row, bar, lanes)?,
        None => (0..lanes.len()).find(|lane| lanes.lane(*lane).is_nat),
    };
    match lane {
        Some(lane) if !lanes.lane(lane).is_nat => {
            let message = format!("`{text}` points at `{}`, which is no NAT", lanes.name(lane));
            Err(Wrong::new(message, "only a NAT has such a table: let it point at the NAT's bar"))
        }
        Some(lane) if lanes.state(lane) == State::Up => Ok(Saying::Deletion { lane }),
        Some(lane) => Err(contradicted(lanes.name(lane), lanes.state(lane))),
        None => Err(Wrong::new(format!("`{text}`, but no lane is a NAT"), "name the middle lane NAT")),
    }
}

/// The bar that the pointer in a gap points at.
fn pointed_bar(row: &Row, gap: usize) -> Option<usize> {
    row.gaps.get(gap)?.iter().find_map(|item| match item {
        Item::Shaft { left: true, right: false } => gap.checked_sub(1),
        Item::Shaft { left: false, right: true } => Some(gap),
        _ => None,
    })
}

fn lane_of_bar(row: &Row, bar: usize, lanes: &Lanes) -> Result<Option<usize>, Wrong> {
    let gaps: Vec<Gap> = row.gaps.iter().map(|gap| if gap.is_empty() { Gap::Blank } else { Gap::Note }).collect();
    let placed =
        lanes.place(&vec![Post::Bar; row.bars()], &gaps).map_err(|misfit| misplaced(misfit, row.bars(), lanes))?;
    let help = "let it point at the NAT's bar: `| <--- connection deleted from table`";
    let beside = || Wrong::new("this note's pointer points at no lane", help);
    placed.get(bar).copied().map(Some).ok_or_else(beside)
}
