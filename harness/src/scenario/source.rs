use std::ops::Deref;
use std::sync::Arc;

/// A place in a file: 1-based line and column (in characters), and octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    /// Octets from the start of the file.
    pub offset: usize,
    /// Octets covered.
    pub len: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The file that a scenario was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As the user gave it, for messages.
    pub path: String,
    pub text: Arc<str>,
}

/// One thing that is wrong with a file: where, what, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub span: Span,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}
