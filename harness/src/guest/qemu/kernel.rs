use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// The places of the setup header's fields (Documentation/arch/x86/boot.rst).
const SETUP_SECTORS: usize = 0x1f1;
const MAGIC: usize = 0x202;
const VERSION: usize = 0x20e;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;
const SECTOR: usize = 512;
/// Where the version's offset counts from.
const VERSION_FROM: usize = 0x200;

/// How an archive begins, and the program that unpacks it.
const UNPACKERS: [(&[u8], &str); 4] =
    [(b"\xfd7zXZ", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x1f\x8b", "gzip"), (b"\x02\x21\x4c\x18", "lz4")];

/// The name and type of the ELF note with the entry point that QEMU starts an unpacked
/// kernel at (xen/interface/elfnote.h, `XEN_ELFNOTE_PHYS32_ENTRY`).
const ENTRY_NOTE: &[u8] = b"\x12\0\0\0Xen\0";

/// A kernel for PCs, as its file has it.
pub(in crate::guest) struct Image(Vec<u8>);

impl Image {
    /// # Errors
    /// It can't be read, or is no such kernel.
    pub(in crate::guest) fn read(path: &Path) -> io::Result<Self> {
        let image = Self(fs::read(path)?);
        if image.release().is_some() {
            return Ok(image);
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, "it is no Linux kernel for x86"))
    }

    /// uname(2)'s release.
    pub(in crate::guest) fn release(&self) -> Option<String> {
        (self.0.get(MAGIC..MAGIC + 4)? == b"HdrS").then_some(())?;
        let at = self.0.get(VERSION..VERSION + 2)?;
        let at = usize::from(u16::from_le_bytes(at.try_into().ok()?)) + VERSION_FROM;
        let text = self.0.get(at..)?.split(|octet| *octet == 0).next()?;
        std::str::from_utf8(text).ok()?.split_whitespace().next().map(str::to_owned)
    }

    /// Writes it unpacked, if QEMU can start it so, which saves the guest some seconds of
    /// unpacking it by itself; else as it is.
    ///
    /// # Errors
    /// The file can't be written.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, self.unpacked().as_ref().unwrap_or(&self.0))
    }

    fn unpacked(&self) -> Option<Vec<u8>> {
        let payload = self.payload()?;
        let (_, program) = UNPACKERS.iter().find(|(magic, _)| payload.starts_with(magic))?;
        let kernel = unpack(program, payload).ok()?;
        // The last four octets are its length: the unpacker may have stopped early.
        let length = u32::from_le_bytes(payload.last_chunk().copied()?);
        let startable = kernel.windows(ENTRY_NOTE.len()).any(|octets| octets == ENTRY_NOTE);
        (u64::from(length) == kernel.len() as u64 && startable).then_some(kernel)
    }

    fn payload(&self) -> Option<&[u8]> {
        let setup = (usize::from(*self.0.get(SETUP_SECTORS)?) + 1) * SECTOR;
        let begin = setup + self.number(PAYLOAD_OFFSET)?;
        self.0.get(begin..begin.checked_add(self.number(PAYLOAD_LENGTH)?)?)
    }

    fn number(&self, at: usize) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.0.get(at..at + 4)?.try_into().ok()?)).ok()
    }
}

/// What a program makes of `octets`, whatever it says of octets that follow the archive.
fn unpack(program: &str, octets: &[u8]) -> io::Result<Vec<u8>> {
    let mut input = tempfile()?;
    input.write_all(octets)?;
    input.rewind()?;
    let mut command = Command::new(program);
    command.arg("-dc").stdin(input).stderr(Stdio::null());
    Ok(command.output()?.stdout)
}

/// One in memory, without a name.
fn tempfile() -> io::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    Ok(File::from(memfd_create("kernel", MFdFlags::MFD_CLOEXEC)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kernel of this content, compressed by gzip.
    fn image(content: &[u8]) -> Image {
        let mut file = tempfile().unwrap();
        file.write_all(content).unwrap();
        file.rewind().unwrap();
        let packed = Command::new("gzip").arg("-c").stdin(file).output().unwrap().stdout;
        let mut octets = vec![0; 0x600];
        octets[SETUP_SECTORS] = 1;
        octets[MAGIC..MAGIC + 4].copy_from_slice(b"HdrS");
        octets[VERSION..VERSION + 2].copy_from_slice(&0x100_u16.to_le_bytes());
        octets[0x300..0x314].copy_from_slice(b"6.1.0-9-amd64 (who@)");
        octets[PAYLOAD_OFFSET..PAYLOAD_OFFSET + 4].copy_from_slice(&0x200_u32.to_le_bytes());
        let length = u32::try_from(packed.len()).unwrap();
        octets[PAYLOAD_LENGTH..PAYLOAD_LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        octets.extend(packed);
        Image(octets)
    }

    #[test]
    fn the_release_stands_where_the_header_says() {
        let image = image(b"");
        assert_eq!(image.release().as_deref(), Some("6.1.0-9-amd64"));
        for length in [0, 0x203, 0x20f, 0x2ff] {
            assert_eq!(Image(image.0[..length].to_vec()).release(), None, "{length}");
        }
        let mut other = image;
        other.0[MAGIC] = b'X';
        assert_eq!(other.release(), None);
    }

    #[test]
    fn only_what_is_whole_and_can_be_started_is_unpacked() {
        let content = [&[7; 5000][..], ENTRY_NOTE].concat();
        let whole = image(&content);
        assert_eq!(whole.unpacked(), Some(content));
        for cut in 1..9 {
            let short = Image(whole.0[..whole.0.len() - cut].to_vec());
            assert_eq!(short.unpacked(), None, "{cut}");
        }
        assert_eq!(image(&[7; 5000]).unpacked(), None);
    }
}
