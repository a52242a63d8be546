//! All answers as tables: a line for each middlebox, a column for each client.

use super::answer::{Dead, Fate, Told};
use super::pair::Question;
use super::run::Answered;
use super::words::rough;
use crate::preset::{MIDDLEBOXES, Middlebox, PROGRAMS, Program};
use std::time::Duration;

/// What is longer has never been the first to forget, and would take days of probes.
const LONGEST: Duration = Duration::from_secs(86400);

/// Every program through every middlebox that can be built and forgets within a day.
pub(super) fn questions() -> Vec<Question> {
    let short = |one: &&Middlebox| one.idle_timeout < LONGEST && one.build == crate::preset::Build::Lab;
    let of = |through: &'static Middlebox| {
        PROGRAMS.iter().map(move |program| Question { client: program.into(), through, idle: None })
    };
    MIDDLEBOXES.iter().filter(short).flat_map(of).collect()
}

impl From<&'static Program> for super::pair::Client {
    fn from(program: &'static Program) -> Self {
        Self { preset: Some(program), keepalive: None, user_timeout: None }
    }
}

/// One of those with equal settings, for it does the same.
pub(super) fn distinct(questions: &[Question]) -> Vec<Question> {
    let mut kept: Vec<Question> = Vec::new();
    for question in questions {
        if !kept.iter().any(|known| known.key() == question.key()) {
            kept.push(*question);
        }
    }
    kept
}

/// Both tables, and who else stands for whom.
pub(super) fn tables(answered: &[Answered]) -> String {
    let (mut boxes, mut clients): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for one in answered {
        let (through, client) = (one.question.through.name, one.question.client.name());
        boxes.extend((!boxes.contains(&through)).then_some(through));
        clients.extend((!clients.contains(&client)).then_some(client));
    }
    let grid = |title: &str, cell: fn(&Answered) -> String| {
        let mut rows = vec![[vec![title.to_owned()], clients.iter().map(|name| (*name).to_owned()).collect()].concat()];
        for through in &boxes {
            let of = |client: &&str| {
                let is =
                    |one: &&Answered| one.question.through.name == *through && one.question.client.name() == *client;
                answered.iter().find(is).map_or_else(String::new, cell)
            };
            rows.push([vec![(*through).to_owned()], clients.iter().map(of).collect()].concat());
        }
        aligned(&rows)
    };
    [
        "Idle for three times the middlebox's time-out, then written to: what the writer sees.\n\n".to_owned(),
        grid("", lived),
        "\nThe server loses power: how long an idle client does not notice.\n\n".to_owned(),
        grid("", noticed),
        LEGEND.to_owned(),
        others(&boxes, &clients),
    ]
    .concat()
}

const LEGEND: &str = "
lives  the data arrived              RST      ECONNRESET at once
15m    ETIMEDOUT so long after it    (10m)    ETIMEDOUT so long after it was opened, still idle
never  not within a day              RST 2h   ECONNRESET so long after
";

fn lived(answered: &Answered) -> String {
    match &answered.idle.fate {
        Fate::Lives => "lives".to_owned(),
        Fate::Lost(told) => error(told),
        Fate::LostBefore(told) => format!("({})", error(told)),
        Fate::Unheard => "unheard".to_owned(),
        Fate::Unclear(_) => "?".to_owned(),
    }
}

fn noticed(answered: &Answered) -> String {
    match &answered.dead {
        Dead::Noticed(told) => error(told),
        Dead::Unnoticed(_) => "never".to_owned(),
        Dead::Unclear(_) => "?".to_owned(),
    }
}

fn error(told: &Told) -> String {
    let time = brief(told.after);
    match told.errno.to_string().as_str() {
        "ETIMEDOUT" => time,
        "ECONNRESET" if told.after < Duration::from_millis(10) => "RST".to_owned(),
        "ECONNRESET" => format!("RST {time}"),
        other => format!("{other} {time}"),
    }
}

/// Whole minutes from an hour on.
fn brief(time: Duration) -> String {
    if time < Duration::from_secs(3600) {
        return rough(time).replace(' ', "");
    }
    let minutes = (time.as_secs() + 30) / 60;
    rough(Duration::from_secs(minutes * 60)).replace(' ', "")
}

fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let width = |column: usize| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Presets that behave as one that is shown.
fn others(boxes: &[&str], clients: &[&str]) -> String {
    let all = questions();
    let through = |one: &Question| one.through.name;
    let client = |one: &Question| one.client.name();
    let mut lines = String::new();
    for (shown, name) in [(boxes, &through as &dyn Fn(&Question) -> &'static str), (clients, &client)] {
        for shown in shown {
            let Some(own) = all.iter().find(|one| name(one) == *shown) else { continue };
            let same = |one: &&Question| one.key() == own.key() && name(one) != *shown;
            let mut alike: Vec<&str> = all.iter().filter(same).map(name).collect();
            alike.sort_unstable();
            alike.dedup();
            if !alike.is_empty() {
                lines += &format!("like {shown}: {}\n", alike.join(", "));
            }
        }
    }
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}
