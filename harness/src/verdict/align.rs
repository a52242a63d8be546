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

/// Wagner and Fischer's table, over suffixes, so that the way through it is read forward.
fn best(costs: &impl Costs, from: (usize, usize), to: (usize, usize), ops: &mut Vec<Op>) {
    let (rows, columns) = (to.0 - from.0, to.1 - from.1);
    let width = columns + 1;
    let mut table = vec![0u32; (rows + 1) * width];
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            let choices = choices(costs, from, (rows, columns), (row, column), &table);
            table[row * width + column] = choices.iter().flatten().map(|(cost, _)| *cost).min().unwrap_or(0);
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < rows || column < columns {
        let choices = choices(costs, from, (rows, columns), (row, column), &table);
        let cheapest = choices.iter().flatten().min_by_key(|(cost, _)| *cost);
        let Some((_, op)) = cheapest else { break };
        ops.push(*op);
        row += usize::from(!matches!(op, Op::Extra(_)));
        column += usize::from(!matches!(op, Op::Missing(_)));
    }
}

/// The ways on from a cell with their total cost; of equal ones the first is taken.
fn choices(
    costs: &impl Costs,
    from: (usize, usize),
    size: (usize, usize),
    cell: (usize, usize),
    table: &[u32],
) -> [Option<(u32, Op)>; 3] {
    let (row, column) = cell;
    let (i, j) = (from.0 + row, from.1 + column);
    let rest = |row: usize, column: usize| table[row * (size.1 + 1) + column];
    let (down, right) = (row < size.0, column < size.1);
    let pair = (down && right).then(|| costs.pair(i, j)).flatten();
    [
        pair.map(|cost| (cost.saturating_add(rest(row + 1, column + 1)), Op::Pair(i, j))),
        down.then(|| (costs.missing(i).saturating_add(rest(row + 1, column)), Op::Missing(i))),
        right.then(|| (costs.extra(j).saturating_add(rest(row, column + 1)), Op::Extra(j))),
    ]
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
