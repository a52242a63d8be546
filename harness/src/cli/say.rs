use std::error::Error;
use std::io::{self, Write};

/// Writes to standard error. A reader of it that went away is no reason to fail.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
}

/// An error and all that caused it, in one line, each told once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordError;
    use std::path::PathBuf;

    #[test]
    fn the_cause_is_told_once() {
        let source = io::Error::other("the disk is gone");
        let error = RecordError::Io { operation: "read", path: PathBuf::from("x"), source };
        assert_eq!(chain(&error), "read `x`: the disk is gone");
        assert_eq!(chain(&io::Error::other("the disk is gone")), "the disk is gone");
    }
}
