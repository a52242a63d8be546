use super::*;
use super::wiring::End;
use crate::name::NodeName;
use crate::plan::InterfacePlan;
use std::os::fd::AsRawFd;
use std::time::Instant;

fn end(node: &str, to: &str, index: u32, port: bool, a: Option<[u8;4]>) -> End {
    let peer = NodeName::new(to).unwrap();
    End { node: NodeName::new(node).unwrap(), index, port, interface: InterfacePlan { name: format!("to-{to}"), link: 0, peer, mac: [2,0,0,0,0,index as u8], address: a.map(Into::into), prefix: 24, mtu: 1500 } }
}

fn once(print: bool) -> f64 {
    let t0 = Instant::now();
    let mut marks = vec![];
    let mut last = Instant::now();
    let mut mark = |what: &'static str| { marks.push((what, last.elapsed().as_secs_f64()*1e3)); last = Instant::now(); };
    let names: Vec<NodeName> = ["a", "sw", "b"].iter().map(|n| NodeName::new(n).unwrap()).collect();
    let starting: Vec<_> = names.iter().map(|n| node::Node::begin(n).unwrap()).collect();
    let nodes: Vec<_> = starting.into_iter().map(|s| s.ready().unwrap()).collect();
    mark("unshare");
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); n.submit(move || async move {
        sysctl::write(&name, "net.ipv6.conf.all.disable_ipv6", "1").unwrap();
        sysctl::write(&name, "net.ipv6.conf.default.disable_ipv6", "1").unwrap();
        let mut r = vec![link::loopback()];
        if name.as_str() == "sw" { r.push(bridge::create()); }
        rtnl::apply(&name, r).unwrap();
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("prepare");
    let ends = [[end("a", "sw", 3, false, Some([10,0,0,1])), end("sw", "a", 4, true, None)], [end("sw", "b", 5, true, None), end("b", "sw", 6, false, Some([10,0,0,2]))]];
    for (i, [x, y]) in ends.iter().cloned().enumerate() {
        let fd = nodes[i+1].netns_fd().as_raw_fd();
        nodes[i].run(move || { rtnl::apply(&x.node.clone(), vec![link::create(&x, &y, fd)]).unwrap() }).unwrap();
    }
    mark("veth");
    let of = |n: &NodeName| -> Vec<End> { ends.iter().flatten().filter(|e| e.node == *n).cloned().collect() };
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); let ends = of(&name); n.submit(move || async move {
        offload::disable(&name, ends.iter().map(|e| e.interface.name.as_str())).unwrap();
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("offload");
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); let ends = of(&name); n.submit(move || async move {
        rtnl::apply(&name, ends.iter().map(link::up).collect()).unwrap();
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("up");
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); let ends = of(&name); n.submit(move || async move {
        carrier::until_up(&name, &ends).await.unwrap();
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("carrier");
    let clock = clock::Clock::start();
    let (tx, _rx) = std::sync::mpsc::channel();
    if std::env::var("CAP").is_ok() {
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); let ends = of(&name); let tx = tx.clone(); n.submit(move || async move {
        let v: Vec<_> = ends.iter().map(|e| (0, e.interface.name.as_str())).collect();
        let c = capture::Capture::open_all(&v, clock, &tx).unwrap();
        KEEP.with(|k| k.borrow_mut().extend(c));
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("capture");
    }
    let p: Vec<_> = nodes.iter().map(|n| { let name = n.name().clone(); let ends = of(&name); n.submit(move || async move {
        let mut r = vec![];
        for e in &ends { if e.port { r.push(bridge::attach(e)) } else { r.extend(address::assign(e)) } }
        rtnl::apply(&name, r).unwrap();
    }) }).collect();
    p.into_iter().for_each(|p| p.wait().unwrap());
    mark("address");
    let ports = of(&names[1]);
    nodes[1].submit({ let n = names[1].clone(); move || async move { carrier::until_forwarding(&n, &ports).await.unwrap() } }).wait().unwrap();
    mark("forwarding");
    let l = nodes[2].run(|| std::net::TcpListener::bind("10.0.0.2:5050").unwrap()).unwrap();
    nodes[0].run(|| std::net::TcpStream::connect("10.0.0.2:5050").unwrap()).unwrap();
    drop(l);
    mark("connect");
    let mut nodes = nodes;
    nodes.iter_mut().for_each(|n| n.dismiss());
    drop(nodes);
    mark("drop");
    if print { for (w, t) in &marks { println!("{w:12} {t:.2} ms"); } }
    t0.elapsed().as_secs_f64()*1e3
}
thread_local! { static KEEP: std::cell::RefCell<Vec<capture::Capture>> = const { std::cell::RefCell::new(Vec::new()) }; }

#[test]
fn timing() {
    for _ in 0..3 { println!("{:.2}", once(true)); }
    let mut all: Vec<f64> = (0..50).map(|_| once(false)).collect();
    all.sort_by(f64::total_cmp);
    println!("median {:.2} min {:.2} max {:.2}", all[25], all[0], all[49]);
}
