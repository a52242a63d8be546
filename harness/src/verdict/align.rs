/// What it costs to explain away a difference between what was expected and what was
/// seen. 0 is no difference.
pub(super) trait Costs {
    /// The expected one of this index did not come.
    fn missing(&self, expected: usize) -> u32;
    /// The seen one of this index is nobody's.
    fn extra(&self, seen: usize) -> u32;
    /// The one was taken for the other; none if they have nothing in common.
    fn pair(&self, expected: usize, seen: usize) -> Option<u32>;
}

/// One step of an explanation, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Pair(usize, usize),
    Missing(usize),
    Extra(usize),
}

/// Above this many cells the best explanation takes too long to find.
const MOST_CELLS: usize = 1500 * 1500;
/// How far the quick way looks for the next agreement.
const LOOKAHEAD: usize = 64;

/// The cheapest explanation of `seen` things by `expected` ones. What agrees from the
/// start on is taken as it comes, so that a run without fault costs linear time.
pub(super) fn align(costs: &impl Costs, expected: usize, seen: usize) -> Vec<Op> {
    let mut ops = Vec::with_capacity(expected.max(seen));
    let (i, j) = prefix(costs, (0, 0), (expected, seen), &mut ops);
    if (expected - i).saturating_mul(seen - j) <= MOST_CELLS {
        best(costs, (i, j), (expected, seen), &mut ops);
    } else {
        quick(costs, (i, j), (expected, seen), &mut ops);
    }
    ops
}

/// Takes pairs that agree, and what costs nothing, until the first difference.
fn prefix(costs: &impl Costs, from: (usize, usize), to: (usize, usize), ops: &mut Vec<Op>) -> (usize, usize) {
    let (mut i, mut j) = from;
    while i < to.0 && j < to.1 {
        if costs.pair(i, j) == Some(0) {
            ops.push(Op::Pair(i, j));
            i += 1;
        } else if costs.extra(j) == 0 {
            ops.push(Op::Extra(j));
        } else {
            break;
        }
        j += 1;
    }
    (i, j)
}

/// Two neighbours in the other order: nearer than two others in their places.
const SWAPPED: u32 = 12;

/// Wagner and Fischer's table with Lowrance's swaps, over suffixes, so that the way through
/// it is read forward.
fn best(costs: &impl Costs, from: (usize, usize), to: (usize, usize), ops: &mut Vec<Op>) {
    let (rows, columns) = (to.0 - from.0, to.1 - from.1);
    let mut table = Table { costs, from, size: (rows, columns), cells: vec![0; (rows + 1) * (columns + 1)] };
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            let least = table.choices((row, column)).into_iter().flatten().map(|(cost, _)| cost).min();
            table.cells[row * (columns + 1) + column] = least.unwrap_or(0);
        }
    }
    let mut cell = (0, 0);
    while cell.0 < rows || cell.1 < columns {
        let choices = table.choices(cell).into_iter().flatten();
        let Some((_, choice)) = choices.min_by_key(|(cost, _)| *cost) else { break };
        let (i, j) = (from.0 + cell.0, from.1 + cell.1);
        match choice {
            Choice::Pair => ops.push(Op::Pair(i, j)),
            Choice::Missing => ops.push(Op::Missing(i)),
            Choice::Extra => ops.push(Op::Extra(j)),
            Choice::Swap => ops.extend([Op::Missing(i), Op::Pair(i + 1, j), Op::Extra(j + 1)]),
        }
        let (down, right) = choice.way();
        cell = (cell.0 + down, cell.1 + right);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Pair,
    Swap,
    Missing,
    Extra,
}

impl Choice {
    /// How many expected and how many seen ones it explains.
    fn way(self) -> (usize, usize) {
        match self {
            Self::Pair => (1, 1),
            Self::Swap => (2, 2),
            Self::Missing => (1, 0),
            Self::Extra => (0, 1),
        }
    }
}

struct Table<'a, C> {
    costs: &'a C,
    from: (usize, usize),
    size: (usize, usize),
    /// The cheapest explanation of all from this cell on.
    cells: Vec<u32>,
}

impl<C: Costs> Table<'_, C> {
    /// The ways on from a cell with their total cost; of equal ones the first is taken.
    fn choices(&self, cell: (usize, usize)) -> [Option<(u32, Choice)>; 4] {
        let (i, j) = (self.from.0 + cell.0, self.from.1 + cell.1);
        let inside = |choice: Choice| {
            let (down, right) = choice.way();
            cell.0 + down <= self.size.0 && cell.1 + right <= self.size.1
        };
        let agree = |i, j| self.costs.pair(i, j) == Some(0);
        let own = |choice| match choice {
            Choice::Pair => self.costs.pair(i, j),
            Choice::Swap => (!agree(i, j) && agree(i, j + 1) && agree(i + 1, j)).then_some(SWAPPED),
            Choice::Missing => Some(self.costs.missing(i)),
            Choice::Extra => Some(self.costs.extra(j)),
        };
        let total = |choice: Choice| {
            let (down, right) = choice.way();
            let rest = self.cells[(cell.0 + down) * (self.size.1 + 1) + cell.1 + right];
            own(choice).map(|cost| (cost.saturating_add(rest), choice))
        };
        let all = [Choice::Pair, Choice::Swap, Choice::Missing, Choice::Extra];
        all.map(|choice| inside(choice).then(|| total(choice)).flatten())
    }
}

/// At each difference goes on at the nearest agreement.
fn quick(costs: &impl Costs, from: (usize, usize), to: (usize, usize), ops: &mut Vec<Op>) {
    let (mut i, mut j) = from;
    loop {
        (i, j) = prefix(costs, (i, j), to, ops);
        if i == to.0 || j == to.1 {
            break;
        }
        let (next_i, next_j) = agreement(costs, (i, j), to);
        while i < next_i && j < next_j && costs.pair(i, j).is_some() {
            ops.push(Op::Pair(i, j));
            (i, j) = (i + 1, j + 1);
        }
        ops.extend((i..next_i).map(Op::Missing));
        ops.extend((j..next_j).map(Op::Extra));
        (i, j) = (next_i, next_j);
    }
    ops.extend((i..to.0).map(Op::Missing));
    ops.extend((j..to.1).map(Op::Extra));
}

fn agreement(costs: &impl Costs, from: (usize, usize), to: (usize, usize)) -> (usize, usize) {
    let (i, j) = from;
    for distance in 1..=2 * LOOKAHEAD {
        for ahead in distance.saturating_sub(LOOKAHEAD)..=distance.min(LOOKAHEAD) {
            let (a, b) = (i + ahead, j + distance - ahead);
            if a < to.0 && b < to.1 && costs.pair(a, b) == Some(0) {
                return (a, b);
            }
        }
    }
    ((i + 1).min(to.0), (j + 1).min(to.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Letters(&'static str, &'static str);

    impl Letters {
        fn at(text: &str, index: usize) -> char {
            text.chars().nth(index).unwrap_or('?')
        }
    }

    impl Costs for Letters {
        fn missing(&self, _: usize) -> u32 {
            10
        }
        fn extra(&self, seen: usize) -> u32 {
            if Self::at(self.1, seen) == '_' { 0 } else { 10 }
        }
        fn pair(&self, expected: usize, seen: usize) -> Option<u32> {
            let (a, b) = (Self::at(self.0, expected), Self::at(self.1, seen));
            (a == b).then_some(0).or_else(|| a.eq_ignore_ascii_case(&b).then_some(15))
        }
    }

    fn told(expected: &'static str, seen: &'static str) -> String {
        show(&align(&Letters(expected, seen), expected.len(), seen.len()))
    }

    fn show(ops: &[Op]) -> String {
        let word = |op: &Op| match op {
            Op::Pair(i, j) => format!("{i}={j}"),
            Op::Missing(i) => format!("-{i}"),
            Op::Extra(j) => format!("+{j}"),
        };
        ops.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equal_ones_pair_up() {
        assert_eq!(told("abc", "abc"), "0=0 1=1 2=2");
        assert_eq!(told("", ""), "");
    }

    #[test]
    fn one_too_few_and_one_too_many() {
        assert_eq!(told("abbc", "abc"), "0=0 1=1 -2 3=2");
        assert_eq!(told("abc", "abbc"), "0=0 1=1 +2 2=3");
        assert_eq!(told("abc", "ab"), "0=0 1=1 -2");
    }

    #[test]
    fn another_form_is_nearer_than_two_faults() {
        assert_eq!(told("abc", "aBc"), "0=0 1=1 2=2");
    }

    #[test]
    fn what_is_free_is_passed_over() {
        assert_eq!(told("abc", "_a_bc_"), "+0 0=1 +2 1=3 2=4 +5");
    }

    #[test]
    fn a_swap_is_one_move() {
        assert_eq!(told("abcd", "acbd"), "0=0 -1 2=1 +2 3=3");
        assert_eq!(told("abcd", "acbD"), "0=0 -1 2=1 +2 3=3");
    }

    #[test]
    fn the_quick_way_finds_the_next_agreement() {
        let letters = Letters("abcxdef", "abcdyef");
        let mut ops = Vec::new();
        quick(&letters, (0, 0), (7, 7), &mut ops);
        assert_eq!(show(&ops), "0=0 1=1 2=2 -3 4=3 +4 5=5 6=6");
    }

    #[test]
    fn every_one_is_accounted_for_once_either_way() {
        for (expected, seen) in [("aabbcc", "abcabc"), ("xyz", "abc"), ("aXbY", "Axby"), ("a", ""), ("", "a")] {
            let letters = Letters(expected, seen);
            let mut ops = Vec::new();
            quick(&letters, (0, 0), (expected.len(), seen.len()), &mut ops);
            for ops in [ops, align(&letters, expected.len(), seen.len())] {
                let left = ops.iter().filter_map(|op| match op {
                    Op::Pair(i, _) | Op::Missing(i) => Some(*i),
                    Op::Extra(_) => None,
                });
                let right = ops.iter().filter_map(|op| match op {
                    Op::Pair(_, j) | Op::Extra(j) => Some(*j),
                    Op::Missing(_) => None,
                });
                assert!(left.eq(0..expected.len()) && right.eq(0..seen.len()), "{expected} {seen}: {ops:?}");
            }
        }
    }
}
