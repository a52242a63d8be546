use super::error::Error;
use super::error::part;
use super::node::Node;
use super::rtnl::{self, Request};
use super::wiring::{self, End};
use super::world::World;
use super::{conntrack, link, neighbour, parts, sysctl};
use crate::name::NodeName;
use crate::plan::TakenPlan;
use std::sync::Arc;

impl World {
    /// A power loss. The far ends of the node's links are taken down first, so that
    /// nothing the dying kernel says gets out; frames seen until then are handed over,
    /// the links deleted, and then all that lives in the node ends.
    ///
    /// # Errors
    /// The node is off already, or the kernel refused to cut a link.
    pub(crate) fn power_off(&mut self, name: &NodeName) -> Result<(), Error> {
        self.node(name)?;
        let links = self.links_up(name)?;
        let far: Vec<End> = links.iter().map(|[_, far]| far.clone()).collect();
        self.at_each(&far, link::down)?;
        for end in links.iter().flatten() {
            let vantages: Vec<usize> = self.vantages(end).into_iter().map(|(index, _)| index).collect();
            self.node(&end.node)?.run(move || parts::finish(&vantages))?;
        }
        // Deleting its links would have a masquerading kernel tell of its entries' end.
        self.node(name)?.run(parts::end_monitor)?;
        self.at_each(&far, link::delete)?;
        self.lose_faults(name);
        if let Some(node) = self.nodes.remove(name) {
            node.order(parts::clear);
            drop::<Node>(node);
        }
        Ok(())
    }

    /// Powers a node on, with these MAC addresses if there are any; its server may listen
    /// at once.
    ///
    /// # Errors
    /// As [`Self::power_on`], or the server does not listen.
    pub(crate) fn come_back(&mut self, name: &NodeName, macs: &[[u8; 6]], listens: bool) -> Result<(), Error> {
        if !macs.is_empty() {
            self.replace_macs(name, macs);
        }
        self.power_on(name)?;
        if listens { self.serve() } else { Ok(()) }
    }

    fn replace_macs(&mut self, name: &NodeName, macs: &[[u8; 6]]) {
        let plan = Arc::make_mut(&mut self.plan);
        let here = plan.nodes.iter_mut().filter(|node| node.name == *name);
        for (interface, mac) in here.flat_map(|node| &mut node.interfaces).zip(macs) {
            interface.mac = *mac;
        }
    }

    /// A new node with the same name, addresses, sysctls and packet filter, joined to
    /// those of its neighbours that are powered.
    ///
    /// # Errors
    /// The node is on, or the kernel or a tool refused something.
    pub(crate) fn power_on(&mut self, name: &NodeName) -> Result<(), Error> {
        wiring::node(&self.plan, name)?;
        if self.nodes.contains_key(name) {
            return Err(Error::PoweredOn { node: name.clone() });
        }
        let fresh = [name.clone()];
        self.start(&fresh)?;
        let links: Vec<usize> = self.links_up(name)?.iter().map(|[near, _]| near.interface.link).collect();
        self.join(&links, &fresh)
    }

    /// The node's links to neighbours that are powered: its own end, and the far one.
    fn links_up(&self, name: &NodeName) -> Result<Vec<[End; 2]>, Error> {
        let near = wiring::ends_of(&self.plan, wiring::node(&self.plan, name)?);
        let powered = near.into_iter().filter(|end| self.nodes.contains_key(&end.interface.peer));
        let pair = |near: End| {
            let [one, other] = wiring::pair(&self.plan, near.interface.link)?;
            Ok(if one.node == *name { [one, other] } else { [other, one] })
        };
        powered.map(pair).collect()
    }

    fn at_each(&self, ends: &[End], request: fn(&End) -> Request) -> Result<(), Error> {
        ends.iter().try_for_each(|end| self.at(end, request))
    }

    fn at(&self, end: &End, request: fn(&End) -> Request) -> Result<(), Error> {
        let (name, request) = (end.node.clone(), request(end));
        self.node(&end.node)?.run(move || rtnl::apply(&name, vec![request]))?
    }

    /// Takes an interface down, as `ip link set down` does: its routes go with it.
    ///
    /// # Errors
    /// The node is off, or there is no such interface.
    pub(crate) fn link_down(&self, node: &NodeName, interface: &str) -> Result<(), Error> {
        self.at(&wiring::named(&self.plan, node, interface)?, link::down)
    }

    /// Brings an interface up, as `ip link set up` does: connected routes come back,
    /// static ones don't.
    ///
    /// # Errors
    /// As [`Self::link_down`].
    pub(crate) fn link_up(&self, node: &NodeName, interface: &str) -> Result<(), Error> {
        self.at(&wiring::named(&self.plan, node, interface)?, link::up)
    }

    /// Deletes the node's conntrack entries of TCP.
    ///
    /// # Errors
    /// The node is off, or the kernel refused.
    pub(crate) fn flush_nat(&self, node: &NodeName) -> Result<(), Error> {
        let flushed = self.node(node)?.run(conntrack::flush_tcp)?;
        flushed.map(drop).map_err(part(node))
    }

    /// Makes entries in the node's table.
    ///
    /// # Errors
    /// The node is off, a connection has the port, or the kernel refused.
    pub(crate) fn take_port(&self, node: &NodeName, entries: &[TakenPlan]) -> Result<(), Error> {
        let entries = entries.to_vec();
        let taken = self.node(node)?.run(move || entries.iter().try_for_each(conntrack::take))?;
        taken.map_err(part(node))
    }

    /// Deletes what the node has found out of its neighbours.
    ///
    /// # Errors
    /// The node is off, or the kernel refused.
    pub(crate) fn flush_neighbours(&self, node: &NodeName) -> Result<(), Error> {
        let name = node.clone();
        self.node(node)?.run(move || neighbour::flush(&name))?
    }

    /// # Errors
    /// The node is off, or the kernel refused the key or the value.
    pub(crate) fn set_sysctl(&self, node: &NodeName, key: &str, value: &str) -> Result<(), Error> {
        let (name, key, value) = (node.clone(), key.to_owned(), value.to_owned());
        self.node(node)?.run(move || sysctl::write(&name, &key, &value))?
    }
}
