use super::error::{Error, errno, kernel};
use super::netlink::BUFFER;
use crate::name::{Errno, NodeName};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rtnetlink::packet_core::{NLM_F_ACK, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::RouteNetlinkMessage;
use std::io;

/// One thing asked of the kernel, with the words that tell of its failure.
pub(crate) struct Request {
    message: NetlinkMessage<RouteNetlinkMessage>,
    operation: &'static str,
    object: String,
}

impl Request {
    /// `flags` beyond NLM_F_REQUEST and NLM_F_ACK, which every request has.
    pub(crate) fn new(
        operation: &'static str,
        object: impl Into<String>,
        message: RouteNetlinkMessage,
        flags: u16,
    ) -> Self {
        let mut message = NetlinkMessage::from(message);
        message.header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        Self { message, operation, object: object.into() }
    }
}

/// Has the kernel carry out `requests`, in this order, in the namespace of the
/// calling thread, which is that of `node`. All go in one datagram: the kernel works
/// it off before sendmsg(2) returns, so the answers need no waiting.
///
/// # Errors
/// The first request that was refused; those after it were tried nevertheless.
pub(crate) fn apply(node: &NodeName, requests: Vec<Request>) -> Result<(), Error> {
    if requests.is_empty() {
        return Ok(());
    }
    let answers = exchange(&requests).map_err(kernel("talk", "rtnetlink", node))?;
    let failed = requests.into_iter().zip(answers).find(|(_, answer)| answer.0 != 0);
    failed.map_or(Ok(()), |(request, errno)| {
        Err(Error::Kernel { operation: request.operation, object: request.object, node: node.clone(), errno })
    })
}

/// The answer to each request: 0, or the error number.
fn exchange(requests: &[Request]) -> io::Result<Vec<Errno>> {
    let socket = Socket::new(NETLINK_ROUTE)?;
    socket.send_to(&serialize(requests), &SocketAddr::new(0, 0), 0)?;
    let mut datagram = Vec::with_capacity(BUFFER);
    let mut answers = Vec::with_capacity(requests.len());
    while answers.len() < requests.len() {
        datagram.clear();
        socket.recv(&mut datagram, 0)?;
        answers.extend(messages(&datagram).filter_map(acknowledged));
    }
    Ok(answers)
}

fn serialize(requests: &[Request]) -> Vec<u8> {
    let mut octets = Vec::new();
    for (sequence, request) in (1..).zip(requests) {
        let mut message = request.message.clone();
        message.header.sequence_number = sequence;
        message.finalize();
        let start = octets.len();
        octets.resize(start + message.buffer_len().next_multiple_of(4), 0);
        message.serialize(&mut octets[start..]);
    }
    octets
}

fn acknowledged(message: NetlinkMessage<RouteNetlinkMessage>) -> Option<Errno> {
    match message.payload {
        NetlinkPayload::Error(answer) => Some(Errno(answer.raw_code().saturating_neg())),
        _ => None,
    }
}

/// The messages of one datagram, up to the first that can't be read.
pub(crate) fn messages(datagram: &[u8]) -> impl Iterator<Item = NetlinkMessage<RouteNetlinkMessage>> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(*rest.first_chunk()?) as usize;
        let message = NetlinkMessage::deserialize(rest.get(..length)?).ok()?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    })
}

/// A failed call on a netlink socket.
pub(crate) fn socket_error(node: &NodeName, error: &io::Error) -> Error {
    Error::Kernel { operation: "listen", object: "to link events".into(), node: node.clone(), errno: errno(error) }
}
