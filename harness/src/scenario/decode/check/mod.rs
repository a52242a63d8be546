//! Whether the parts of a scenario fit together.

mod expectations;
mod forward;
mod links;
mod names;
mod order;
mod reach;
mod roles;
mod selectors;

use super::context::Context;
use super::draft::Draft;
pub(super) use forward::heard;

/// Tells all that does not fit.
pub(super) fn all(draft: &Draft, cx: &mut Context) {
    links::check(draft, cx);
    reach::check(draft, cx);
    forward::check(draft, cx);
    names::check(draft, cx);
    roles::check(draft, cx);
    selectors::check(draft, cx);
    order::check(draft, cx);
    expectations::check(draft, cx);
}
