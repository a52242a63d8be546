use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// Values by tshark's field names.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// The program's output, None if it is not installed.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: {program} is not installed, so nothing was compared with it");
            return None;
        }
        Err(error) => panic!("{program} can't be run: {error}"),
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// These fields of every frame in the file.
pub(crate) fn tshark<'a>(path: &Path, names: &[&'a str]) -> Option<Vec<BTreeMap<&'a str, String>>> {
    let path = path.to_str().unwrap();
    let mut arguments = vec!["-n", "-r", path, "-T", "fields", "-E", "separator=/t"];
    for preference in
        ["tcp.check_checksum:TRUE", "tcp.desegment_tcp_streams:FALSE", "tcp.relative_sequence_numbers:FALSE"]
    {
        arguments.extend(["-o", preference]);
    }
    arguments.extend(names.iter().flat_map(|name| ["-e", name]));
    let text = output("tshark", &arguments)?;
    let fields = |line: &str| names.iter().copied().zip(line.split('\t').map(str::to_owned)).collect();
    Some(text.lines().map(fields).collect())
}

/// Every frame as tcpdump prints it, with all numbers absolute and checksums verified.
pub(crate) fn tcpdump(path: &Path) -> Option<String> {
    let path = path.to_str().unwrap();
    let options = ["-nn", "-vv", "-S", "-tt", "--nano", "-r", path];
    output("tcpdump", &options)
}

/// Writes the capture again with tshark.
pub(crate) fn resave(from: &Path, to: &Path) -> Option<()> {
    let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
    output("tshark", &["-r", from, "-F", "pcapng", "-w", to]).map(|_| ())
}
