//! Power and links.

use crate::plans::{direct, name, step, switched, translated};
use crate::{build, carry_out, connect, listen, sh};
use deadpeer::plan::Action;
use deadpeer::run::{Backend, Happening};
use std::time::Duration;

#[test]
fn a_power_loss_says_nothing() {
    let mut plan = switched();
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    let mut lab = build(&plan);
    let listener = listen(&lab, "b", "10.0.0.2:6000");
    let stream = connect(&lab, "a", "10.0.0.2:6000").unwrap();
    let (accepted, _) = listener.accept().unwrap();
    let begun = lab.now();
    carry_out(&mut lab, off).unwrap();
    // With these the dead node's last sockets go.
    drop((accepted, listener));
    std::thread::sleep(Duration::from_millis(200));
    assert!(lab.within(&name("b"), || ()).is_err(), "b is off");
    let at_a = lab.finish().into_iter().filter(|h| matches!(h, Happening::Frame(frame) if frame.at > begun));
    assert_eq!(at_a.count(), 0, "b said nothing");
    drop(stream);
}

#[test]
fn a_reboot_keeps_the_address_and_forgets_the_connection() {
    let mut plan = switched();
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    let on = step(&mut plan, "power_on", Action::PowerOn { node: name("b"), macs: Vec::new(), listens: false });
    let mut lab = build(&plan);
    let before = sh(&lab, "b", "ip -br link show to-sw; ip -br addr show to-sw");
    let listener = listen(&lab, "b", "10.0.0.2:6000");
    let stream = connect(&lab, "a", "10.0.0.2:6000").unwrap();
    carry_out(&mut lab, off).unwrap();
    drop(listener);
    assert!(carry_out(&mut lab, off).unwrap_err().contains("powered off"));
    assert!(sh(&lab, "a", "ip -br link show to-sw").contains("UP"), "the switch keeps a's carrier");
    carry_out(&mut lab, on).unwrap();
    assert!(carry_out(&mut lab, on).unwrap_err().contains("it is on"));
    assert_eq!(sh(&lab, "b", "ip -br link show to-sw; ip -br addr show to-sw"), before);
    let error = lab.within(&name("a"), move || {
        use std::io::{Read, Write};
        (&stream).write_all(b"hello").unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        (&stream).read(&mut [0; 1]).unwrap_err().kind()
    });
    assert_eq!(error.unwrap(), std::io::ErrorKind::ConnectionReset);
    let _listener = listen(&lab, "b", "10.0.0.2:6000");
    connect(&lab, "a", "10.0.0.2:6000").unwrap();
}

#[test]
fn a_nat_and_a_switch_come_back_too() {
    let mut plan = translated();
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("nat") });
    let on = step(&mut plan, "power_on", Action::PowerOn { node: name("nat"), macs: Vec::new(), listens: false });
    let mut lab = build(&plan);
    let _listener = listen(&lab, "b", "10.2.0.1:6000");
    carry_out(&mut lab, off).unwrap();
    assert!(connect(&lab, "a", "10.2.0.1:6000").is_err());
    carry_out(&mut lab, on).unwrap();
    connect(&lab, "a", "10.2.0.1:6000").unwrap();

    let mut plan = switched();
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("sw") });
    let on = step(&mut plan, "power_on", Action::PowerOn { node: name("sw"), macs: Vec::new(), listens: false });
    let mut lab = build(&plan);
    let _listener = listen(&lab, "b", "10.0.0.2:6000");
    carry_out(&mut lab, off).unwrap();
    assert!(connect(&lab, "a", "10.0.0.2:6000").is_err());
    carry_out(&mut lab, on).unwrap();
    connect(&lab, "a", "10.0.0.2:6000").unwrap();
}

#[test]
fn two_neighbours_can_be_off_at_a_time() {
    let mut plan = switched();
    let steps: Vec<usize> = [("b", false), ("sw", false), ("b", true), ("sw", true)]
        .into_iter()
        .map(|(node, on)| {
            let node = name(node);
            step(
                &mut plan,
                "power",
                if on { Action::PowerOn { node, macs: Vec::new(), listens: false } } else { Action::PowerOff { node } },
            )
        })
        .collect();
    let mut lab = build(&plan);
    for step in steps {
        carry_out(&mut lab, step).unwrap();
    }
    let _listener = listen(&lab, "b", "10.0.0.2:6000");
    connect(&lab, "a", "10.0.0.2:6000").unwrap();
}

#[test]
fn a_link_goes_down_and_up_as_the_kernel_does_it() {
    let mut plan = translated();
    let interface = "to-nat".to_owned();
    let down = step(&mut plan, "down", Action::LinkDown { node: name("a"), interface: interface.clone() });
    let up = step(&mut plan, "up", Action::LinkUp { node: name("a"), interface });
    let strange = step(&mut plan, "strange", Action::LinkUp { node: name("a"), interface: "eth0".into() });
    let mut lab = build(&plan);
    assert_eq!(sh(&lab, "a", "ip route").lines().count(), 2);
    carry_out(&mut lab, down).unwrap();
    assert_eq!(sh(&lab, "a", "ip route"), "");
    carry_out(&mut lab, up).unwrap();
    let routes = sh(&lab, "a", "ip route");
    assert!(routes.starts_with("10.1.0.0/24") && routes.lines().count() == 1, "{routes}");
    assert_eq!(carry_out(&mut lab, strange).unwrap_err(), "find interface `eth0` of node `a` in the plan");
}

/// The kernel tells of it within a second, or at once if the two ends' indices differ.
#[test]
fn a_lost_carrier_is_seen_at_once() {
    let mut plan = direct();
    let down = step(&mut plan, "down", Action::LinkDown { node: name("b"), interface: "to-a".into() });
    let up = step(&mut plan, "up", Action::LinkUp { node: name("b"), interface: "to-a".into() });
    let mut lab = build(&plan);
    for _ in 0..5 {
        carry_out(&mut lab, down).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        assert!(sh(&lab, "a", "ip -o link show to-b").contains("NO-CARRIER"));
        carry_out(&mut lab, up).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        assert!(sh(&lab, "a", "ip -o link show to-b").contains("LOWER_UP"));
    }
}
