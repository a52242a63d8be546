use super::{Capture, pcap, pcapng};

/// Reads a capture file's octets: pcapng, or pcap in either resolution and byte order.
///
/// # Errors
/// Why this is no capture. A capture that is broken further on is no error: it is read
/// as far as it goes, and says where it broke.
pub(in crate::record) fn read(file: &[u8]) -> Result<Capture<'_>, String> {
    let Some(magic) = file.first_chunk::<4>() else {
        return Err(match file {
            [] => "it is empty".to_owned(),
            _ => format!("{} octets are no capture", file.len()),
        });
    };
    match magic {
        [0x0a, 0x0d, 0x0d, 0x0a] => pcapng::read(file),
        [0x1f, 0x8b, ..] => Err(packed("gzip")),
        [0x28, 0xb5, 0x2f, 0xfd] => Err(packed("zstd")),
        [0xfd, b'7', b'z', b'X'] => Err(packed("xz")),
        _ => pcap::read(file).ok_or_else(|| format!("it is neither pcap nor pcapng: it begins with {magic:02x?}"))?,
    }
}

fn packed(program: &str) -> String {
    format!("it is compressed; unpack it with {program} -d first")
}
