use super::answer::{Dead, Fate};
use super::args::{Survive, Which};
use super::pair::Question;
use super::run::{Answered, run};
use super::{generate, json, table, words};
use crate::cli::args::Listing;
use crate::cli::commands::refuse;
use crate::cli::exit::Exit;
use crate::cli::guests;
use crate::cli::say::{chain, say};
use crate::cli::select::LoadError;
use crate::netns;
use serde_json::Value;
use std::io::{self, Write};

/// `deadpeer survive`
pub(in crate::cli) fn survive(args: &Survive, out: &mut dyn Write) -> io::Result<Exit> {
    let asked = args.questions();
    if asked.is_empty() {
        let why = "error: the table has only middleboxes that forget within a day; leave --all out for this one";
        return refuse(&LoadError(why.to_owned()));
    }
    if let Some(which) = args.print {
        let text = |question: &Question| match which {
            Which::Idle => generate::idle(question),
            Which::Dead => generate::dead(question),
        };
        write!(out, "{}", asked.iter().map(text).collect::<String>())?;
        return Ok(Exit::Passed);
    }
    match answers(args, &asked) {
        Ok(answered) => {
            write!(out, "{}", shown(args, &asked, &answered)?)?;
            Ok(exit(args.all, &answered))
        }
        Err(Unanswered::Unable(why)) => {
            say(&format!("error: {why}"));
            Ok(Exit::Unable)
        }
        Err(Unanswered::Wrong(why)) => refuse(&LoadError(format!("error: {why}"))),
    }
}

enum Unanswered {
    /// Nothing can run here.
    Unable(String),
    /// The arguments make no scenario.
    Wrong(String),
}

fn answers(args: &Survive, asked: &[Question]) -> Result<Vec<Answered>, Unanswered> {
    let unable = |why: String| Unanswered::Unable(why);
    let lack = |lack: netns::Lack| unable(format!("{}; mend it: {}", lack.why, lack.remedy));
    let kernel = guests::pick(&args.guest).map_err(lack)?;
    netns::heed_interruptions().map_err(|error| unable(format!("failed to {}", chain(&error))))?;
    let folder = std::env::temp_dir().join(format!("deadpeer-survive-{}", std::process::id()));
    let ran = run(&table::distinct(asked), &kernel, args.guest.seed, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    ran.map_err(Unanswered::Wrong)
}

fn shown(args: &Survive, asked: &[Question], answered: &[Answered]) -> io::Result<String> {
    match args.format {
        Listing::Human if args.all => Ok(table::tables(answered)),
        Listing::Human => Ok(answered.iter().map(|one| words::answer(one, args.ladder)).collect()),
        Listing::Json => {
            let of = |question: &Question| answered.iter().find(|one| one.question.key() == question.key());
            let all: Vec<Value> = asked.iter().filter_map(|one| Some(json::answer(one, of(one)?))).collect();
            let text = match all.as_slice() {
                [one] if !args.all => serde_json::to_string_pretty(one),
                all => serde_json::to_string_pretty(all),
            };
            Ok(text.map_err(io::Error::other)? + "\n")
        }
    }
}

/// A table is no claim that can fail; that a connection lives is one.
fn exit(table: bool, answered: &[Answered]) -> Exit {
    let unclear = |one: &Answered| matches!(one.idle.fate, Fate::Unclear(_)) || matches!(one.dead, Dead::Unclear(_));
    if answered.is_empty() || answered.iter().any(unclear) || netns::interrupted() {
        return Exit::Inconclusive;
    }
    if table || answered.iter().all(|one| one.idle.fate == Fate::Lives) { Exit::Passed } else { Exit::Failed }
}
