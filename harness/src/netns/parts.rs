use super::capture::Capture;
use super::clock::Clock;
use super::conntrack::Monitor;
use super::endpoint::Handle;
use super::error::{Error, part};
use crate::name::{NodeName, Side};
use crate::plan::EndpointPlan;
use crate::run::Happening;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// What lives on a node's thread beside its namespace.
#[derive(Default)]
pub(crate) struct Parts {
    /// By their vantages' indices.
    pub(crate) captures: BTreeMap<usize, Capture>,
    pub(crate) monitor: Option<Monitor>,
    pub(crate) endpoints: BTreeMap<Side, Rc<Handle>>,
}

thread_local! {
    static PARTS: RefCell<Parts> = RefCell::default();
}

/// Uses the calling node's parts. `work` must not come back here.
pub(crate) fn with<T>(work: impl FnOnce(&mut Parts) -> T) -> T {
    PARTS.with_borrow_mut(work)
}

/// The node's endpoint of this side, if it has one.
pub(crate) fn endpoint(side: Side) -> Option<Rc<Handle>> {
    with(|parts| parts.endpoints.get(&side).cloned())
}

/// Arms captures at the calling node's interfaces.
///
/// # Errors
/// One could not be armed.
pub(crate) fn arm(node: &NodeName, vantages: &[(usize, String)], clock: Clock, sink: &Sender<Happening>) -> Result<(), Error> {
    let named: Vec<(usize, &str)> = vantages.iter().map(|(index, interface)| (*index, interface.as_str())).collect();
    let armed = Capture::open_all(&named, clock, sink).map_err(part(node))?;
    let indices = vantages.iter().map(|(index, _)| *index);
    with(|parts| parts.captures.extend(indices.zip(armed)));
    Ok(())
}

/// Reports the calling node's conntrack events from now on.
///
/// # Errors
/// The kernel has no conntrack, or refuses its events.
pub(crate) fn watch_conntrack(node: &NodeName, clock: Clock, sink: Sender<Happening>) -> Result<(), Error> {
    let monitor = Monitor::open(node.clone(), clock, sink).map_err(part(node))?;
    with(|parts| parts.monitor = Some(monitor));
    Ok(())
}

/// Makes the calling node's endpoint of this side, unless it is there.
///
/// # Errors
/// The endpoint's own.
pub(crate) async fn open(plan: &EndpointPlan, clock: Clock, sink: Sender<Happening>) -> Result<(), Error> {
    if endpoint(plan.side).is_none() {
        let handle = Handle::open(plan, clock, sink).await.map_err(part(&plan.node))?;
        with(|parts| parts.endpoints.insert(plan.side, Rc::new(handle)));
    }
    Ok(())
}

/// Ends the captures of these vantages, each frame handed over.
pub(crate) fn finish(vantages: &[usize]) {
    let ended = with(|parts| vantages.iter().filter_map(|vantage| parts.captures.remove(vantage)).collect::<Vec<_>>());
    ended.into_iter().for_each(Capture::finish);
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
    // In this order: what an endpoint still sends is cut off or seen, never lost by
    // a capture that ended first.
    let parts = with(std::mem::take);
    drop(parts.endpoints);
    drop(parts.monitor);
    drop(parts.captures);
}
