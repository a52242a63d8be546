use crate::wire::LinkType;

/// What a capture file holds, up to its end or to where it can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::record) struct Capture<'a> {
    pub(in crate::record) interfaces: Vec<Interface>,
    pub(in crate::record) packets: Vec<Packet<'a>>,
    pub(in crate::record) flaw: Option<Flaw>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::record) struct Interface {
    pub(in crate::record) name: Option<String>,
    pub(in crate::record) link: LinkType,
    /// Packets that the capture lost, where the file says so.
    pub(in crate::record) dropped: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct Packet<'a> {
    /// Index into [`Capture::interfaces`].
    pub(in crate::record) interface: usize,
    /// Nanoseconds of Unix time.
    pub(in crate::record) stamp: u64,
    pub(in crate::record) wire_len: u32,
    pub(in crate::record) octets: &'a [u8],
}

/// Where and why a capture file can't be followed further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct Flaw {
    /// Octets from the start of the file.
    pub(in crate::record) offset: usize,
    pub(in crate::record) reason: &'static str,
    /// The file just ends too early, as when its writer was killed.
    pub(in crate::record) torn: bool,
}

impl Flaw {
    pub(super) fn torn(offset: usize) -> Self {
        Self { offset, reason: "the file ends within a packet", torn: true }
    }

    pub(super) fn damaged(offset: usize, reason: &'static str) -> Self {
        Self { offset, reason, torn: false }
    }
}
