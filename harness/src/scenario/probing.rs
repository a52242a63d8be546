use super::{Endpoint, Keepalive};
use crate::name::Side;

impl Endpoint {
    /// Whether its connection sends keepalive probes, as far as its settings say.
    #[must_use]
    pub fn probes(&self) -> bool {
        let set = self.options.iter().any(|(option, value)| option.value == "SO_KEEPALIVE" && *value != 0);
        set || self.keepalive != Keepalive::Off
    }
}

/// The side whose probes are answered by the other: none where both probe, or neither.
#[must_use]
pub fn prober(client: &Endpoint, server: &Endpoint) -> Option<Side> {
    match (client.probes(), server.probes()) {
        (true, false) => Some(Side::Client),
        (false, true) => Some(Side::Server),
        _ => None,
    }
}
