use super::context::{Context, clip};
use super::fields::Fields;
use super::share::share;
use super::value;
use crate::scenario::impairment::RATES;
use crate::scenario::keys::IMPAIR;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Action, Impair, Impairment};
use std::time::Duration;

/// The kernel counts octets a second in 32 bits.
const FASTEST: u64 = 8 * u32::MAX as u64;

/// Less than the judge's longest way from one capture to the next, by more than a lab's
/// own haste or a frame's sending takes.
const LONGEST: Duration = Duration::from_millis(900);

/// An `impair` step.
pub(super) fn impair(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &IMPAIR, cx)?;
    let ends = fields.get("on").and_then(|on| ends(on, &fields, cx));
    let lasts = fields.get("for").and_then(|tree| value::duration(tree, cx));
    let how = impairment(&fields, cx);
    if how == Impairment::default() && fields.named().all(|(key, _)| ["on", "toward", "for"].contains(&key.as_str())) {
        cx.error(fields.span, "`impair` says not what happens", "add `delay: 100ms`, `loss: 10%` or the like");
    }
    let (of, toward, both) = ends?;
    Some(Action::Impair(Impair { of, toward, both, how, lasts }))
}

type Ends = (crate::scenario::Spanned<crate::name::NodeName>, crate::scenario::Spanned<crate::name::NodeName>, bool);

/// A link, or one of its directions.
fn ends(on: &Yaml, fields: &Fields, cx: &mut Context) -> Option<Ends> {
    let is_pair = matches!(&on.kind, Kind::Scalar { text, .. } if text.contains("--"));
    match (is_pair, fields.get("toward")) {
        (true, None) => value::pair(on, cx).map(|[of, toward]| (of, toward, true)),
        (true, Some(_)) => {
            let help = "write `on: a, toward: b` for what a sends, or `on: a -- b` for both directions";
            cx.error(fields.place("toward"), "a link and a direction", help);
            None
        }
        (false, Some(toward)) => {
            let (of, toward) = (value::node(on, cx), value::node(toward, cx));
            Some((of?, toward?, false))
        }
        (false, None) => {
            let node = value::node(on, cx)?;
            let help =
                format!("add `toward: NEIGHBOUR`, or write `on: {} -- NEIGHBOUR` for both directions", node.value);
            cx.error(on.span, format!("which of {}'s links?", node.value), help);
            None
        }
    }
}

/// What these keys say of a link.
pub(super) fn impairment(fields: &Fields, cx: &mut Context) -> Impairment {
    let time = |key: &str, cx: &mut Context| fields.get(key).and_then(|tree| value::duration(tree, cx));
    let part = |key: &str, cx: &mut Context| fields.get(key).and_then(|tree| share(tree, cx));
    let how = Impairment {
        delay: time("delay", cx),
        jitter: time("jitter", cx),
        loss: part("loss", cx),
        duplicate: part("duplicate", cx),
        reorder: part("reorder", cx),
        corrupt: part("corrupt", cx),
        rate: fields.get("rate").and_then(|tree| rate(tree, cx)),
    };
    without_delay(fields, &how, cx);
    how
}

/// What is not delayed at all can be neither more nor less late than the rest.
fn without_delay(fields: &Fields, how: &Impairment, cx: &mut Context) {
    for key in ["jitter", "reorder"] {
        if fields.get(key).is_some() && fields.lacks("delay") {
            let message = format!("`{key}` without `delay` does nothing");
            cx.error(fields.place(key), message, "add the delay that it varies: `delay: 100ms`");
        }
    }
    if how.delay.is_some_and(|delay| delay + how.jitter.unwrap_or_default() > LONGEST) {
        let help = "a segment is known again if it takes no more than 900ms from one capture to the next: put another link between";
        cx.error(fields.place("delay"), "so long a delay can't be judged", help);
    }
    if how.delay.unwrap_or(Duration::MAX) < how.jitter.unwrap_or_default() {
        cx.error(fields.place("jitter"), "the jitter is more than the delay", "nothing arrives before it was sent");
    }
}

/// `1mbit`, in bits a second.
fn rate(tree: &Yaml, cx: &mut Context) -> Option<u64> {
    let text = value::text(tree, "a rate such as `1mbit`", cx)?;
    let rate = bits(&text);
    if rate.is_none() {
        let message = format!("`{}` is no rate", clip(&text));
        cx.error(text.span, message, "write a whole number of `bit`, `kbit`, `mbit` or `gbit`, up to `34gbit`");
    }
    rate
}

fn bits(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let size = RATES.iter().find(|(name, _)| *name == unit)?.1;
    let rate = number.parse::<u64>().ok()?.checked_mul(size)?;
    (8..=FASTEST).contains(&rate).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::bits;

    #[test]
    fn rates() {
        for (text, rate) in [("8bit", 8), ("9600bit", 9600), ("64kbit", 64_000), ("34gbit", 34_000_000_000)] {
            assert_eq!(bits(text), Some(rate), "{text}");
        }
    }

    #[test]
    fn no_rates() {
        for text in
            ["", "1", "mbit", "7bit", "1 mbit", "1Mbit", "1.5mbit", "-1mbit", "35gbit", "99999999999999999999bit"]
        {
            assert_eq!(bits(text), None, "{text}");
        }
    }
}
