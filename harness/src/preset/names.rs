use super::{Build, MIDDLEBOXES, Middlebox, PROGRAMS, Program};
use crate::name::nearest;

/// The middlebox of this name, whether it can be built or not.
#[must_use]
pub fn middlebox(name: &str) -> Option<&'static Middlebox> {
    MIDDLEBOXES.iter().find(|known| known.name == name)
}

/// The program of this name.
#[must_use]
pub fn program(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|known| known.name == name)
}

/// The names of all programs.
pub const PROGRAM_NAMES: [&str; PROGRAMS.len()] = {
    let mut names = [""; PROGRAMS.len()];
    let mut at = 0;
    while at < PROGRAMS.len() {
        names[at] = PROGRAMS[at].name;
        at += 1;
    }
    names
};

const BUILDABLE: usize = {
    let (mut count, mut at) = (0, 0);
    while at < MIDDLEBOXES.len() {
        if matches!(MIDDLEBOXES[at].build, Build::Lab) {
            count += 1;
        }
        at += 1;
    }
    count
};

/// The names of the middleboxes that the lab can build.
pub const BUILDABLE_NAMES: [&str; BUILDABLE] = {
    let mut names = [""; BUILDABLE];
    let (mut to, mut at) = (0, 0);
    while at < MIDDLEBOXES.len() {
        if matches!(MIDDLEBOXES[at].build, Build::Lab) {
            names[to] = MIDDLEBOXES[at].name;
            to += 1;
        }
        at += 1;
    }
    names
};

/// The known names that `word` may mean: those that hold it, or begin as it does, or
/// differ by a slip of the pen. At most four.
#[must_use]
pub fn alike(word: &str, known: &[&'static str]) -> Vec<&'static str> {
    let first = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
    let kin = |name: &str| word.len() > 1 && (name.contains(word) || first(name) == first(word));
    let near = nearest(word, known.iter().copied());
    let others = known.iter().copied().filter(|name| kin(name) && Some(*name) != near);
    near.into_iter().chain(others).take(4).collect()
}
