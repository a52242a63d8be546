use crate::name::NodeName;
use crate::scenario::Spanned;

/// A vertical line of a figure: one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) struct Lane {
    pub(in crate::scenario) name: Spanned<NodeName>,
    pub(in crate::scenario) is_nat: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum State {
    Up,
    /// Powered off: it draws no bar.
    Off,
    /// Its link is down: it may draw a bar, but nothing reaches it.
    Cut,
}

/// All lanes, from left to right, as they are at some row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) struct Lanes {
    left: Lane,
    middle: Option<Lane>,
    right: Lane,
    states: [State; 3],
}

/// What stands for a lane in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    Bar,
    Cross,
    Caret,
}

/// What stands between two posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    Blank,
    /// Words may cover a lane's bar,
    Note,
    /// and so may an arrow, though that is less usual.
    Arrow,
}

/// Why a row's posts fit no lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    TooMany,
    Nowhere,
    Ambiguous,
}

impl Lanes {
    /// Lanes that are all up.
    pub(in crate::scenario) fn new(left: Lane, middle: Option<Lane>, right: Lane) -> Self {
        Self { left, middle, right, states: [State::Up; 3] }
    }

    pub(in crate::scenario) fn all(&self) -> impl Iterator<Item = &Lane> {
        std::iter::once(&self.left).chain(&self.middle).chain([&self.right])
    }

    pub(in crate::scenario) fn len(&self) -> usize {
        self.last() + 1
    }

    /// The right lane's index.
    pub(in crate::scenario) fn last(&self) -> usize {
        1 + usize::from(self.middle.is_some())
    }

    /// The lane of this index; any beyond the last is the right one.
    pub(in crate::scenario) fn lane(&self, lane: usize) -> &Lane {
        match (lane, &self.middle) {
            (0, _) => &self.left,
            (1, Some(middle)) => middle,
            _ => &self.right,
        }
    }

    pub(in crate::scenario) fn name(&self, lane: usize) -> &str {
        self.lane(lane).name.as_str()
    }

    pub(in crate::scenario) fn is_middle(&self, lane: usize) -> bool {
        lane > 0 && lane < self.last()
    }

    pub(in crate::scenario) fn state(&self, lane: usize) -> State {
        self.states.get(lane).copied().unwrap_or(State::Off)
    }

    pub(in crate::scenario) fn all_up(&self) -> bool {
        (0..self.len()).all(|lane| self.state(lane) == State::Up)
    }

    pub(in crate::scenario) fn set(&mut self, lane: usize, state: State) {
        if let Some(old) = self.states.get_mut(lane) {
            *old = state;
        }
    }

    /// Which lane each post stands for, by their order and by which lanes are alive.
    /// `gaps` has one more entry than `posts`.
    ///
    /// # Errors
    /// More posts than lanes, no way to place them, or two equally good ways.
    pub(super) fn place(&self, posts: &[Post], gaps: &[Gap]) -> Result<Vec<usize>, Misfit> {
        if posts.len() > self.len() {
            return Err(Misfit::TooMany);
        }
        let ways = choices(self.len(), posts.len()).into_iter();
        let mut priced: Vec<(u32, Vec<usize>)> =
            ways.filter_map(|way| Some((self.price(&way, posts, gaps)?, way))).collect();
        priced.sort();
        let mut priced = priced.into_iter();
        match (priced.next(), priced.next()) {
            (None, _) => Err(Misfit::Nowhere),
            (Some((best, _)), Some((second, _))) if best == second => Err(Misfit::Ambiguous),
            (Some((_, way)), _) => Ok(way),
        }
    }

    /// How strange a placing is; none if it can't be.
    fn price(&self, way: &[usize], posts: &[Post], gaps: &[Gap]) -> Option<u32> {
        let shown = way.iter().zip(posts).map(|(lane, post)| match (post, self.state(*lane)) {
            (Post::Bar, State::Off) => Some(1),
            (Post::Bar | Post::Cross, State::Up) | (Post::Bar, State::Cut) => Some(0),
            (Post::Caret, State::Off | State::Cut) => Some(0),
            _ => None,
        });
        let missing = (0..self.len()).filter(|lane| !way.contains(lane)).map(|lane| {
            let gap = way.iter().filter(|shown| **shown < lane).count();
            match (self.state(lane), gaps.get(gap)) {
                (State::Off | State::Cut, _) => Some(0),
                (State::Up, Some(Gap::Note)) => Some(2),
                (State::Up, Some(Gap::Arrow)) => Some(3),
                (State::Up, _) => None,
            }
        });
        shown.chain(missing).chain([Some(self.outside(way, gaps))]).sum()
    }

    /// Words stand between lanes rather than outside all of them.
    fn outside(&self, way: &[usize], gaps: &[Gap]) -> u32 {
        let left = way.first() == Some(&0) && gaps.first() == Some(&Gap::Note);
        let right = way.last() == Some(&self.last()) && gaps.last() == Some(&Gap::Note);
        u32::from(left) + u32::from(right)
    }
}

/// All ways to choose `count` of `0..len`, each in rising order.
fn choices(len: usize, count: usize) -> Vec<Vec<usize>> {
    let Some(last) = len.checked_sub(1).filter(|_| count > 0) else {
        return if count == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let with = choices(last, count - 1).into_iter().map(|mut way| {
        way.push(last);
        way
    });
    choices(last, count).into_iter().chain(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Span;

    fn lanes(states: &[State]) -> Lanes {
        let lane =
            |name: &str| Lane { name: Spanned::new(NodeName::new(name).unwrap(), Span::default()), is_nat: false };
        let middle = (states.len() == 3).then(|| lane("m"));
        let mut lanes = Lanes::new(lane("a"), middle, lane("b"));
        states.iter().enumerate().for_each(|(at, state)| lanes.set(at, *state));
        lanes
    }

    use Gap::{Arrow, Blank, Note};
    use Post::{Bar, Caret, Cross};
    use State::{Off, Up};

    #[test]
    fn a_full_row_is_placed_in_order() {
        assert_eq!(lanes(&[Up, Up, Up]).place(&[Bar; 3], &[Blank; 4]), Ok(vec![0, 1, 2]));
    }

    #[test]
    fn a_dead_lane_draws_no_bar() {
        assert_eq!(lanes(&[Off, Up]).place(&[Bar], &[Blank; 2]), Ok(vec![1]));
        assert_eq!(lanes(&[Up, Off, Up]).place(&[Bar; 2], &[Blank; 3]), Ok(vec![0, 2]));
    }

    #[test]
    fn a_note_may_cover_a_bar_and_a_blank_may_not() {
        assert_eq!(lanes(&[Up; 3]).place(&[Bar; 2], &[Blank, Blank, Note]), Ok(vec![0, 1]));
        assert_eq!(lanes(&[Up; 3]).place(&[Bar; 2], &[Blank, Arrow, Note]), Ok(vec![0, 1]));
        assert_eq!(lanes(&[Up; 3]).place(&[Bar; 2], &[Blank; 3]), Err(Misfit::Nowhere));
    }

    #[test]
    fn words_stand_between_lanes() {
        assert_eq!(lanes(&[Off, Off]).place(&[Caret], &[Note, Blank]), Ok(vec![1]));
        assert_eq!(lanes(&[Off, Off]).place(&[Caret], &[Blank, Note]), Ok(vec![0]));
    }

    #[test]
    fn marks_fit_the_living_and_the_dead() {
        assert_eq!(lanes(&[Up, Up]).place(&[Bar, Caret], &[Blank; 3]), Err(Misfit::Nowhere));
        assert_eq!(lanes(&[Up, Off]).place(&[Bar, Caret], &[Blank; 3]), Ok(vec![0, 1]));
        assert_eq!(lanes(&[Up, Off]).place(&[Cross], &[Blank; 2]), Ok(vec![0]));
        assert_eq!(lanes(&[Off, Off]).place(&[Caret], &[Blank, Blank]), Err(Misfit::Ambiguous));
        assert_eq!(lanes(&[Up; 2]).place(&[Bar; 3], &[Blank; 4]), Err(Misfit::TooMany));
    }
}
