use super::args::Settings;
use super::forecast::Forecast;
use super::text::{length, seconds};
use std::time::Duration;

/// Boxes that forget an idle connection, with their default time-outs in seconds, the
/// shortest first, as their vendors' pages have it.
const MIDDLEBOXES: [(u64, &str); 3] = [
    // Azure's documentation: load-balancer-tcp-idle-timeout, and the NAT gateway's.
    (240, "Azure load balancer and NAT gateway (240 s)"),
    // docs.aws.amazon.com: network/update-idle-timeout; nat-gateway-troubleshooting.
    (350, "AWS NLB and NAT gateway (350 s)"),
    // cloud.google.com: compute/docs/troubleshooting.
    (600, "GCP firewall and passthrough load balancer (600 s)"),
];

/// What the settings' owner may not expect.
pub(super) fn warnings(forecast: &Forecast) -> Vec<String> {
    [lost_probe(forecast), replaced_count(forecast), middlebox(forecast)].into_iter().flatten().collect()
}

/// A connection whose peer is well, ended by the loss of one segment.
fn lost_probe(forecast: &Forecast) -> Option<String> {
    let Settings { count, user_timeout, .. } = forecast.settings;
    let kills = "one lost probe kills a healthy connection";
    match user_timeout {
        _ if !forecast.one_loss_kills => None,
        Some(limit) if count > 1 => {
            Some(format!("user timeout {} makes count {count} act as 1: {kills}", length(limit)))
        }
        Some(limit) => Some(format!("user timeout {}: {kills}", length(limit))),
        None => Some(format!("count {count}: {kills}")),
    }
}

/// A user timeout that makes more or fewer probes than the count says, but not just one.
fn replaced_count(forecast: &Forecast) -> Option<String> {
    let Settings { count, user_timeout, .. } = forecast.settings;
    let limit = user_timeout.filter(|_| !forecast.one_loss_kills)?;
    let (fewest, most) = (forecast.fewest, forecast.probes.len());
    if fewest == most && most == count as usize {
        return None;
    }
    let sent = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let are = if sent == "1" { "probe is" } else { "probes are" };
    Some(format!("user timeout {} takes the place of count {count}: {sent} {are} sent before the end", length(limit)))
}

/// Boxes that may forget the connection between two probes. What counts is the kernel's
/// time, which can be over a limit that the setting is under.
fn middlebox(forecast: &Forecast) -> Option<String> {
    let first = forecast.probes.first().map_or(Duration::ZERO, |probe| probe.after.latest);
    let (name, gap) = longest_gap(forecast, first);
    let outlived: Vec<_> = MIDDLEBOXES.iter().filter(|(limit, _)| gap >= Duration::from_secs(*limit)).collect();
    let nearest = outlived.last()?;
    let names: Vec<_> = outlived.iter().map(|(_, name)| *name).collect();
    let set = if name == "idle" { forecast.settings.idle } else { forecast.settings.interval };
    let under = set < Duration::from_secs(nearest.0);
    let really = if under { format!("can take {},", seconds(gap)) } else { "is".to_owned() };
    Some(format!("{name} {} {really} more than these keep an idle connection: {}", length(set), names.join(", ")))
}

/// The longest that a living connection is without a segment, and what makes it so.
fn longest_gap(forecast: &Forecast, first: Duration) -> (&'static str, Duration) {
    let Settings { idle, interval, .. } = forecast.settings;
    let name = if interval > idle { "interval" } else { "idle" };
    (name, first.max(forecast.answered_every.latest))
}
