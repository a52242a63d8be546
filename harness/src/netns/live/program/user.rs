use nix::unistd::{Gid, Uid, User, getgrouplist};
use std::env;
use std::ffi::CString;
use std::fs;

/// Whom a program runs as, with all that getting there needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) groups: Vec<u32>,
    pub(super) name: String,
    pub(super) home: String,
}

/// The user who called sudo(8); none where the program runs as the caller: no root, no
/// sudo, or root of a user namespace, where other users don't exist.
///
/// # Errors
/// The user's number, and why it can't be.
pub(super) fn who_called() -> Result<Option<Login>, (u32, String)> {
    if !Uid::effective().is_root() || !in_first_user_namespace() {
        return Ok(None);
    }
    match (number("SUDO_UID"), number("SUDO_GID")) {
        (Some(uid), Some(gid)) if uid != 0 => login(uid, gid).map(Some).map_err(|reason| (uid, reason)),
        _ => Ok(None),
    }
}

fn number(variable: &str) -> Option<u32> {
    env::var(variable).ok()?.parse().ok()
}

/// user_namespaces(7): only there all numbers map to themselves.
fn in_first_user_namespace() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

fn login(uid: u32, gid: u32) -> Result<Login, String> {
    let user = User::from_uid(Uid::from_raw(uid)).map_err(|errno| errno.to_string())?.ok_or("no such user")?;
    let name = CString::new(user.name.as_str()).map_err(|error| error.to_string())?;
    let groups = getgrouplist(&name, Gid::from_raw(gid)).map_err(|errno| errno.to_string())?;
    Ok(Login {
        uid,
        gid,
        groups: groups.into_iter().map(Gid::as_raw).collect(),
        name: user.name,
        home: user.dir.to_string_lossy().into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_groups_and_a_home() {
        let nobody = User::from_name("nobody").unwrap().unwrap();
        let login = login(nobody.uid.as_raw(), nobody.gid.as_raw()).unwrap();
        assert_eq!((login.name.as_str(), login.uid), ("nobody", nobody.uid.as_raw()));
        assert!(login.groups.contains(&nobody.gid.as_raw()));
        assert!(!login.home.is_empty());
    }

    #[test]
    fn a_number_without_a_user_is_refused() {
        assert_eq!(super::login(4_000_000_001, 1), Err("no such user".to_owned()));
    }
}
