//! One answer in words.

use super::answer::{Dead, Fate, Told};
use super::pair::Question;
use super::run::Answered;
use crate::report;
use crate::time::show_duration;
use std::fmt::Write;
use std::time::Duration;

/// The whole answer; ends with a newline.
pub(super) fn answer(answered: &Answered, ladders: bool) -> String {
    let mut text = format!("{}\n\n", head(&answered.question));
    text += &told(verdict(&answered.idle.fate), &lived(answered));
    text += &told("DEAD PEER", &noticed(&answered.dead));
    if ladders {
        for (plan, judged) in &answered.runs {
            let ladder = report::ladder(&plan.ladder, &judged.timeline, &judged.verdict);
            let _ = write!(text, "\n{}\n\n{ladder}", plan.title);
        }
    }
    text
}

fn head(question: &Question) -> String {
    let (client, through) = (&question.client, question.through);
    let then = if through.loose { "takes up again what comes then".to_owned() } else { through.on_expiry.to_string() };
    format!(
        "{} ({}) through {} (forgets after {}, {then})",
        client.name(),
        client.settings(),
        through.name,
        show_duration(through.idle_timeout),
    )
}

fn verdict(fate: &Fate) -> &'static str {
    match fate {
        Fate::Lives => "LIVES",
        Fate::Lost(_) | Fate::LostBefore(_) | Fate::Unheard => "DIES",
        Fate::Unclear(_) => "UNCLEAR",
    }
}

fn lived(answered: &Answered) -> String {
    let idle = show_duration(answered.question.idle());
    let probes = match answered.idle.probes {
        0 => "no probe".to_owned(),
        1 => "one probe".to_owned(),
        n => format!("{n} probes"),
    };
    let forgotten = answered
        .idle
        .forgotten
        .map_or_else(String::new, |after| format!(" The middlebox forgot it after {} of silence.", rough(after)));
    match &answered.idle.fate {
        Fate::Lives => {
            format!("Left idle for {idle} and then written to, it works; {probes} went out in that time.{forgotten}")
        }
        Fate::Lost(Told { errno, after }) => format!(
            "Left idle for {idle}, in which {probes} went out.{forgotten} The write is taken, and {} the writer sees \
             {errno}.",
            later(*after)
        ),
        Fate::LostBefore(Told { errno, after }) => {
            format!("{} after it was opened, still idle, the client sees {errno}.{forgotten}", rough(*after))
        }
        Fate::Unheard => format!("Left idle for {idle}.{forgotten} What is written then does not arrive."),
        Fate::Unclear(why) => why.clone(),
    }
}

fn noticed(dead: &Dead) -> String {
    match dead {
        Dead::Noticed(Told { errno, after }) => {
            format!("If the server loses power, an idle client sees {errno} {} after.", rough(*after))
        }
        Dead::Unnoticed(watched) => {
            format!("If the server loses power, an idle client sees nothing; it was watched for {}.", rough(*watched))
        }
        Dead::Unclear(why) => why.clone(),
    }
}

fn later(after: Duration) -> String {
    if after < Duration::from_millis(10) { "at once".to_owned() } else { format!("{} later", rough(after)) }
}

/// With no more figures than anyone needs.
pub(super) fn rough(time: Duration) -> String {
    let step = match time {
        _ if time < Duration::from_secs(1) => 1,
        _ if time < Duration::from_secs(60) => 100,
        _ => 1000,
    };
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    show_duration(Duration::from_millis(millis.saturating_add(step / 2) / step * step))
}

/// A word and the lines beside it, 92 letters wide.
fn told(word: &str, sentence: &str) -> String {
    let mut lines = vec![String::new()];
    for part in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() < 80 => {
                *line += if line.is_empty() { "" } else { " " };
                *line += part;
            }
            _ => lines.push(part.to_owned()),
        }
    }
    let mut heads = std::iter::once(word).chain(std::iter::repeat(""));
    lines.iter().map(|line| format!("{:<10} {line}\n", heads.next().unwrap_or_default())).collect()
}
