use crate::name::Errno;
use std::fmt;
use std::io::{self, Read};

/// How a connection ended, or why there is none.
#[derive(Debug)]
pub(super) enum Ending {
    /// The peer sent FIN, or the error was told to somebody else before.
    Closed,
    Failed(io::Error),
}

impl Ending {
    /// Reads until `stream` ends; what comes is thrown away.
    pub(super) fn of(stream: &mut impl Read) -> Self {
        match io::copy(stream, &mut io::sink()) {
            Ok(_) => Self::Closed,
            Err(error) => Self::Failed(error),
        }
    }
}

/// `closed by the peer`, or as [`Named`] has it.
impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed by the peer"),
            Self::Failed(error) => Named(error).fmt(f),
        }
    }
}

/// An error by name and text: `ETIMEDOUT (Connection timed out)`.
pub(super) struct Named<'a>(pub &'a io::Error);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let Some(number) = self.0.raw_os_error() else { return f.write_str(&text) };
        let text = text.trim_end_matches(&format!(" (os error {number})"));
        write!(f, "{} ({text})", Errno(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_their_name_and_text() {
        let shown = |number| Named(&io::Error::from_raw_os_error(number)).to_string();
        assert_eq!(shown(110), "ETIMEDOUT (Connection timed out)");
        assert_eq!(shown(104), "ECONNRESET (Connection reset by peer)");
        assert_eq!(shown(24), "errno 24 (Too many open files)");
        assert_eq!(Named(&io::Error::other("no number")).to_string(), "no number");
    }

    #[test]
    fn data_is_no_ending() {
        let mut stream: &[u8] = b"some data";
        assert!(matches!(Ending::of(&mut stream), Ending::Closed));
        assert_eq!(stream, b"");
    }
}
