use super::error::{Error, errno};
use super::model::Privilege;
use crate::name::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use std::fs;
use std::io;

/// CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN (include/uapi/linux/capability.h).
const NEEDED: [u32; 3] = [12, 13, 21];

/// Gets the privileges that a lab needs: those there are, or those of root in a new
/// user namespace (user_namespaces(7)), which this process then stays in, together
/// with an empty network namespace. Call it before any thread exists.
///
/// # Errors
/// The system allows neither; with the command that would change that.
pub fn enter() -> Result<Privilege, Error> {
    if privileged() {
        return Ok(Privilege::Own);
    }
    let (user, group) = (geteuid(), getegid());
    // Both at once: systems that let anyone have the former deny the latter in it.
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).map_err(|error| denied(Errno(error as i32)))?;
    // Without this the group map may not be written (user_namespaces(7)).
    map("setgroups", "deny")?;
    map("uid_map", &format!("0 {user} 1"))?;
    map("gid_map", &format!("0 {group} 1"))?;
    Ok(Privilege::UserNamespace)
}

fn map(file: &str, text: &str) -> Result<(), Error> {
    let written = fs::write(format!("/proc/self/{file}"), text);
    written.map_err(|error: io::Error| denied(errno(&error)))
}

/// Whether this process has the capabilities that a lab needs.
pub(crate) fn privileged() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
    NEEDED.iter().all(|capability| bits & (1 << capability) != 0)
}

fn denied(errno: Errno) -> Error {
    let (why, remedy) = diagnose(errno, |path| fs::read_to_string(path).ok());
    Error::Privilege { why, remedy }
}

/// What stands in the way of a user namespace, by what /proc says, and what removes it.
fn diagnose(errno: Errno, read: impl Fn(&str) -> Option<String>) -> (String, String) {
    let says = |path: &str, value: &str| read(&format!("/proc/sys/{path}")).is_some_and(|text| text.trim() == value);
    let sysctl = |setting: &str| format!("run `sudo sysctl -w {setting}`, or deadpeer by sudo");
    let (why, remedy) = if errno.0 == libc::EINVAL {
        ("this process already has threads", "run deadpeer by sudo".to_owned())
    } else if says("kernel/unprivileged_userns_clone", "0") {
        ("only root may have user namespaces here", sysctl("kernel.unprivileged_userns_clone=1"))
    } else if says("user/max_user_namespaces", "0") {
        ("user namespaces are switched off here", sysctl("user.max_user_namespaces=10000"))
    } else if says("user/max_net_namespaces", "0") {
        ("network namespaces are switched off here", sysctl("user.max_net_namespaces=10000"))
    } else if says("kernel/apparmor_restrict_unprivileged_userns", "1") {
        (
            "AppArmor keeps user namespaces from having privileges here",
            sysctl("kernel.apparmor_restrict_unprivileged_userns=0"),
        )
    } else {
        (
            "the system denies user namespaces",
            "run `sudo deadpeer ...`; in a container, give it CAP_SYS_ADMIN and CAP_NET_ADMIN".to_owned(),
        )
    };
    (format!("{why} ({errno})"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(errno: i32, file: &str, text: &str) -> String {
        let read = |path: &str| (path == format!("/proc/sys/{file}")).then(|| text.to_owned());
        diagnose(Errno(errno), read).1
    }

    #[test]
    fn the_remedy_is_for_what_stands_in_the_way() {
        let cases = [
            ("kernel/unprivileged_userns_clone", "0\n", "kernel.unprivileged_userns_clone=1"),
            ("user/max_user_namespaces", "0\n", "user.max_user_namespaces"),
            ("user/max_net_namespaces", "0\n", "user.max_net_namespaces"),
            ("kernel/apparmor_restrict_unprivileged_userns", "1\n", "kernel.apparmor_restrict_unprivileged_userns=0"),
        ];
        for (file, text, expected) in cases {
            let remedy = remedy(libc::EPERM, file, text);
            assert!(remedy.contains(expected), "{file}: {remedy}");
        }
    }

    #[test]
    fn what_allows_them_is_no_reason() {
        for (file, text) in
            [("kernel/unprivileged_userns_clone", "1\n"), ("kernel/apparmor_restrict_unprivileged_userns", "0\n")]
        {
            assert!(remedy(libc::EPERM, file, text).starts_with("run `sudo deadpeer"));
        }
        assert_eq!(remedy(libc::EINVAL, "user/max_user_namespaces", "0"), "run deadpeer by sudo");
    }
}
