use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared libraries that a program is linked with, as the dynamic loader finds them,
/// itself among them; none for one that needs none, such as a script.
///
/// # Errors
/// ldd(1) can't be run, or a library is not found.
pub(super) fn of(program: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let output = Command::new("ldd").arg(program).env("LC_ALL", "C").output()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// Lines such as `libc.so.6 => /lib/libc.so.6 (0x7f..)` and `/lib64/ld-linux.so.2 (0x7f..)`.
fn parse(text: &str) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        let (name, rest) = line.split_once(" => ").unwrap_or(("", line));
        if rest == "not found" {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("its library {name} is not found")));
        }
        let path = rest.split(" (").next().unwrap_or_default();
        if path.starts_with('/') {
            found.insert(PathBuf::from(path));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_a_missing_library_is_told() {
        let text = "\tlinux-vdso.so.1 (0x7ffd)\n\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n\t/lib64/ld-linux.so.2 (0x7f)\n";
        assert_eq!(parse(text).unwrap(), ["/lib/libc.so.6", "/lib64/ld-linux.so.2"].map(PathBuf::from).into());
        assert!(parse("\tstatically linked\n").unwrap().is_empty());
        let error = parse("\tlibpcap.so.0.8 => not found\n").unwrap_err();
        assert!(error.to_string().contains("libpcap.so.0.8"), "{error}");
    }

    #[test]
    fn this_very_program_has_a_loader() {
        let own = std::env::current_exe().unwrap();
        assert!(of(&own).unwrap().iter().any(|path| path.to_string_lossy().contains("ld-")));
    }
}
