//! Runs without root, without the right to be it, and without the tools: they work, or
//! say what is lacking and what mends it, before anything starts. Each test changes only
//! namespaces of its own.
#![cfg(feature = "netns")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const DEADPEER: &str = env!("CARGO_BIN_EXE_deadpeer");
/// Any user but root.
const NOBODY: u32 = 65534;

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/article").join(name)
}

/// What all may reach: the program, some scenarios, and a home that is nobody's.
struct Place {
    folder: TempDir,
}

impl Place {
    /// None, with a word of it, where this is not root.
    fn new() -> Option<Self> {
        if !nix::unistd::geteuid().is_root() {
            eprintln!("skipped: only root can become nobody, or hide tools");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        open(folder.path());
        fs::copy(DEADPEER, folder.path().join("deadpeer")).unwrap();
        for name in ["peer-reboot", "nat-table-drop-loose", "dead-peer-drop", "dead-peer-drop-iptables"] {
            let file = format!("{name}.yaml");
            fs::copy(scenario(&file), folder.path().join(file)).unwrap();
        }
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
        Some(Self { folder })
    }

    /// `wrapper` and then deadpeer with `args`, in nobody's home.
    fn under(&self, wrapper: &[&str], args: &[&str]) -> Told {
        let home = self.folder.path().join("home");
        let program = self.folder.path().join("deadpeer");
        let (first, rest) = wrapper.split_first().unwrap();
        let mut command = Command::new(first);
        command.args(rest).arg(program).args(args).env("HOME", &home).current_dir(&home);
        Told::of(&command.output().unwrap())
    }

    /// As root, in a mount namespace in which programs of these names can't be found.
    fn hiding(&self, names: &[&str], args: &[&str]) -> Told {
        let folders = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin:/usr/local/sbin:/usr/bin";
        let hide = format!(
            "for folder in $(echo {folders} | tr : ' '); do for name in {}; do \
             if [ -f $folder/$name ]; then mount --bind /dev/null $folder/$name || exit 99; fi; done; done; exec \"$@\"",
            names.join(" ")
        );
        self.under(&["unshare", "--mount", "sh", "-c", &hide, "sh"], args)
    }

    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("home")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

fn open(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[derive(Debug)]
struct Told {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    fn of(output: &Output) -> Self {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        Self { status: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

const AS_NOBODY: [&str; 6] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

/// Whether this system lets nobody be root of a user namespace.
fn allowed() -> bool {
    let (program, rest) = AS_NOBODY.split_first().unwrap();
    let tried = Command::new(program).args(rest).args(["unshare", "--user", "--net", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn an_ordinary_user_just_runs_it() {
    let Some(place) = Place::new() else { return };
    if !allowed() {
        let told = place.under(&AS_NOBODY, &["run", "../peer-reboot.yaml"]);
        assert_eq!(told.status, Some(4), "{told:?}");
        return;
    }
    let told =
        place.under(&AS_NOBODY, &["run", "../peer-reboot.yaml", "../nat-table-drop-loose.yaml", "--out", "kept"]);
    assert_eq!(told.status, Some(0), "{told:?}");
    assert!(told.out.contains("2 passed"), "{told:?}");
    let record = place.folder.path().join("home/kept/peer-reboot/record.jsonl");
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(record).unwrap());
    assert_eq!(owner, NOBODY, "the evidence is the user's own");
    let told = place.under(&AS_NOBODY, &["doctor"]);
    assert_eq!(told.status, Some(0), "what can run is not called lacking: {told:?}");
}

#[test]
fn where_user_namespaces_are_off_the_command_that_mends_it_is_told() {
    let Some(place) = Place::new() else { return };
    // The limit is the new namespace's own; without capabilities its root is nobody.
    let deny = "echo 0 > /proc/sys/user/max_user_namespaces || exit 99; exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"";
    let wrapper = ["unshare", "--user", "--map-root-user", "sh", "-c", deny, "sh"];
    // Out of nobody's home, in which this root may write nothing.
    let out = tempfile::tempdir().unwrap();
    let out = out.path().to_str().unwrap();
    let told = place.under(&wrapper, &["run", "../peer-reboot.yaml", "--out", out]);
    if told.status == Some(99) || told.err.contains("unshare") {
        eprintln!("skipped: {}", told.err);
        return;
    }
    assert_eq!(told.status, Some(4), "{told:?}");
    assert!(told.err.starts_with("error: failed to get the privileges a lab needs: "), "{told:?}");
    assert!(told.err.contains("sudo sysctl -w user.max_user_namespaces="), "{told:?}");
    let told = place.under(&wrapper, &["doctor"]);
    assert_eq!(told.status, Some(4), "{told:?}");
    assert!(told.out.contains("mend it: run `sudo sysctl -w user.max_user_namespaces="), "{told:?}");
}

#[test]
fn without_a_packet_filter_what_needs_one_is_skipped() {
    let Some(place) = Place::new() else { return };
    let hidden = ["nft", "iptables-restore"];
    let told = place.hiding(&hidden, &["run", "../nat-table-drop-loose.yaml", "--out", "kept"]);
    assert_eq!(told.status, Some(4), "nothing ran: {told:?}");
    assert!(told.out.contains("neither nft nor iptables-restore in PATH, /usr/sbin or /sbin"), "{told:?}");
    assert!(told.out.contains("mend it: sudo apt-get install nftables"), "{told:?}");
    assert!(!place.folder.path().join("home/kept/nat-table-drop-loose").exists(), "{:?}", place.left());
    let both = ["run", "../nat-table-drop-loose.yaml", "../peer-reboot.yaml"];
    let told = place.hiding(&hidden, &both);
    assert_eq!(told.status, Some(0), "{told:?}");
    assert!(told.out.contains("1 passed, 0 failed, 0 inconclusive, 1 skipped"), "{told:?}");
    assert_eq!(place.hiding(&hidden, &[&both[..], &["--deny-skips"]].concat()).status, Some(4));
    let doctor = place.hiding(&hidden, &["doctor"]);
    assert!(doctor.out.contains("apt-get install nftables"), "{doctor:?}");
}

#[test]
fn either_packet_filter_is_enough() {
    let Some(place) = Place::new() else { return };
    let found =
        |name: &str| ["/usr/sbin", "/sbin", "/usr/bin"].iter().any(|folder| Path::new(folder).join(name).exists());
    if !found("nft") || !found("iptables-restore") {
        eprintln!("skipped: this machine has not both nft and iptables");
        return;
    }
    for hidden in ["nft", "iptables-restore"] {
        let told = place.hiding(&[hidden], &["run", "../dead-peer-drop.yaml"]);
        assert_eq!(told.status, Some(0), "without {hidden}: {told:?}");
    }
    let told = place.hiding(&["iptables-restore"], &["run", "../dead-peer-drop-iptables.yaml"]);
    assert_eq!(told.status, Some(4), "{told:?}");
    assert!(told.out.contains("no iptables-restore"), "{told:?}");
    assert!(told.out.contains("sudo apt-get install iptables"), "{told:?}");
}

#[test]
fn a_folder_that_nobody_may_write_is_told_with_the_remedy() {
    let Some(place) = Place::new() else { return };
    let told = place.under(&AS_NOBODY, &["run", "../peer-reboot.yaml", "--out", "../not-mine"]);
    assert_eq!(told.status, Some(2), "{told:?}");
    assert!(told.err.contains("can't be kept in ../not-mine: Permission denied"), "{told:?}");
    fs::set_permissions(place.folder.path().join("peer-reboot.yaml"), fs::Permissions::from_mode(0o600)).unwrap();
    let told = place.under(&AS_NOBODY, &["validate", "../peer-reboot.yaml"]);
    assert_eq!(told.status, Some(2), "{told:?}");
    assert!(told.err.contains("../peer-reboot.yaml: Permission denied"), "{told:?}");
}
