use super::context::{Context, clip};
use super::fields::Fields;
use super::value;
use crate::name::SocketOption;
use crate::scenario::Spanned;
use crate::scenario::keys::OPTIONS;
use crate::scenario::tree::Yaml;

/// The socket options of an endpoint: those beside its other keys, then those of
/// `options`.
pub(super) fn options(fields: &Fields, cx: &mut Context) -> Vec<(Spanned<String>, i64)> {
    let mut all = direct(fields, cx);
    let Some(further) = fields.get("options").and_then(|tree| Fields::open(tree, &OPTIONS, cx)) else { return all };
    for (name, value) in direct(&further, cx) {
        if all.iter().any(|(known, _)| known.value == name.value) {
            let message = format!("`{}` is set a second time", name.value);
            cx.error(name.span, message, "keep one of the two");
            continue;
        }
        all.push((name, value));
    }
    all
}

/// The socket options that are keys of this very map.
pub(super) fn direct(fields: &Fields, cx: &mut Context) -> Vec<(Spanned<String>, i64)> {
    let known = fields.rest().filter_map(|(key, tree)| Some((key, SocketOption::find(key)?, tree)));
    known.filter_map(|(key, option, tree)| Some((key.clone(), setting(option, tree, cx)?))).collect()
}

/// A value that the kernel takes for the option.
fn setting(option: SocketOption, tree: &Yaml, cx: &mut Context) -> Option<i64> {
    let range = format!("a whole number from {} to {}", option.least, option.most);
    let text = value::text(tree, &range, cx)?;
    let number = text.parse().ok().filter(|number| (option.least..=option.most).contains(number));
    if number.is_none() {
        let message = format!("`{}` is no value for {}", clip(&text), option.name);
        cx.error(text.span, message, format!("write {range}"));
    }
    number
}
