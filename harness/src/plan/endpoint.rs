//! The two ends of the connection, with every option as a number.

use super::{EndpointPlan, OptionPlan, PlanError, ProgramPlan};
use crate::name::{NodeName, Side, SocketOption};
use crate::scenario::{Endpoint, Keepalive};
use std::net::IpAddr;

/// Connections that may wait to be accepted; only the first ever is.
const BACKLOG: u16 = 16;

pub(super) struct Address {
    pub(super) connection: usize,
    pub(super) side: Side,
    pub(super) node: NodeName,
    pub(super) address: IpAddr,
    pub(super) forwarded: Option<IpAddr>,
    pub(super) port: Option<u16>,
}

pub(super) fn endpoint(
    endpoint: &Endpoint,
    own: Address,
    words: &dyn Fn(&str) -> String,
) -> Result<EndpointPlan, PlanError> {
    Ok(EndpointPlan {
        connection: own.connection,
        side: own.side,
        node: own.node,
        address: own.address,
        forwarded: own.forwarded,
        port: own.port,
        options: options(endpoint)?,
        program: endpoint
            .run
            .as_ref()
            .map(|run| ProgramPlan { words: run.iter().map(|word| words(word)).collect(), as_root: endpoint.as_root }),
        reads: endpoint.reads,
        accepts: endpoint.accepts,
        backlog: endpoint.backlog.unwrap_or(BACKLOG),
    })
}

/// All options, those with names of their own in the file first. SO_KEEPALIVE comes
/// last of its group, as programs set it; the kernel takes any order.
fn options(endpoint: &Endpoint) -> Result<Vec<OptionPlan>, PlanError> {
    let mut all: Vec<(&str, i64)> = Vec::new();
    if let Keepalive::On { idle, interval, count } = endpoint.keepalive {
        let numbers = [
            ("TCP_KEEPIDLE", idle.map(i64::from)),
            ("TCP_KEEPINTVL", interval.map(i64::from)),
            ("TCP_KEEPCNT", count.map(i64::from)),
            ("SO_KEEPALIVE", Some(1)),
        ];
        all.extend(numbers.into_iter().filter_map(|(name, value)| Some((name, value?))));
    }
    if let Some(timeout) = endpoint.user_timeout {
        all.push(("TCP_USER_TIMEOUT", i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX)));
    }
    all.extend(endpoint.options.iter().map(|(name, value)| (name.value.as_str(), *value)));
    all.into_iter().map(|(name, value)| option(name, value)).collect()
}

/// One option by its name.
///
/// # Errors
/// An unknown name, or a value that no `int` holds.
pub(super) fn option(name: &str, value: i64) -> Result<OptionPlan, PlanError> {
    let known = SocketOption::find(name).ok_or_else(|| PlanError::UnknownOption(name.to_owned()))?;
    let value = i32::try_from(value).map_err(|_| PlanError::OptionValue { name: name.to_owned(), value })?;
    Ok(OptionPlan { name: name.to_owned(), level: known.level, number: known.number, value })
}
