use crate::name::Side;
use crate::netns::live::clock::Clock;
use crate::netns::live::sink::Sink;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

/// A longer line is told in parts.
const LONGEST: usize = 16 << 10;

/// Tells every line of one of the program's outputs, at the time its end was read.
pub(super) async fn follow(mut from: pipe::Receiver, side: Side, clock: Clock, sink: Sink) {
    let mut rest = Vec::new();
    let tell = |line: &[u8]| {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
        drop(sink.send(Happening::Event(Event::new(clock.now(), EventKind::Printed { side, line }))));
    };
    let mut buffer = vec![0; LONGEST];
    while let Ok(octets @ 1..) = from.read(&mut buffer).await {
        rest.extend_from_slice(buffer.get(..octets).unwrap_or_default());
        while let Some(end) = rest.iter().position(|&octet| octet == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            tell(line.strip_suffix(b"\n").unwrap_or(&line));
        }
        if rest.len() >= LONGEST {
            tell(&std::mem::take(&mut rest));
        }
    }
    if !rest.is_empty() {
        tell(&rest);
    }
}
