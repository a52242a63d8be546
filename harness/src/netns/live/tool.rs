use super::error::{Error, kernel};
use crate::name::NodeName;
use nix::sys::memfd::{MFdFlags, memfd_create};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tokio::process::Command;

/// Where programs lie that need root, and that a user's PATH may lack.
const MORE_FOLDERS: [&str; 4] = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"];

/// The first program of this name in PATH or the folders of the system's own.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(MORE_FOLDERS.map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Runs a short-lived program in the namespace of the calling thread, which is that of
/// `node`, with `input` as its standard input; gives what it printed.
///
/// # Errors
/// It could not be started, or ended with anything but 0; with what it said then.
pub(crate) async fn run(node: &NodeName, program: &Path, arguments: &[&str], input: &str) -> Result<String, Error> {
    let object = program.display().to_string();
    let output = spawn(program, arguments, input).map_err(kernel("start", &object, node))?;
    let output = output.wait_with_output().await.map_err(kernel("await", &object, node))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Tool {
        tool: line(program, arguments),
        node: node.clone(),
        status: output.status.to_string(),
        stderr: said(&output),
    })
}

fn spawn(program: &Path, arguments: &[&str], input: &str) -> io::Result<tokio::process::Child> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(file(input)?).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // Nothing is asked for that must be done between fork(2) and execve(2), not even
    // PR_SET_PDEATHSIG: the standard library then calls posix_spawn(3), which does not copy
    // the page tables of all the captures' rings. Of 64 labs that was half the work.
    command.spawn()
}

/// A text as a file in memory: unlike a pipe it takes any length at once.
fn file(text: &str) -> io::Result<Stdio> {
    let mut file = File::from(memfd_create("input", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file.into())
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

fn line(program: &Path, arguments: &[&str]) -> String {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    [&[name.as_ref()], arguments].concat().join(" ")
}
