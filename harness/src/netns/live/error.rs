use crate::name::{Errno, NodeName};
use std::io;
use std::time::Duration;

/// Why a lab could not be built, or a step in it not be done. Each reads after
/// "failed to".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("{operation} {object} in node `{node}`: {errno}")]
    Kernel { operation: &'static str, object: String, node: NodeName, errno: Errno },
    #[error("{operation}: {errno}")]
    Process { operation: &'static str, errno: Errno },
    #[error("start a thread: {source}")]
    Thread { source: io::Error },
    #[error("{operation} {object} in node `{node}`: {why}")]
    Refused { operation: &'static str, object: String, node: NodeName, why: String },
    #[error("run `{tool}` in node `{node}`: it ended with {status} and said: {stderr}")]
    Tool { tool: String, node: NodeName, status: String, stderr: String },
    #[error("load the packet filter of node `{node}`: {needed} not found (`apt-get install {package}` has it)")]
    NoTool { node: NodeName, needed: &'static str, package: &'static str },
    #[error("{source} (in node `{node}`)")]
    Part { node: NodeName, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("see {what} in node `{node}` within {waited:?}")]
    NotReady { node: NodeName, what: String, waited: Duration },
    #[error("reach node `{node}`: it is powered off")]
    PoweredOff { node: NodeName },
    #[error("power on node `{node}`: it is on")]
    PoweredOn { node: NodeName },
    #[error("reach node `{node}`: its thread ended")]
    NodeGone { node: NodeName },
    #[error("find {what} in the plan")]
    Unplanned { what: String },
    #[error("undo step {step}: its fault is not in force")]
    NoFault { step: usize },
    #[error("read the packets of `{step}`: it has not set its rule yet; put the line below `step: {step}`")]
    NoRule { step: String },
    #[error("get the privileges a lab needs: {why}; {remedy}")]
    Privilege { why: String, remedy: String },
}

/// The error number of a failed system call.
pub(crate) fn errno(error: &io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

/// Turns a failed system call into an error that says what it was for.
pub(crate) fn kernel<'a>(
    operation: &'static str,
    object: &'a str,
    node: &'a NodeName,
) -> impl Fn(io::Error) -> Error + 'a {
    move |error| Error::Kernel { operation, object: object.to_owned(), node: node.clone(), errno: errno(&error) }
}

/// Says in which node a capture, a monitor or an endpoint failed.
pub(crate) fn part<E>(node: &NodeName) -> impl Fn(E) -> Error + '_
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |source| Error::Part { node: node.clone(), source: Box::new(source) }
}
