use crate::record::ClockKind;

/// How a lab is to be built.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Uses iptables even where there is nft.
    pub without_nft: bool,
    /// What the kernel's clock goes by.
    pub clock: ClockKind,
}

/// By what right a lab is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privilege {
    /// The process had it.
    Own,
    /// As root in a user namespace of its own.
    UserNamespace,
}

/// One thing that a lab needs, and whether this machine has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `network namespaces`
    pub name: &'static str,
    /// What was found, e.g. a version.
    pub found: Result<String, Lack>,
    /// Without it no lab can be built at all; without others only some.
    pub vital: bool,
}

/// What is lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    pub why: String,
    /// The command, or the change, that mends it.
    pub remedy: String,
}
