use super::actor::Actor;
use super::capture::{Capture, Ring};
use super::clock::Clock;
use super::conntrack::Monitor;
use super::error::{Error, part};
use super::sink::Sink;
use crate::name::{NodeName, Side};
use crate::plan::EndpointPlan;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::rc::Rc;

/// How often a closed socket repeats its FIN (ip-sysctl).
const ORPHAN_RETRIES: &str = "/proc/sys/net/ipv4/tcp_orphan_retries";

/// What lives on a node's thread beside its namespace.
#[derive(Default)]
struct Parts {
    /// By their vantages' indices.
    captures: BTreeMap<usize, Capture>,
    monitor: Option<Monitor>,
    /// By their connections' indices, and the sides that they play.
    actors: BTreeMap<(usize, Side), Rc<Actor>>,
}

thread_local! {
    static PARTS: RefCell<Parts> = RefCell::default();
}

/// `work` must not come back here.
fn with<T>(work: impl FnOnce(&mut Parts) -> T) -> T {
    PARTS.with_borrow_mut(work)
}

/// What plays this side of a connection in the calling node, if it has one.
pub(crate) fn actor(connection: usize, side: Side) -> Option<Rc<Actor>> {
    with(|parts| parts.actors.get(&(connection, side)).cloned())
}

/// Arms captures at the calling node's interfaces.
///
/// # Errors
/// One could not be armed.
pub(crate) async fn arm(
    node: &NodeName,
    vantages: &[(usize, String)],
    ring: Ring,
    clock: Clock,
    sink: &Sink,
) -> Result<(), Error> {
    let named: Vec<(usize, &str)> = vantages.iter().map(|(index, interface)| (*index, interface.as_str())).collect();
    let armed = Capture::open_all(&named, ring, clock, sink).await.map_err(part(node))?;
    let indices = vantages.iter().map(|(index, _)| *index);
    with(|parts| parts.captures.extend(indices.zip(armed)));
    Ok(())
}

/// Reports the calling node's conntrack events from now on.
///
/// # Errors
/// The kernel has no conntrack, or refuses its events.
pub(crate) fn watch_conntrack(node: &NodeName, clock: Clock, sink: Sink) -> Result<(), Error> {
    let monitor = Monitor::open(node.clone(), clock, sink).map_err(part(node))?;
    with(|parts| parts.monitor = Some(monitor));
    Ok(())
}

/// Has the calling node's server listen, unless it does: one that went down with its
/// node is started again when it is needed.
///
/// # Errors
/// The server's own.
pub(crate) async fn serve(plan: &EndpointPlan, clock: Clock, sink: Sink) -> Result<(), Error> {
    if actor(plan.connection, plan.side).is_none() {
        let server = Actor::serve(plan, clock, sink).await.map_err(part(&plan.node))?;
        with(|parts| parts.actors.insert((plan.connection, plan.side), Rc::new(server)));
    }
    Ok(())
}

/// Has the calling node's client connect; a former connection of it is closed.
///
/// # Errors
/// The client's own; that there is no connection is none.
pub(crate) async fn connect(plan: &EndpointPlan, server: SocketAddr, clock: Clock, sink: Sink) -> Result<(), Error> {
    let client = Actor::connect(plan, server, clock, sink).map_err(part(&plan.node))?;
    let client = Rc::new(client);
    with(|parts| parts.actors.insert((plan.connection, plan.side), Rc::clone(&client)));
    client.connected(server).await.map_err(part(&plan.node))
}

/// Ends the captures of these vantages, each frame handed over.
pub(crate) fn finish(vantages: &[usize]) {
    let ended = with(|parts| vantages.iter().filter_map(|vantage| parts.captures.remove(vantage)).collect::<Vec<_>>());
    ended.into_iter().for_each(Capture::finish);
}

/// Hands over the conntrack events up to now, and no more after that.
pub(crate) fn end_monitor() {
    if let Some(monitor) = with(|parts| parts.monitor.take()) {
        monitor.drain();
    }
}

/// Ends all of the calling node's captures, each frame handed over, and hands over
/// the conntrack events up to now.
pub(crate) fn finish_all() {
    let vantages: Vec<usize> = with(|parts| {
        if let Some(monitor) = &parts.monitor {
            monitor.drain();
        }
        parts.captures.keys().copied().collect()
    });
    finish(&vantages);
}

/// Closes sockets, captures and monitors, and kills programs: a namespace lives as
/// long as any of them.
pub(crate) fn clear() {
    // A socket whose FIN nobody acknowledges would keep the namespace for 100 s. Without
    // this it still goes, only later.
    drop(fs::write(ORPHAN_RETRIES, "1"));
    // In this order: what an actor still sends is cut off or seen, never lost by
    // a capture that ended first.
    let parts = with(std::mem::take);
    drop(parts.actors);
    drop(parts.monitor);
    drop(parts.captures);
}
