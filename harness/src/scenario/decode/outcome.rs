use super::context::{Context, clip};
use super::fields::Fields;
use super::value;
use crate::name::{Errno, Side, SocketField, SocketOption, TcpInfo};
use crate::scenario::keys::OUTCOME;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Expected, Outcome, Spanned};

const WORDS: [(&str, Outcome); 3] =
    [("connected", Outcome::Connected), ("EOF", Outcome::Eof), ("alive", Outcome::Alive)];

/// What `client: ...` or `server: ...` expects.
pub(super) fn expected(side: Side, tree: &Yaml, cx: &mut Context) -> Option<Expected> {
    if let Kind::Map(_) = tree.kind {
        let fields = Fields::open(tree, &OUTCOME, cx)?;
        let text = value::text(fields.get("prints")?, "the text that is printed", cx)?;
        return Some(Expected::Outcome { side, outcome: Outcome::Prints(text.value) });
    }
    let text = value::text(tree, "what it sees: `connected`, `EOF`, `ECONNRESET`, `5 bytes`", cx)?;
    if let Some((name, value)) = value::split(&text, " ").filter(|(name, _)| is_option(name)) {
        return option(side, name, &value, cx);
    }
    if let Some((name, value)) = value::split(&text, " ")
        && let Some(field) = TcpInfo::find(&name)
    {
        return info(side, field, &value, cx);
    }
    if let Some((name, value)) = value::split(&text, " ")
        && let Some(field) = SocketField::find(&name)
    {
        return socket(side, field, &value, cx);
    }
    let outcome = outcome(&text);
    if outcome.is_none() {
        unknown(&text, cx);
    }
    Some(Expected::Outcome { side, outcome: outcome? })
}

/// Whether a text is an outcome.
pub(super) fn is_known(text: &str) -> bool {
    outcome(text).is_some()
}

fn is_option(name: &str) -> bool {
    name.starts_with("TCP_") || name.starts_with("SO_")
}

fn outcome(text: &str) -> Option<Outcome> {
    if let Some((_, outcome)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Some(outcome.clone());
    }
    if let Some(errno) = Errno::parse(text) {
        return Some(Outcome::Errno(errno));
    }
    let (first, second) = text.split_once(' ')?;
    match (first, second.trim()) {
        (count, "bytes" | "byte") => whole(count, i64::MAX).and_then(|n| u64::try_from(n).ok()).map(Outcome::Bytes),
        // A status is 8 bits (wait(2)), a signal at most SIGRTMAX (signal(7)).
        ("exit", status) => whole(status, 255).and_then(|n| i32::try_from(n).ok()).map(Outcome::Exit),
        ("signal", signal) => {
            let signal = whole(signal, 64).filter(|n| *n > 0);
            signal.and_then(|n| i32::try_from(n).ok()).map(Outcome::Signal)
        }
        _ => None,
    }
}

fn whole(text: &str, most: i64) -> Option<i64> {
    let digits = text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}

/// `TCP_KEEPIDLE 7000`
fn option(side: Side, option: Spanned<String>, value: &Spanned<String>, cx: &mut Context) -> Option<Expected> {
    if SocketOption::find(&option).is_none() {
        cx.unknown(&option, "socket option", SocketOption::all());
        return None;
    }
    let number = value.parse::<i32>().ok().map(i64::from);
    if number.is_none() {
        let message = format!("`{}` is no value of an option", clip(value));
        cx.error(value.span, message, format!("write the number that getsockopt(2) reads: `{} 1`", option.value));
    }
    Some(Expected::Option { side, option, value: number? })
}

/// `probes 2`
fn info(side: Side, field: TcpInfo, value: &Spanned<String>, cx: &mut Context) -> Option<Expected> {
    let number = value.parse::<u32>().ok();
    if number.is_none() {
        let help = format!("write the number that TCP_INFO gives (tcp(7)): `{} 1`", field.name);
        cx.error(value.span, format!("`{}` is no number", clip(value)), help);
    }
    Some(Expected::Info { side, field, value: number? })
}

/// `state FIN_WAIT1`, `timer keepalive`
fn socket(side: Side, field: SocketField, value: &Spanned<String>, cx: &mut Context) -> Option<Expected> {
    if let Some(value) = field.value(value) {
        return Some(Expected::Socket { side, field, value });
    }
    let what = field.name();
    match (field, field.meant(value)) {
        (_, Some(meant)) => {
            cx.error(value.span, format!("unknown {what} `{}`", clip(value)), format!("write `{what} {meant}`"));
        }
        (SocketField::State, None) if value.value.eq_ignore_ascii_case("listen") => {
            let help = "a connection's socket never listens: without a connection it reads `state none`";
            cx.error(value.span, "unknown state `LISTEN`", help);
        }
        _ => cx.unknown(value, what, field.values().iter().copied()),
    }
    None
}

fn unknown(text: &Spanned<String>, cx: &mut Context) {
    let help = match text.split_once(' ') {
        None if text.value == "state" => "add the state that sock_diag(7) tells: `state ESTABLISHED`".to_owned(),
        None if text.value == "timer" => "add the timer that runs: `timer keepalive`".to_owned(),
        None if is_option(text) => format!("add the number that getsockopt(2) reads: `{} 1`", clip(text)),
        None if !text.is_empty() && text.bytes().all(|o| o.is_ascii_digit()) => format!("write `{} bytes`", clip(text)),
        Some(("exit", _)) => "write the status: `exit 0`, up to 255".to_owned(),
        Some(("signal", _)) => "write the signal's number: `signal 9`, up to 64".to_owned(),
        Some((_, "bytes" | "byte")) => "write a whole number: `5 bytes`".to_owned(),
        _ => {
            let words = WORDS.iter().map(|(word, _)| *word);
            let known = words
                .chain(["5 bytes", "exit 0", "signal 9", "probes 1", "state ESTABLISHED", "timer keepalive"])
                .chain(Errno::all());
            return cx.unknown(text, "outcome", known);
        }
    };
    cx.error(text.span, format!("unknown outcome `{}`", clip(text)), help);
}
