use crate::guest::folder::Folder;
use std::fs::File;
use std::io;
use tar::Archive;

/// Puts what the guest sent where the user-mode port would have written it. An archive that
/// breaks off gives what was whole.
///
/// # Errors
/// There is no archive, or a file can't be written.
pub(in crate::guest) fn unpack(folder: &Folder) -> io::Result<()> {
    let file = File::open(folder.archive())?;
    let length = file.metadata()?.len();
    let mut archive = Archive::new(file);
    for entry in archive.entries()? {
        // What follows a broken header can't be read.
        let Ok(mut entry) = entry else { return Ok(()) };
        if entry.raw_file_position().saturating_add(entry.size()) > length {
            return Ok(());
        }
        // Only below the folder, whatever the guest says.
        entry.unpack_in(folder.path())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn archive_of(folder: &Folder, names: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for name in names {
            let mut header = tar::Header::new_gnu();
            header.set_size(1000);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, &[7; 1000][..]).unwrap();
        }
        let octets = builder.into_inner().unwrap();
        fs::write(folder.archive(), &octets).unwrap();
        octets
    }

    #[test]
    fn what_came_whole_is_kept() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder(parent.path().to_owned());
        let octets = archive_of(&folder, &["booted", "records/0/events"]);
        unpack(&folder).unwrap();
        assert_eq!(fs::read(parent.path().join("records/0/events")).unwrap().len(), 1000);
        fs::remove_dir_all(folder.records()).unwrap();
        for length in [0, 100, 512, 700, 1600, 2000, 2100] {
            fs::remove_file(folder.booted()).ok();
            fs::write(folder.archive(), &octets[..length]).unwrap();
            unpack(&folder).unwrap();
            let whole = fs::read(folder.booted()).is_ok_and(|octets| octets.len() == 1000);
            assert_eq!(whole, length >= 1536, "{length}");
        }
    }
}
