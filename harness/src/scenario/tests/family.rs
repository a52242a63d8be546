use super::{check, good, told, with};
use crate::scenario::*;

#[test]
fn ipv4_unless_given() {
    assert_eq!(good(&with(1, "title: t")).family, Family::Ipv4);
    assert_eq!(good(&with(1, "title: t\nfamily: ipv4")).family, Family::Ipv4);
    assert_eq!(good(&with(1, "title: t\nfamily: ipv6")).family, Family::Ipv6);
}

#[test]
fn a_drawing_keeps_it() {
    let scenario = good(&with(1, "title: t\nfamily: ipv6"));
    for text in [draw::full(&scenario), draw::figure(&scenario).unwrap()] {
        assert_eq!(good(&text).family, Family::Ipv6, "{text}");
    }
    assert!(!draw::full(&good(&with(1, "title: t"))).contains("family"));
}

#[test]
fn what_ipv6_has_not() {
    let family = "title: t\nfamily: ipv6";
    check(&[(1, "title: t\nfamily: ip6", &["2:9 unknown family `ip6` | did you mean `ipv6`?"])]);
    for word in ["proto-unreachable", "host-prohibited", "net-prohibited"] {
        let text = with(7, &format!("  - reject: {{ on: b, with: {word} }}\n  - connect"));
        assert_eq!(told(&text), [""; 0]);
        let expected = format!(
            "8:28 ICMPv6 has no `{word}` | with `family: ipv6` write one of `tcp-reset`, `port-unreachable`, \
             `host-unreachable`, `net-unreachable`, `no-route`, `admin-prohibited`"
        );
        assert_eq!(told(&text.replace("title: t", family)), [expected]);
    }
    let narrow = with(3, "links: [a -- sw, { between: [sw, b], mtu: 1279 }]").replace("title: t", family);
    assert_eq!(told(&narrow), ["4:43 an MTU of 1279 under `family: ipv6` | IPv6 needs 1280 or more"]);
    assert_eq!(told(&narrow.replace("1279", "1280")), [""; 0]);
}

#[test]
fn everything_wrong_is_told_wherever_the_family_stands() {
    let text = with(7, "  - reject: { on: b, with: net-prohibited }\n  - connect") + "family: ipv6\n";
    assert_eq!(told(&text).len(), 1);
}

#[test]
fn neighbour_discovery_has_settings_for_each_interface_only() {
    let key = "net.ipv6.neigh.default.retrans_time_ms";
    let nodes = format!("nodes: {{ a: {{ role: host, sysctl: {{ {key}: 200 }} }}, sw: switch, b: host }}");
    let error =
        format!("2:37 `{key}` is the whole machine's | set it for an interface: `net.ipv6.neigh.to-b.retrans_time_ms`");
    check(&[(2, &nodes, &[&error])]);
}

#[test]
fn a_matrix_may_give_it() {
    let text = with(1, "title: over ${ip}\nmatrix: { ip: [ipv4, ipv6] }\nfamily: ${ip}");
    let cases = parse_all("t.yaml", text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false)));
    let families: Vec<_> = cases.into_iter().map(|case| case.scenario.family).collect();
    assert_eq!(families, [Family::Ipv4, Family::Ipv6]);
}
