use super::context::{Context, clip};
use super::value;
use crate::scenario::tree::Yaml;

/// `50%` or `0.1%`, in thousandths.
pub(super) fn share(tree: &Yaml, cx: &mut Context) -> Option<u16> {
    let text = value::text(tree, "a share such as `50%`", cx)?;
    let share = thousandths(&text);
    if share.is_none() {
        let message = format!("`{}` is no share", clip(&text));
        cx.error(text.span, message, "write percent with at most one decimal, from `0.1%` to `100%`");
    }
    share
}

fn thousandths(text: &str) -> Option<u16> {
    let percent = text.strip_suffix('%')?.trim_end();
    let (whole, tenth) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|octet| octet.is_ascii_digit())
    };
    if !digits(whole, 3) || !digits(tenth, 1) {
        return None;
    }
    let share = whole.parse::<u16>().ok()? * 10 + tenth.parse::<u16>().ok()?;
    (1..=1000).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn shares() {
        let cases = [("50%", Some(500)), ("0.1%", Some(1)), ("100%", Some(1000)), ("12.5 %", Some(125))];
        for (text, share) in cases {
            assert_eq!(thousandths(text), share, "{text}");
        }
    }

    #[test]
    fn no_shares() {
        for text in ["", "%", "50", "0%", "100.1%", "1000%", "-1%", "1.25%", "1.%", ".5%", "99999999%"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
