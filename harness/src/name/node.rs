use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest node name: with `to-` before it, an interface name of 15 octets
/// (IFNAMSIZ less its NUL, netdevice(7)).
pub(super) const MAX_NODE_NAME: usize = 12;

/// A node's name: a lower-case letter, then lower-case letters, digits or `-`.
///
/// Held in place, filled up with zeros, which sorts as the text does: every segment of a
/// long record names two.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName([u8; MAX_NODE_NAME]);

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
        let mut name = [0; MAX_NODE_NAME];
        let Some(place) = name.get_mut(..text.len()) else {
            return Err(NameError::TooLong(text.to_owned()));
        };
        if RESERVED.contains(&text) {
            return Err(NameError::Reserved(text.to_owned()));
        }
        place.copy_from_slice(text.as_bytes());
        Ok(Self(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|octet| *octet == 0).unwrap_or(MAX_NODE_NAME);
        self.0.get(..len).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeName").field(&self.as_str()).finish()
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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
        name.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_and_print_as_their_text() {
        let texts = ["a", "a-b", "a1", "ab", "b", "ba", "twelve-chars"];
        let names = texts.map(|text| NodeName::new(text).unwrap());
        assert!(names.is_sorted() && texts.is_sorted());
        assert_eq!(names.each_ref().map(NodeName::as_str), texts);
        assert_eq!(format!("{:?} {:>3}", names[0], names[3]), "NodeName(\"a\")  ab");
    }
}
