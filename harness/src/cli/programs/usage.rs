use crate::name::SocketOption;

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misuse {
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("`{0}` is one argument too many")]
    Excess(String),
    #[error("there is no option `{0}`")]
    Unknown(String),
    #[error("option `{0}` has no value")]
    NoValue(String),
    #[error("`{text}` is no value for {option}: it takes {least} to {most}")]
    Range { option: &'static str, text: String, least: i64, most: i64 },
    #[error("`{0}` is no ADDRESS:PORT, such as 192.0.2.1:5050 or [2001:db8::1]:5050")]
    Address(String),
    #[error("`{0}` is no port: it takes 0 to 65535")]
    Port(String),
}

/// Reads the value of a socket option, in the range that the kernel takes.
///
/// # Errors
/// No number, or out of the range.
pub(super) fn value(option: &'static str, text: &str) -> Result<u32, Misuse> {
    let (least, most) = SocketOption::find(option).map_or((0, i64::from(u32::MAX)), |found| (found.least, found.most));
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    let misuse = || Misuse::Range { option, text: text.to_owned(), least, most };
    number.and_then(|number| u32::try_from(number).ok()).ok_or_else(misuse)
}
