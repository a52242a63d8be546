//! Ladders of two runs: the same rows, at about the same times.

/// A kernel timer is late by an eighth at most, one slot of the timer wheel: what the ticks
/// are at when a run begins decides by how much, and that differs from kernel to kernel.
const SLOT: f64 = 1.0 / 8.0;

/// Some ticks, of which it takes a few until a row is drawn.
const TICKS: f64 = 0.05;

/// Whether both ladders tell of the same things, at times of which the kernel may have given one
/// as well as the other. Things of one moment may change places; how long nothing happened
/// follows from the rest; and what no line is about, such as an entry that nobody asked for, may
/// come after the last line that is, and is not drawn then.
///
/// # Errors
/// The first row that the other one has not.
pub fn same_story(told: &str, seen: &str) -> Result<(), String> {
    let rows =
        |ladder: &str| ladder.lines().filter(|line| !is_wait(line) && !is_beside(line)).map(parts).collect::<Vec<_>>();
    let mut others = rows(seen);
    for row in rows(told) {
        let Some(found) = others.iter().position(|other| alike(&row, other)) else {
            return Err(format!("without `{}`", row.0.trim()));
        };
        others.remove(found);
    }
    others.first().map_or(Ok(()), |more| Err(format!("with `{}`", more.0.trim())))
}

type Row = (String, Vec<f64>);

fn alike(told: &Row, seen: &Row) -> bool {
    told.0 == seen.0 && told.1.iter().zip(&seen.1).all(|(told, seen)| near(*told, *seen))
}

/// `:     1.024 s     :`
fn is_wait(line: &str) -> bool {
    let words = line.trim().trim_matches(':').trim();
    line.trim().starts_with(':') && words.split_whitespace().all(|word| word == "s" || seconds(word).is_some())
}

/// `   1.012    | <--- entry created | `, without a mark.
fn is_beside(line: &str) -> bool {
    let timed = line.split_whitespace().next().is_some_and(|word| seconds(word).is_some());
    timed && line.ends_with('|')
}

fn near(told: f64, seen: f64) -> bool {
    (told - seen).abs() <= told.max(seen) * SLOT + TICKS
}

/// The words of a line with `#` in each time's place, and the times in seconds.
fn parts(line: &str) -> (String, Vec<f64>) {
    let (mut words, mut times) = (String::new(), Vec::new());
    let mut before = false;
    for word in line.split_whitespace() {
        let time = seconds(word);
        match (time, times.last_mut()) {
            // `2h 11m 15s` is one time.
            (Some(time), Some(last)) if before => *last += time,
            (Some(time), _) => {
                times.push(time);
                words.push_str(" #");
            }
            (None, _) => words.extend([" ", word]),
        }
        before = time.is_some();
    }
    (words, times)
}

/// `1.024`, `59.1s`, `11m`: but not `3`, which is a number of something.
fn seconds(word: &str) -> Option<f64> {
    let word = word.trim_end_matches([',', ')']);
    let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let (number, unit) = word.split_at(end);
    let factor = match unit {
        "" if number.contains('.') => 1.0,
        "d" => 86_400.0,
        "h" => 3600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 1e-3,
        "us" => 1e-6,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

/// Of both ways to be wrong: called by the tests of this program by hand, for it has its own
/// main function.
pub fn tells_ladders_apart() -> Result<(), String> {
    let ladder = "   1.017    |--->--->- PROBE ->--->---|  ✓\n            :   2h 11m 15.4s   :\n            : ... 3 more, every 75.776 s :\n   4.089    | <--- reads +3    |  ✓\n";
    same_story(ladder, &ladder.replace("1.017", "1.019").replace("11m 15.4s", "12m 0.4s"))?;
    let moment = "   1.017    | <--- entry deleted |  ✓\n";
    same_story(&format!("{ladder}{moment}"), &format!("{moment}{ladder}"))?;
    same_story(&format!("{ladder}   4.100    |... step: send ...|\n"), ladder)?;
    let others = [
        ladder.replace("1.017", "2.017"),
        ladder.replace("PROBE", "RST"),
        ladder.replace("+3", "+4"),
        ladder.replace("<---", "--->"),
        ladder.replace('✓', "late"),
        ladder.replace("3 more", "4 more"),
        ladder.replace("75.776", "95.776"),
        format!("{ladder}   5.000    | more |  ✓\n"),
    ];
    let missed: Vec<String> = others.into_iter().filter(|other| same_story(ladder, other).is_ok()).collect();
    if missed.is_empty() { Ok(()) } else { Err(format!("taken for the same: {missed:?}")) }
}
