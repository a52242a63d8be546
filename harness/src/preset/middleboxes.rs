use super::{Build, Middlebox, OnExpiry, Source};
use std::time::Duration;

/// Why a proxy is none of the lab's boxes.
const PROXY: Build = Build::Not(
    "it is a proxy: probes end at it and do not count, so that only traffic of the application keeps it open",
);
const AT_EXPIRY: Build =
    Build::Not("it sends RST to both sides when the time is up; the lab's NAT answers only what is sent to it");

/// A box that drops, or resets, what it does not know. Probes count with all of these.
const fn strict(
    name: &'static str,
    seconds: u64,
    on_expiry: OnExpiry,
    about: &'static str,
    at: &'static str,
    checked_on: &'static str,
) -> Middlebox {
    Middlebox {
        name,
        about,
        idle_timeout: Duration::from_secs(seconds),
        on_expiry,
        probes_refresh: true,
        loose: false,
        build: Build::Lab,
        source: Source { at, checked_on },
    }
}

/// Linux's own NAT, which takes up a connection in mid-stream unless told not to.
const fn loose(
    name: &'static str,
    seconds: u64,
    about: &'static str,
    at: &'static str,
    checked_on: &'static str,
) -> Middlebox {
    Middlebox { loose: true, ..strict(name, seconds, OnExpiry::Silent, about, at, checked_on) }
}

const fn not_built(build: Build, probes_refresh: bool, like: Middlebox) -> Middlebox {
    Middlebox { build, probes_refresh, ..like }
}

/// All of them, the clouds first. Values are defaults; most can be set.
pub const MIDDLEBOXES: [Middlebox; 20] = [
    strict(
        "aws-nat-gateway",
        350,
        OnExpiry::ResetToSender,
        "AWS NAT gateway; the time is fixed",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
        "2026",
    ),
    strict(
        "aws-nlb",
        350,
        OnExpiry::ResetToSender,
        "AWS Network Load Balancer; 60 to 6000 s for TCP listeners, fixed for TLS",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html",
        "2026-11-23",
    ),
    strict(
        "aws-nitro-v6",
        350,
        OnExpiry::Silent,
        "EC2 security group on Nitro v6; 60 to 432000 s, and 432000 s on earlier instances",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingConfiguration.html",
        "2026-11-23",
    ),
    strict(
        "aws-network-firewall",
        350,
        OnExpiry::Silent,
        "AWS Network Firewall; 60 to 6000 s",
        "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FlowTimeouts.html",
        "2026-11-23",
    ),
    strict(
        "azure-load-balancer",
        240,
        OnExpiry::Silent,
        "Azure Load Balancer without TCP reset; 4 to 100 min",
        "https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-tcp-reset",
        "2026-11-23",
    ),
    strict(
        "azure-nat-gateway",
        240,
        OnExpiry::ResetToSender,
        "Azure NAT Gateway; 4 to 120 min",
        "https://learn.microsoft.com/en-us/azure/nat-gateway/nat-gateway-resource",
        "2026",
    ),
    strict(
        "aks-outbound",
        1800,
        OnExpiry::Silent,
        "the load balancer on the way out of an AKS cluster",
        "https://github.com/Azure/AKS/issues/1564",
        "2026",
    ),
    strict(
        "gcp-vpc",
        600,
        OnExpiry::Silent,
        "Google Cloud VPC firewall, and its passthrough load balancers",
        "https://cloud.google.com/compute/docs/troubleshooting/general-tips",
        "2026",
    ),
    strict(
        "gcp-cloud-nat",
        1200,
        OnExpiry::Silent,
        "Google Cloud NAT, established connections",
        "https://cloud.google.com/nat/docs/tune-nat-configuration",
        "2026",
    ),
    strict(
        "ipvs",
        900,
        OnExpiry::Silent,
        "IPVS on a director apart, as in Docker Swarm",
        "https://github.com/moby/moby/issues/31208",
        "2026",
    ),
    strict(
        "ipvs-local",
        900,
        OnExpiry::ResetToSender,
        "IPVS on the sender's own host",
        "https://github.com/moby/moby/issues/31208",
        "2026",
    ),
    strict("meraki", 300, OnExpiry::Silent, "Cisco Meraki NAT", "https://github.com/haproxy/haproxy/pull/252", "2026"),
    strict(
        "cisco-ios-nat",
        86400,
        OnExpiry::Silent,
        "Cisco IOS NAT, `ip nat translation tcp-timeout`",
        "Cisco IOS IP Addressing Services Command Reference",
        "2026",
    ),
    strict(
        "rfc5382",
        7440,
        OnExpiry::Silent,
        "the least that RFC 5382 allows a NAT, such as one at home: 2 h 4 min",
        "RFC 5382, REQ-5",
        "2026-11-23",
    ),
    loose(
        "linux-nat",
        432_000,
        "Linux's NAT as it comes; nf_conntrack_tcp_timeout_established",
        "https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
        "2026",
    ),
    loose(
        "kube-proxy",
        86400,
        "Linux's NAT as kube-proxy sets it, --conntrack-tcp-timeout-established",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/",
        "2026",
    ),
    not_built(
        AT_EXPIRY,
        true,
        strict(
            "azure-load-balancer-reset",
            240,
            OnExpiry::ResetToBoth,
            "Azure Load Balancer with TCP reset",
            "https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-tcp-reset",
            "2026-11-23",
        ),
    ),
    not_built(
        AT_EXPIRY,
        true,
        strict(
            "azure-firewall",
            240,
            OnExpiry::ResetToBoth,
            "Azure Firewall",
            "https://learn.microsoft.com/en-us/azure/firewall/firewall-faq",
            "2026",
        ),
    ),
    not_built(
        PROXY,
        false,
        strict(
            "aws-alb",
            60,
            OnExpiry::CloseBoth,
            "AWS Application Load Balancer",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
            "2026",
        ),
    ),
    not_built(
        PROXY,
        false,
        strict(
            "aws-clb",
            60,
            OnExpiry::CloseBoth,
            "AWS Classic Load Balancer",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-idle-timeout.html",
            "2026",
        ),
    ),
];
