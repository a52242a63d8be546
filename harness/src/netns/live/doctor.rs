use super::capture::Capture;
use super::clock::Clock;
use super::conntrack::{self, Monitor};
use super::error::Error;
use super::filter::Tools;
use super::model::{Check, Lack, Privilege};
use super::needs::{LOOPBACK, NETEM_REMEDY, NO_IPV6_REMEDY};
use super::node::Node;
use super::rtnl::{self, Request};
use super::sink::Sink;
use super::wiring::End;
use super::{bridge, kernel, link, netem, sysctl, tool, userns};
use crate::name::NodeName;
use crate::plan::{Family, FilterText, Impairment, InterfacePlan};
use std::fs;

type Found = Result<String, Lack>;

/// What this machine has of what a lab needs, each tried in a namespace that is
/// removed again. Without root this process is in a user namespace from then on, as it
/// would be for a run.
pub fn capabilities() -> Vec<Check> {
    let mut checks = vec![vital("privilege", privilege())];
    let Some(name) = NodeName::new("probe").ok() else { return checks };
    let node = Node::start(&name);
    checks.push(vital("network namespaces", namespaces(&node)));
    if let Ok(node) = node {
        checks.extend(within(&node));
    }
    checks.push(check("kernel timers", timers()));
    checks
}

fn check(name: &'static str, found: Found) -> Check {
    Check { name, found, vital: false }
}

fn vital(name: &'static str, found: Found) -> Check {
    Check { name, found, vital: true }
}

fn lack(why: impl ToString, remedy: &str) -> Lack {
    Lack { why: why.to_string(), remedy: remedy.to_owned() }
}

fn privilege() -> Found {
    let needed = "CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW";
    match userns::enter() {
        Ok(Privilege::Own) => Ok(needed.to_owned()),
        Ok(Privilege::UserNamespace) => Ok(format!("{needed}, in a user namespace of its own")),
        Err(Error::Privilege { why, remedy }) => Err(Lack { why, remedy }),
        Err(error) => Err(lack(error, "run `sudo deadpeer ...`")),
    }
}

fn namespaces(node: &Result<Node, Error>) -> Found {
    let made = node.as_ref().map(|_| "can be made".to_owned());
    made.map_err(|error| lack(error, "run `sudo deadpeer ...`, on a kernel with CONFIG_NET_NS"))
}

/// What is tried inside a node.
fn within(node: &Node) -> Vec<Check> {
    let tools = Tools::find(Family::Ipv4);
    vec![
        vital("veth links", asks(node, veth(node.name()), "run `sudo modprobe veth`")),
        vital("bridges", asks(node, bridge::create(), "run `sudo modprobe bridge`")),
        check("IPv6", ipv6(node)),
        check("nft", nft(node, &tools)),
        check("iptables", iptables(node, &tools)),
        check("conntrack", conntrack(node)),
        check("conntrack events", conntrack_events(node)),
        check("netem", netem(node)),
        vital("captures", captures(node)),
    ]
}

fn asks(node: &Node, request: Request, remedy: &str) -> Found {
    let name = node.name().clone();
    flat(node.run(move || rtnl::apply(&name, vec![request])), "can be made", remedy)
}

fn veth(node: &NodeName) -> Request {
    let end = |name: &str, octet: u8| End {
        node: node.clone(),
        index: 10 + u32::from(octet),
        interface: InterfacePlan {
            name: name.to_owned(),
            link: 0,
            peer: node.clone(),
            mac: [2, 0, 0, 0, 0, octet],
            address: None,
            prefix: 0,
            mtu: 1500,
            impairment: Impairment::default(),
        },
        port: false,
    };
    link::create_here(&end("one", 1), &end("other", 2))
}

fn ipv6(node: &Node) -> Found {
    let name = node.name().clone();
    let set = node.run(move || sysctl::write(&name, "net.ipv6.conf.all.accept_dad", "0"));
    flat(set, "can be used", NO_IPV6_REMEDY)
}

fn nft(node: &Node, tools: &Tools) -> Found {
    let text = FilterText {
        nft: Some("table inet probe {\n chain c {\n ct state invalid counter drop\n }\n}\n".to_owned()),
        iptables: None,
    };
    loads(node, tools, text, "nft", "run `sudo apt-get install nftables` (or go without: iptables does as well)")
}

fn iptables(node: &Node, tools: &Tools) -> Found {
    let text = FilterText { nft: None, iptables: Some("*filter\n:probe -\n-A probe -j DROP\nCOMMIT\n".to_owned()) };
    loads(node, tools, text, "iptables", "run `sudo apt-get install iptables` (or go without: nft does as well)")
}

fn loads(node: &Node, tools: &Tools, text: FilterText, program: &str, remedy: &str) -> Found {
    let (name, own) = (node.name().clone(), tools.clone());
    let loaded = node.run_async(move || async move { own.load(&name, &text).await });
    flat(loaded.map(|result| result.map(drop)), &version(node, program), remedy)
}

/// The first line of what a program says of itself.
fn version(node: &Node, program: &str) -> String {
    let (name, path) = (node.name().clone(), tool::find(program));
    let Some(path) = path else { return "found".to_owned() };
    let told = node.run_async(move || async move { tool::run(&name, &path, &["--version"], "").await });
    let told = told.and_then(|result| result).unwrap_or_default();
    told.lines().next().unwrap_or("found").to_owned()
}

fn conntrack(node: &Node) -> Found {
    flat(node.run(conntrack::probe), "can be listed", "run `sudo modprobe nf_conntrack_netlink`")
}

fn conntrack_events(node: &Node) -> Found {
    let (name, sink) = (node.name().clone(), Sink::new().0);
    let opened = node.run(move || Monitor::open(name, Clock::start(), sink).map(drop));
    flat(opened, "are told", "use a kernel with CONFIG_NF_CONNTRACK_EVENTS")
}

fn netem(node: &Node) -> Found {
    flat(node.run(|| netem::set(LOOPBACK, &Impairment::default())), "can be set", NETEM_REMEDY)
}

fn captures(node: &Node) -> Found {
    let sink = Sink::new().0;
    let (name, up) = (node.name().clone(), link::loopback());
    let armed = node.run(move || {
        drop(rtnl::apply(&name, vec![up]));
        Capture::open(0, "lo", Clock::start(), sink).map(drop)
    });
    flat(armed, "can be armed", "use a kernel with CONFIG_PACKET")
}

fn timers() -> Found {
    let hz = kernel::hz();
    match fs::read_to_string("/proc/timer_list") {
        Ok(text) if text.contains("jiffies:") => Ok(format!("HZ={hz}, and /proc/timer_list tells the phase")),
        _ => Err(lack(
            format!("HZ={hz}, but /proc/timer_list can't be read: due times are less exact"),
            "run `sudo deadpeer ...`",
        )),
    }
}

/// Both what the node answers and whether it answers.
fn flat<E: std::error::Error>(tried: Result<Result<(), E>, Error>, found: &str, remedy: &str) -> Found {
    match tried {
        Ok(Ok(())) => Ok(found.to_owned()),
        Ok(Err(error)) => Err(lack(error, remedy)),
        Err(error) => Err(lack(error, remedy)),
    }
}
