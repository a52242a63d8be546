use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest node name: with `to-` before it, an interface name of 15 octets
/// (IFNAMSIZ less its NUL, netdevice(7)).
pub(super) const MAX_NODE_NAME: usize = 12;

/// A node's name: a lower-case letter, then lower-case letters, digits or `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName(String);

/// Why a text is no node name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name can't be empty")]
    Empty,
    #[error("`{0}` is longer than {MAX_NODE_NAME} characters, too long for an interface name")]
    TooLong(String),
    #[error("`{0}` is no name: use a lower-case letter, then lower-case letters, digits or `-`")]
    Character(String),
    #[error("`{0}` already has another meaning in a scenario")]
    Reserved(String),
}

/// Words that an expectation line could not tell from a node.
const RESERVED: [&str; 4] = ["client", "server", "step", "quiet"];

impl NodeName {
    /// Checks `text`.
    ///
    /// # Errors
    /// Empty, too long, another character, or a reserved word.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let mut octets = text.bytes();
        let first = octets.next().ok_or(NameError::Empty)?;
        let valid =
            first.is_ascii_lowercase() && octets.all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-');
        if !valid {
            return Err(NameError::Character(text.to_owned()));
        }
        if text.len() > MAX_NODE_NAME {
            return Err(NameError::TooLong(text.to_owned()));
        }
        if RESERVED.contains(&text) {
            return Err(NameError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for NodeName {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(&text)
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0
    }
}
