/// The known word nearest to `word`, if one is near enough to be a slip of the pen:
/// at most a third of its letters differ, and at least one may.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    let distance = |candidate: &&str| edits(&word.to_lowercase(), &candidate.to_lowercase());
    known.into_iter().min_by_key(distance).filter(|best| distance(best) <= allowed)
}

/// Insertions, deletions, replacements and swaps of neighbours from `a` to `b`.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_mended() {
        let keys = ["keepalive", "interval", "steps"];
        assert_eq!(nearest("keepalvie", keys), Some("keepalive"));
        assert_eq!(nearest("step", keys), Some("steps"));
    }

    #[test]
    fn another_word_is_left_alone() {
        assert_eq!(nearest("colour", ["keepalive", "interval"]), None);
    }
}
