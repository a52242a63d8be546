use super::args::Template;

/// A scenario to begin with.
#[must_use]
pub(super) fn template(template: Template) -> &'static str {
    match template {
        Template::DeadPeer => include_str!("templates/dead-peer.yaml"),
        Template::Reboot => include_str!("templates/reboot.yaml"),
        Template::Nat => include_str!("templates/nat.yaml"),
        Template::Figure => include_str!("templates/figure.yaml"),
        Template::Program => include_str!("templates/program.yaml"),
    }
}
