//! What faults do to the lab's nodes and links, and how that is taken back.

use super::error::{Error, errno};
use super::filter::Program;
use super::netem;
use super::rtnl::{self, Request};
use super::wiring;
use super::world::World;
use crate::name::NodeName;
use crate::plan::{DeadEnd, DeadEndPlan, FilterText, ImpairPlan, Impairment, VantagePlan};
use std::net::IpAddr;

impl World {
    /// Loads a packet filter's text in a node.
    ///
    /// # Errors
    /// The node is off, or the filter's program refused the text.
    pub(super) fn load(&self, node: &NodeName, text: &FilterText) -> Result<Program, Error> {
        let (tools, name, text) = (self.tools.clone(), node.clone(), text.clone());
        self.node(node)?.run_async(move || async move { tools.load(&name, &text).await })?
    }

    /// How many packets the rules with this handle have matched.
    ///
    /// # Errors
    /// The node is off, or the filter's program can't tell.
    pub(super) fn counted(&self, node: &NodeName, by: Program, handle: &str) -> Result<u64, Error> {
        let (tools, name, handle) = (self.tools.clone(), node.clone(), handle.to_owned());
        self.node(node)?.run_async(move || async move { tools.counter(&name, by, &handle).await })?
    }

    /// Adds or deletes the routes of a plan.
    ///
    /// # Errors
    /// The node is off, or the kernel refused.
    pub(super) fn reroute(&self, plan: &DeadEndPlan, request: fn(DeadEnd, IpAddr) -> Request) -> Result<(), Error> {
        let (name, kind, to) = (plan.node.clone(), plan.kind, plan.to.clone());
        let requests = move || to.into_iter().map(|to| request(kind, to)).collect();
        self.node(&plan.node)?.run(move || rtnl::apply(&name, requests()))?
    }

    /// Impairs what these interfaces send.
    ///
    /// # Errors
    /// A node is off, or the kernel has no netem.
    pub(super) fn impair(&self, plan: &ImpairPlan) -> Result<(), Error> {
        plan.senders.iter().try_for_each(|end| self.impair_sender(end, &plan.how))
    }

    /// Has these interfaces send as from the beginning. What waits in them still leaves
    /// when it was to, as it would if another link had been the slow one.
    ///
    /// # Errors
    /// As [`Self::impair`].
    pub(super) fn repair(&self, plan: &ImpairPlan) -> Result<(), Error> {
        plan.senders.iter().try_for_each(|end| {
            let before = wiring::named(&self.plan, &end.node, &end.interface)?.interface.impairment;
            self.impair_sender(end, &before)
        })
    }

    fn impair_sender(&self, sender: &VantagePlan, how: &Impairment) -> Result<(), Error> {
        let index = wiring::named(&self.plan, &sender.node, &sender.interface)?.index;
        let (how, sender) = (*how, sender.clone());
        self.node(&sender.node.clone())?.run(move || impair(&sender.node, &sender.interface, index, &how))?
    }
}

/// Impairs what an interface of the calling thread's node sends.
///
/// # Errors
/// The kernel has no netem, or refused it.
pub(super) fn impair(node: &NodeName, interface: &str, index: u32, how: &Impairment) -> Result<(), Error> {
    netem::set(index, how).map_err(|error| match error.raw_os_error() {
        Some(libc::ENOENT) => Error::Refused {
            operation: "impair",
            object: interface.to_owned(),
            node: node.clone(),
            why: "this kernel has no netem (CONFIG_NET_SCH_NETEM)".to_owned(),
        },
        _ => Error::Kernel {
            operation: "impair",
            object: interface.to_owned(),
            node: node.clone(),
            errno: errno(&error),
        },
    })
}
