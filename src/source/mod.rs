//! Texts, and places in them: files, spans, lines, and the suggestion of a name that was nearly right.

pub mod lines;
pub mod span;
pub mod suggest;

pub use span::{FileId, Span, Spanned};

use lines::Lines;

/// One text that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path as the user would write it, with `/`.
    pub path: String,
    /// Its whole content.
    pub text: String,
    /// Where its lines start.
    pub lines: Lines,
}

/// All texts of one run; a [`FileId`] is an index into it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        self.files.push(SourceFile { path: path.into(), lines: Lines::of(&text), text });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The text of an id that [`Sources::add`] gave.
    #[must_use]
    pub fn get(&self, file: FileId) -> &SourceFile {
        &self.files[file.0 as usize]
    }

    /// All texts, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// The text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of the start of a span, both from 1, columns in characters.
    #[must_use]
    pub fn position(&self, span: Span) -> (usize, usize) {
        let file = self.get(span.file);
        file.lines.position(&file.text, span.start as usize)
    }

    /// `path:line:column` of the start of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.position(span);
        format!("{}:{line}:{column}", self.get(span.file).path)
    }
}

/// Where texts come from: the disk, an editor, a git revision, a test. Paths use `/`.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>>;

    /// The paths of all files below a directory, sorted.
    fn list(&self, directory: &str) -> std::io::Result<Vec<String>>;
}
