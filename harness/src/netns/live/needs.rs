use super::filter::{Tools, iptables_programs};
use super::model::Lack;
use super::node::Node;
use super::{conntrack, netem, program};
use crate::name::NodeName;
use crate::plan::{EndpointPlan, Family, FilterText, Impairment, Plan};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What `plan` needs and this machine lacks, if anything: told before anything starts.
#[must_use]
pub fn lacks(plan: &Plan) -> Option<Lack> {
    let tools = Tools::find(plan.family());
    let filters = filters(plan).find(|text| !tools.can_load(text));
    filters
        .map(|text| no_filter(text, plan.family()))
        .or_else(|| (plan.family() == Family::Ipv6).then(ipv6).flatten())
        .or_else(|| plan.nodes.iter().any(|node| node.conntrack).then(conntrack).flatten())
        .or_else(|| plan.impairs().then(netem).flatten())
        .or_else(|| endpoints(plan).find_map(program))
}

/// The same of what a guest takes from this machine: programs. Its kernel is another.
#[must_use]
pub fn lacks_for_guest(plan: &Plan) -> Option<Lack> {
    let tools = Tools::find(plan.family());
    let filter = filters(plan).find(|text| !tools.can_load(text)).map(|text| no_filter(text, plan.family()));
    filter.or_else(|| endpoints(plan).find_map(program))
}

/// The files of all programs that running `plan` may start.
pub(crate) fn programs(plan: &Plan) -> Vec<PathBuf> {
    let own = endpoints(plan).filter_map(|endpoint| program::file(endpoint.program.as_ref()?));
    if filters(plan).next().is_some() { own.chain(Tools::find(plan.family()).files()).collect() } else { own.collect() }
}

fn endpoints(plan: &Plan) -> impl Iterator<Item = &EndpointPlan> {
    plan.connections().flat_map(|own| [own.client, own.server])
}

pub(super) fn filters(plan: &Plan) -> impl Iterator<Item = &FilterText> {
    let faults = plan.steps.iter().filter_map(|step| step.action.filter().map(|fault| &fault.set));
    plan.nodes.iter().filter_map(|node| node.filter.as_ref()).chain(faults)
}

fn no_filter(text: &FilterText, family: Family) -> Lack {
    let (restore, _) = iptables_programs(family);
    let (program, package) = match (&text.nft, &text.iptables) {
        (Some(_), Some(_)) => (format!("neither nft nor {restore}"), "nftables"),
        (None, Some(_)) => (format!("no {restore}"), "iptables"),
        _ => ("no nft".to_owned(), "nftables"),
    };
    Lack {
        why: format!("it needs a packet filter, and there is {program} in PATH, /usr/sbin or /sbin"),
        remedy: format!("sudo apt-get install {package}"),
    }
}

fn ipv6() -> Option<Lack> {
    let found = Path::new("/proc/sys/net/ipv6").exists();
    (!found).then(|| Lack {
        why: "its addresses are of IPv6, which this kernel lacks, or was booted without".to_owned(),
        remedy: NO_IPV6_REMEDY.to_owned(),
    })
}

pub(super) const NO_IPV6_REMEDY: &str =
    "run it with `--clock virtual`, whose guest kernel has IPv6, or boot without `ipv6.disable=1`";

/// Whether the kernel tracks connections is asked once: it takes a namespace.
fn conntrack() -> Option<Lack> {
    static FOUND: OnceLock<Option<Lack>> = OnceLock::new();
    FOUND.get_or_init(probe_conntrack).clone()
}

fn probe_conntrack() -> Option<Lack> {
    let name = NodeName::new("probe").ok()?;
    // What keeps a namespace from being made is told when the lab is built.
    let node = Node::start(&name).ok()?;
    let probed = node.run(conntrack::probe).ok()?;
    let error = probed.err()?;
    Some(Lack {
        why: format!("it needs connection tracking, which this kernel lacks: {error}"),
        remedy: "sudo modprobe nf_conntrack_netlink".to_owned(),
    })
}

/// The index that every namespace's loopback has.
pub(super) const LOOPBACK: u32 = 1;

pub(super) const NETEM_REMEDY: &str =
    "run it with `--clock virtual`, whose guest kernel has netem, or `sudo modprobe sch_netem`";

/// Whether the kernel has netem is asked once: it takes a namespace.
fn netem() -> Option<Lack> {
    static FOUND: OnceLock<Option<Lack>> = OnceLock::new();
    FOUND.get_or_init(probe_netem).clone()
}

fn probe_netem() -> Option<Lack> {
    let node = Node::start(&NodeName::new("probe").ok()?).ok()?;
    let error = node.run(|| netem::set(LOOPBACK, &Impairment::default())).ok()?.err()?;
    Some(Lack {
        why: format!("it impairs a link, which takes netem, and this kernel lacks it: {error}"),
        remedy: NETEM_REMEDY.to_owned(),
    })
}

fn program(endpoint: &EndpointPlan) -> Option<Lack> {
    let plan = endpoint.program.as_ref()?;
    let word = plan.words.first()?;
    program::file(plan).is_none().then(|| Lack {
        why: format!("it runs the program `{word}`, which is neither beside deadpeer nor in PATH"),
        remedy: format!("install `{word}`, or give its path"),
    })
}
