//! Answers for programs. All times are in seconds.

use super::answer::{Dead, Fate, Told};
use super::pair::Question;
use super::run::Answered;
use serde_json::{Value, json};

/// The answer to `question`, whose runs may have been those of an equal one.
pub(super) fn answer(question: &Question, answered: &Answered) -> Value {
    let fate = &answered.idle.fate;
    let (writer, before) = match fate {
        Fate::Lost(told) => (error(told), Value::Null),
        Fate::LostBefore(told) => (Value::Null, error(told)),
        _ => (Value::Null, Value::Null),
    };
    let lives = match fate {
        Fate::Lives => Some(true),
        Fate::Unclear(_) => None,
        _ => Some(false),
    };
    let unclear = match (fate, &answered.dead) {
        (Fate::Unclear(why), _) | (_, Dead::Unclear(why)) => Some(why),
        _ => None,
    };
    json!({
        "client": question.client.preset.map(|preset| preset.name),
        "settings": question.client.settings(),
        "through": question.through.name,
        "idle_timeout": question.through.idle_timeout.as_secs(),
        "left_idle": question.idle().as_secs_f64(),
        "lives": lives,
        "probes": answered.idle.probes,
        "forgotten_after": answered.idle.forgotten.map(|time| time.as_secs_f64()),
        "writer_sees": writer,
        "seen_before_writing": before,
        "dead_peer": match &answered.dead {
            Dead::Noticed(told) => error(told),
            _ => Value::Null,
        },
        "dead_peer_watched": match &answered.dead {
            Dead::Unnoticed(watched) => Some(watched.as_secs_f64()),
            _ => None,
        },
        "unclear": unclear,
    })
}

fn error(told: &Told) -> Value {
    json!({ "errno": told.errno.to_string(), "after": told.after.as_secs_f64() })
}
