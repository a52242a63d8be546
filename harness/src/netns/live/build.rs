use super::carrier;
use super::error::Error;
use super::node::{Node, Pending};
use super::wiring::{self, End};
use super::world::World;
use super::{address, bridge, change, link, neighbour, offload, parts, rtnl, sysctl};
use crate::name::NodeName;
use crate::plan::{Family, Impairment, NodeKind, NodePlan, RoutePlan};
use std::collections::BTreeMap;
use std::os::fd::AsRawFd;

/// Ends of links, by their nodes.
pub(crate) type Ends = BTreeMap<NodeName, Vec<End>>;

impl World {
    /// Starts nodes, and sets up in each what needs no link: sysctls, the loopback,
    /// the bridge, the packet filter. They don't forward yet.
    pub(crate) fn start(&mut self, names: &[NodeName]) -> Result<(), Error> {
        let starting = names.iter().map(Node::begin).collect::<Result<Vec<_>, _>>()?;
        for starting in starting {
            let node = starting.ready()?;
            self.nodes.insert(node.name().clone(), node);
        }
        let prepared = names.iter().map(|name| self.prepare(name)).collect::<Result<Vec<_>, _>>()?;
        all(prepared)
    }

    fn prepare(&self, name: &NodeName) -> Result<Pending<Result<(), Error>>, Error> {
        let (plan, tools) = (wiring::node(&self.plan, name)?.clone(), self.tools.clone());
        reachable(&plan, &wiring::ends_of(&self.plan, &plan))?;
        let (clock, sink, family) = (self.clock, self.sink.clone(), self.plan.family());
        Ok(self.node(name)?.submit(move || async move {
            addressing(&plan, family)?;
            let (late, early) = sysctls_apart(&plan);
            set(&plan.name, &early)?;
            rtnl::apply(&plan.name, base(&plan))?;
            if plan.conntrack {
                parts::watch_conntrack(&plan.name, clock, sink)?;
            }
            if let Some(filter) = &plan.filter {
                tools.load(&plan.name, filter).await?;
            }
            set(&plan.name, &late)
        }))
    }

    /// Makes these links, arms their captures, and only then lets anything be sent
    /// over them. Forwarding is enabled last, and only in `fresh` nodes, for the
    /// others' already is.
    pub(crate) fn join(&self, links: &[usize], fresh: &[NodeName]) -> Result<(), Error> {
        let mut ends = Ends::new();
        for &link in links {
            for end in self.create(link)? {
                ends.entry(end.node.clone()).or_default().push(end);
            }
        }
        self.each(&ends, |node, ends| async move { raise(&node, &ends) })?;
        self.each(&ends, |node, ends| async move { carrier::until_up(&node.name, &ends).await })?;
        let arming = self.arm(&ends)?;
        // In a lab that is all new nobody speaks yet, so addresses need not wait.
        let all_new = fresh.len() == self.plan.nodes.len();
        let arming = if all_new { arming } else { all(arming).map(|()| Vec::new())? };
        self.each(&ends, |node, ends| async move { open(&node, &ends).await })?;
        all(arming)?;
        let forwarding = fresh.iter().map(|name| self.forward(name)).collect::<Result<Vec<_>, _>>()?;
        all(forwarding)
    }

    fn create(&self, link: usize) -> Result<[End; 2], Error> {
        let [here, there] = wiring::pair(&self.plan, link)?;
        let namespace = self.node(&there.node)?.netns_fd().as_raw_fd();
        let request = link::create(&here, &there, namespace);
        let name = here.node.clone();
        self.node(&here.node)?.run(move || rtnl::apply(&name, vec![request]))??;
        Ok([here, there])
    }

    /// Begins to arm the captures at these ends.
    fn arm(&self, ends: &Ends) -> Result<Vec<Pending<Result<(), Error>>>, Error> {
        let mut pending = Vec::new();
        for (name, ends) in ends {
            let vantages: Vec<(usize, String)> = ends.iter().flat_map(|end| self.vantages(end)).collect();
            let (ring, clock, sink) = (self.ring, self.clock, self.sink.clone());
            let own = name.clone();
            let arming =
                self.node(name)?.submit(move || async move { parts::arm(&own, &vantages, ring, clock, &sink).await });
            pending.push(arming);
        }
        Ok(pending)
    }

    /// The vantages at this end, with their interface.
    pub(crate) fn vantages(&self, end: &End) -> Vec<(usize, String)> {
        let all = self.plan.vantages.iter().enumerate();
        let here = all.filter(|(_, vantage)| vantage.node == end.node && vantage.interface == end.interface.name);
        here.map(|(index, vantage)| (index, vantage.interface.clone())).collect()
    }

    fn forward(&self, name: &NodeName) -> Result<Pending<Result<(), Error>>, Error> {
        let plan = wiring::node(&self.plan, name)?.clone();
        let key = match self.plan.family() {
            Family::Ipv4 => "net.ipv4.ip_forward",
            Family::Ipv6 => "net.ipv6.conf.all.forwarding",
        };
        Ok(self.node(name)?.submit(move || async move {
            match plan.kind {
                NodeKind::Router | NodeKind::Nat => sysctl::write(&plan.name, key, "1"),
                NodeKind::Host | NodeKind::Switch => Ok(()),
            }
        }))
    }

    /// Runs `work` in all these nodes at a time.
    fn each<F>(&self, ends: &Ends, work: impl Fn(NodePlan, Vec<End>) -> F + Copy + Send + 'static) -> Result<(), Error>
    where
        F: Future<Output = Result<(), Error>> + 'static,
    {
        let mut pending = Vec::new();
        for (name, ends) in ends {
            let (plan, ends) = (wiring::node(&self.plan, name)?.clone(), ends.clone());
            pending.push(self.node(name)?.submit(move || work(plan, ends)));
        }
        all(pending)
    }
}

/// The first error, once all have ended.
fn all(pending: Vec<Pending<Result<(), Error>>>) -> Result<(), Error> {
    let results: Vec<_> = pending.into_iter().map(|pending| pending.wait().and_then(|result| result)).collect();
    results.into_iter().collect()
}

/// A route that leads through no link would never be set.
fn reachable(plan: &NodePlan, ends: &[End]) -> Result<(), Error> {
    let lost = |route: &&RoutePlan| !ends.iter().any(|end| address::leads_through(route, end));
    let missing = |route: &RoutePlan| Error::Unplanned {
        what: format!("a link of node `{}` to its gateway {}", plan.name, route.via),
    };
    plan.routes.iter().find(lost).map_or(Ok(()), |route| Err(missing(route)))
}

/// Where nobody has an IPv6 address there is none of its chatter either; else an address
/// is usable at once, and comes from the plan alone.
fn addressing(plan: &NodePlan, family: Family) -> Result<(), Error> {
    match family {
        Family::Ipv6 if plan.kind != NodeKind::Switch => ipv6(&plan.name, &IPV6),
        Family::Ipv4 | Family::Ipv6 => match ipv6(&plan.name, &NO_IPV6) {
            // A kernel without IPv6 has nothing to silence.
            Err(Error::Kernel { errno, .. }) if errno.0 == libc::ENOENT => Ok(()),
            other => other,
        },
    }
}

/// Router solicitations and the like would be sent as soon as a link is up.
const NO_IPV6: [(&str, &str); 1] = [("disable_ipv6", "1")];

/// No duplicate address detection, which holds each address back for a second or two, and
/// no waiting for routers (ip-sysctl).
const IPV6: [(&str, &str); 4] =
    [("disable_ipv6", "0"), ("accept_dad", "0"), ("accept_ra", "0"), ("router_solicitations", "0")];

fn ipv6(node: &NodeName, settings: &[(&str, &str)]) -> Result<(), Error> {
    for (name, value) in settings {
        for scope in ["all", "default"] {
            sysctl::write(node, &format!("net.ipv6.conf.{scope}.{name}"), value)?;
        }
    }
    Ok(())
}

fn base(plan: &NodePlan) -> Vec<rtnl::Request> {
    let bridge = (plan.kind == NodeKind::Switch).then(bridge::create);
    let dead_ends = plan.dead_ends.iter().map(|(kind, to)| address::dead_end(*kind, *to));
    [link::loopback()].into_iter().chain(bridge).chain(dead_ends).collect()
}

type Sysctls = Vec<(String, String)>;

/// Those that exist only once conntrack is in use, and the others; none that needs an
/// interface.
fn sysctls_apart(plan: &NodePlan) -> (Sysctls, Sysctls) {
    let general = plan.sysctls.iter().filter(|(key, _)| plan.interfaces.iter().all(|i| !names(key, &i.name)));
    general.cloned().partition(|(key, _)| key.starts_with("net.netfilter."))
}

/// Whether a sysctl is that of an interface: `net.ipv4.conf.to-b.rp_filter`.
fn names(key: &str, interface: &str) -> bool {
    key.split('.').any(|part| part == interface)
}

fn set(node: &NodeName, sysctls: &Sysctls) -> Result<(), Error> {
    sysctls.iter().try_for_each(|(key, value)| sysctl::write(node, key, value))
}

fn raise(plan: &NodePlan, ends: &[End]) -> Result<(), Error> {
    offload::disable(&plan.name, ends.iter().map(|end| end.interface.name.as_str()))?;
    for end in ends.iter().filter(|end| end.interface.impairment != Impairment::default()) {
        change::impair(&plan.name, &end.interface.name, end.index, &end.interface.impairment)?;
    }
    let theirs = |key: &str| ends.iter().any(|end| names(key, &end.interface.name));
    set(&plan.name, &plan.sysctls.iter().filter(|(key, _)| theirs(key)).cloned().collect())?;
    rtnl::apply(&plan.name, ends.iter().map(link::up).collect())
}

/// Makes usable ends that are up: as ports, or by addresses and the routes that lead
/// through them.
async fn open(plan: &NodePlan, ends: &[End]) -> Result<(), Error> {
    let (ports, others): (Vec<End>, Vec<End>) = ends.iter().cloned().partition(|end| end.port);
    let through = |route: &&RoutePlan| others.iter().any(|end| address::leads_through(route, end));
    let addresses = others.iter().filter_map(address::assign);
    let routes = plan.routes.iter().filter(through).map(address::route);
    let requests = ports.iter().map(bridge::attach).chain(addresses).chain(routes);
    rtnl::apply(&plan.name, requests.collect())?;
    others.iter().try_for_each(|end| neighbour::make_permanent(&plan.name, end, &plan.neighbours))?;
    carrier::until_addressed(&plan.name, &others).await?;
    carrier::until_forwarding(&plan.name, &ports).await
}
