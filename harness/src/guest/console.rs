use std::fs;
use std::path::Path;

/// So many of the last lines tell enough.
const LINES: usize = 12;

/// The last lines of the guest's console, for the end of a message; empty if there are none.
pub(super) fn tail(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return String::new();
    }
    let last = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    format!("; its console says:\n    {}", last.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_and_silence_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("console");
        assert_eq!(tail(&path), "");
        fs::write(&path, (0..20).map(|n| format!("line {n}\r\n\n")).collect::<String>()).unwrap();
        let told = tail(&path);
        assert!(told.contains("line 19") && told.contains("line 8") && !told.contains("line 7"), "{told}");
    }
}
