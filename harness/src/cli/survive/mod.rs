//! `deadpeer survive`: does an idle connection live through a middlebox, and how long does
//! a dead peer stay unnoticed? Answered by scenarios that run in virtual time.

mod answer;
mod args;
mod command;
mod generate;
mod json;
mod pair;
mod run;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub(super) use args::Survive;
pub(super) use command::survive;
