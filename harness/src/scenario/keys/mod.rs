//! Every key of the language, with what its value may be: the one source for what the
//! decoder takes and what the schema says.

mod expect;
mod lab;
mod step;
mod table;
mod top;

pub(super) use expect::{LINE, OUTCOME, TIMED, WAITED};
pub(super) use lab::{CONNTRACK, DEAD_END, ENDPOINT, KEEPALIVE, LINK, NEIGHBOURS, NODE, OPTIONS, ROLES};
pub(super) use step::{DROP, IMPAIR, POWER_ON, READ, REJECT, ROUTE, SEND, SOCKOPT, STEP, SYSCTL, TAKE_PORT};
pub(super) use table::{Form, Need, Rest, Table};
pub(super) use top::{CONNECTION, TOP};
