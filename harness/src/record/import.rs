use super::capture::{Capture, Interface, read};
use super::endpoints::endpoints;
use super::load::frame;
use super::save::io;
use super::{ClockKind, EndReason, Event, EventKind, Frame, Kernel, Manifest, Record, RecordError, VERSION};
use crate::name::NodeName;
use crate::plan::VantagePlan;
use crate::time::LabTime;
use std::fs;
use std::path::Path;

/// The commonest of distribution kernels; a capture does not say.
const LIKELY_HZ: u32 = 250;

/// Makes a record of a capture file from elsewhere, pcap or pcapng.
///
/// Each interface is a vantage. One that is called `NODE/INTERFACE`, as in this
/// program's own captures, is taken at its word; any other is on a node `capture`, or
/// `if0`, `if1` and so on if there are several. Lab time begins with the first frame.
/// A file that ends too early is read up to there, and has a
/// [`EventKind::CaptureFailed`] for each vantage instead of its end.
///
/// # Errors
/// The file can't be read, is no capture, or holds no packets.
pub fn from_capture(path: &Path) -> Result<Record, RecordError> {
    let file = fs::read(path).map_err(io("read", path))?;
    let unreadable = |reason| RecordError::Unreadable { path: path.to_owned(), reason };
    let capture = read(&file).map_err(unreadable)?;
    let stamps = capture.packets.iter().map(|packet| packet.stamp);
    let Some(began_unix_ns) = stamps.min() else {
        return Err(no_packets(path, &capture));
    };
    let vantages = vantages(&capture.interfaces)?;
    let frames = frames(&capture, &vantages, began_unix_ns);
    let manifest = manifest(path, began_unix_ns, &vantages, &frames)?;
    let events = events(&capture, &vantages, &frames);
    Ok(Record { manifest, events, frames })
}

fn no_packets(path: &Path, capture: &Capture) -> RecordError {
    let path = path.to_owned();
    match capture.flaw {
        Some(flaw) => RecordError::Damaged { path, offset: flaw.offset, reason: flaw.reason },
        None => RecordError::NoPackets { path },
    }
}

/// One place where the capture stood.
#[derive(Debug, Clone)]
pub(super) struct Vantage {
    pub(super) plan: VantagePlan,
    /// The interface's name said which node it is on.
    pub(super) named: bool,
    interfaces: Vec<usize>,
    interface: Interface,
}

/// Sections that were joined may name a vantage twice; names of devices alone may be of
/// two hosts, and are kept apart.
fn vantages(interfaces: &[Interface]) -> Result<Vec<Vantage>, RecordError> {
    let mut vantages: Vec<Vantage> = Vec::new();
    for (index, interface) in interfaces.iter().enumerate() {
        let new = vantage(index, interface, interfaces.len() == 1)?;
        let same = |old: &&mut Vantage| old.named && old.plan == new.plan && old.interface.link == new.interface.link;
        match vantages.iter_mut().find(same) {
            Some(old) => old.interfaces.push(index),
            None => vantages.push(new),
        }
    }
    Ok(vantages)
}

fn vantage(index: usize, interface: &Interface, alone: bool) -> Result<Vantage, RecordError> {
    let name = interface.name.as_deref().unwrap_or_default();
    let parts = name.split_once('/').filter(|(_, device)| !device.is_empty());
    let parts = parts.and_then(|(node, device)| Some((NodeName::new(node).ok()?, device)));
    let named = parts.is_some();
    let (node, device) = match parts {
        Some(parts) => parts,
        None if alone => (NodeName::new("capture")?, name),
        None => (NodeName::new(&format!("if{index}"))?, name),
    };
    let plan = VantagePlan { node, interface: device.to_owned() };
    Ok(Vantage { plan, named, interfaces: vec![index], interface: interface.clone() })
}

fn frames(capture: &Capture, vantages: &[Vantage], began_unix_ns: u64) -> Vec<Frame> {
    let vantage_of = |interface| vantages.iter().position(|vantage| vantage.interfaces.contains(&interface));
    let places: Vec<_> = (0..capture.interfaces.len()).map(vantage_of).collect();
    let framed = capture.packets.iter().filter_map(|packet| {
        let vantage = places.get(packet.interface).copied().flatten()?;
        Some(frame(packet, vantage, began_unix_ns))
    });
    framed.collect()
}

fn manifest(path: &Path, began_unix_ns: u64, vantages: &[Vantage], frames: &[Frame]) -> Result<Manifest, RecordError> {
    let (client, server) = endpoints(vantages, frames)?;
    Ok(Manifest {
        version: VERSION,
        name: path.display().to_string(),
        began_unix_ns,
        clock: ClockKind::Capture,
        kernel: Kernel { release: String::new(), hz: LIKELY_HZ, phase: None },
        nodes: Vec::new(),
        vantages: vantages.iter().map(|vantage| vantage.plan.clone()).collect(),
        links: vantages.iter().map(|vantage| vantage.interface.link).collect(),
        copies: false,
        client,
        server,
        further: Vec::new(),
    })
}

impl Vantage {
    pub(super) fn link(&self) -> crate::wire::LinkType {
        self.interface.link
    }
}

/// How the capture came to its end, or did not.
fn events(capture: &Capture, vantages: &[Vantage], frames: &[Frame]) -> Vec<Event> {
    let at = frames.iter().map(|frame| frame.at).max().unwrap_or(LabTime::ZERO);
    let mut events = Vec::new();
    for (vantage, place) in vantages.iter().enumerate() {
        let kind = match capture.flaw {
            Some(flaw) => {
                let error = format!("octet {}: {}", flaw.offset, flaw.reason);
                EventKind::CaptureFailed { vantage, error }
            }
            None => ended(capture, vantage, place, frames),
        };
        events.push(Event::new(at, kind));
    }
    if capture.flaw.is_none() {
        events.push(Event::new(at, EventKind::Ended { reason: EndReason::Complete }));
    }
    events
}

fn ended(capture: &Capture, vantage: usize, place: &Vantage, frames: &[Frame]) -> EventKind {
    let received = frames.iter().filter(|frame| frame.vantage == vantage).count();
    let interfaces = place.interfaces.iter().filter_map(|index| capture.interfaces.get(*index));
    let dropped = interfaces.map(|interface| interface.dropped).fold(0, u64::saturating_add);
    EventKind::CaptureEnded { vantage, received: u64::try_from(received).unwrap_or(u64::MAX), dropped }
}
