//! deadpeer's own faults: told shortly, with what a report needs, and never taken for a
//! result.

use super::exit::Exit;
use super::say::say;
use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static FAULT: AtomicBool = AtomicBool::new(false);
static EVIDENCE: OnceLock<PathBuf> = OnceLock::new();

/// Where the evidence of this process's runs lies, to be named with a fault.
pub(super) fn evidence_in(folder: &Path) {
    let _ = EVIDENCE.set(folder.to_owned());
}

/// Does `work`, and gives [`Exit::Internal`] whenever anything of this process panicked
/// meanwhile, in whatever thread.
pub(super) fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        FAULT.store(true, Ordering::SeqCst);
        say(&message(info, EVIDENCE.get().map(PathBuf::as_path)));
    }));
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(before);
    match done {
        Ok(exit) if !FAULT.load(Ordering::SeqCst) => exit,
        _ => Exit::Internal,
    }
}

fn message(info: &PanicHookInfo<'_>, evidence: Option<&Path>) -> String {
    let place = info.location().map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
    let words = info.payload_as_str().unwrap_or("it gave no reason");
    // Only with RUST_BACKTRACE set; std's own words for one switched off help nobody.
    let trace = Backtrace::capture();
    let trace = match trace.status() {
        std::backtrace::BacktraceStatus::Captured => format!("\n{trace}"),
        _ => String::new(),
    };
    report(words, &place, evidence) + &trace
}

fn report(words: &str, place: &str, evidence: Option<&Path>) -> String {
    let evidence = evidence.map_or_else(String::new, |folder| format!(", and what is in {}", folder.display()));
    format!(
        "error: deadpeer itself failed: {words}{place}\n\
         This is a bug, and says nothing about what was tested. Please report it: this message, the \
         scenario{evidence}. This is deadpeer {}.",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test for both: what panicked is remembered for the whole process.
    #[test]
    fn a_panic_in_any_thread_is_an_own_fault() {
        assert_eq!(guarded(|| Exit::Failed), Exit::Failed);
        let elsewhere = || {
            let _ = std::thread::spawn(|| panic!("in a thread")).join();
            Exit::Passed
        };
        assert_eq!(guarded(elsewhere), Exit::Internal);
        FAULT.store(false, Ordering::SeqCst);
        assert_eq!(guarded(|| panic!("here")), Exit::Internal);
        FAULT.store(false, Ordering::SeqCst);
    }

    #[test]
    fn the_message_asks_for_what_a_report_needs() {
        let text = report("index out of bounds", " (src/x.rs:7)", Some(Path::new("deadpeer-out")));
        assert!(text.starts_with("error: deadpeer itself failed: index out of bounds (src/x.rs:7)\n"), "{text}");
        assert!(text.contains("report it") && text.contains("in deadpeer-out"), "{text}");
        assert!(!report("x", "", None).contains("what is in"));
    }
}
