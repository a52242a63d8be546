use super::error::{Error, kernel};
use crate::name::NodeName;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Sets a sysctl of the calling thread's namespace, which is that of `node`. Under
/// /proc/sys/net everyone sees his own namespace's values (network_namespaces(7)).
///
/// # Errors
/// The key is none of a network namespace's own, or the kernel refused: ENOENT (not in a
/// namespace, or not in this kernel), EINVAL (the value), EACCES (read-only there).
pub(crate) fn write(node: &NodeName, key: &str, value: &str) -> Result<(), Error> {
    let path = path(node, key)?;
    let mut file = OpenOptions::new().write(true).open(path).map_err(kernel("open sysctl", key, node))?;
    // All at once: the kernel takes each write(2) for a whole value.
    file.write_all(value.as_bytes()).map_err(kernel("set sysctl", &format!("{key} to `{value}`"), node))
}

/// Only `net.` belongs to a network namespace: any other would be the whole machine's.
fn path(node: &NodeName, key: &str) -> Result<PathBuf, Error> {
    let plain = |part: &str| !part.is_empty() && !part.contains('/');
    if !key.starts_with("net.") || !key.split('.').all(plain) {
        let why = "only names that begin with `net.` belong to a node".to_owned();
        return Err(Error::Refused { operation: "use sysctl", object: key.to_owned(), node: node.clone(), why });
    }
    Ok(PathBuf::from("/proc/sys").join(key.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(key: &str) -> Result<PathBuf, Error> {
        path(&NodeName::new("a").unwrap(), key)
    }

    #[test]
    fn dots_part_folders() {
        assert_eq!(
            path_of("net.ipv4.conf.to-b.forwarding").unwrap(),
            PathBuf::from("/proc/sys/net/ipv4/conf/to-b/forwarding")
        );
    }

    #[test]
    fn the_machines_own_are_refused() {
        for key in ["kernel.panic", "net..ipv4", "net./../kernel", "net.ipv4.", ""] {
            assert!(path_of(key).is_err(), "{key}");
        }
    }
}
