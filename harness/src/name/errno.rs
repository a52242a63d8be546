use serde::{Deserialize, Serialize};
use std::fmt;

/// An error number, named as in errno(3). Numbers are Linux's generic ones
/// (include/uapi/asm-generic/errno.h), so that a record reads the same anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Errno(pub i32);

/// Those a socket call can meet, and a few that name a lack of privilege or kernel.
const NAMES: [(i32, &str); 26] = [
    (1, "EPERM"),
    (2, "ENOENT"),
    (4, "EINTR"),
    (11, "EAGAIN"),
    (12, "ENOMEM"),
    (13, "EACCES"),
    (16, "EBUSY"),
    (17, "EEXIST"),
    (19, "ENODEV"),
    (22, "EINVAL"),
    (32, "EPIPE"),
    (71, "EPROTO"),
    (92, "ENOPROTOOPT"),
    (95, "EOPNOTSUPP"),
    (98, "EADDRINUSE"),
    (99, "EADDRNOTAVAIL"),
    (100, "ENETDOWN"),
    (101, "ENETUNREACH"),
    (102, "ENETRESET"),
    (103, "ECONNABORTED"),
    (104, "ECONNRESET"),
    (107, "ENOTCONN"),
    (110, "ETIMEDOUT"),
    (111, "ECONNREFUSED"),
    (112, "EHOSTDOWN"),
    (113, "EHOSTUNREACH"),
];

impl Errno {
    /// The number that `name` stands for, if known here.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(number, _)| Self(*number))
    }

    /// All known names, for suggestions.
    pub fn all() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(number, _)| *number == self.0) {
            Some((_, name)) => f.pad(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl From<Errno> for String {
    fn from(errno: Errno) -> Self {
        errno.to_string()
    }
}

impl TryFrom<String> for Errno {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let numbered = text.strip_prefix("errno ").and_then(|n| n.parse().ok()).map(Self);
        Self::parse(&text).or(numbered).ok_or_else(|| format!("unknown errno `{text}`"))
    }
}
