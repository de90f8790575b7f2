//! A root file and everything it imports, read and parsed: imported files first, each once.
//!
//! Paths are resolved by their text alone and may never step outside the base directory, not even to come back.

use super::damage::Damage;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Files, Sources, Span};
use crate::syntax::{self, ast};
use std::collections::{HashMap, VecDeque};
use std::io::{Error, ErrorKind};

/// A root and its imports.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The files, imported ones before those that import them; the root is the last.
    pub parsed: Vec<(FileId, ast::File)>,
    /// What is wrong with files, imports and syntax.
    pub diagnostics: Vec<Diagnostic>,
    /// What is missing because it could not be read.
    pub damage: Damage,
}

/// A file whose imports are being followed.
struct Visit {
    /// Its path inside the base directory.
    key: Vec<String>,
    file: FileId,
    tree: ast::File,
    /// The imports still to follow.
    imports: VecDeque<ast::Import>,
    /// The import that led here; the file's start for the root.
    via: Span,
}

/// Follows imports depth first, with its own stack: a long chain of files must not overflow the thread's.
struct Loader<'a> {
    sources: &'a mut Sources,
    files: &'a dyn Files,
    base: Vec<String>,
    absolute: bool,
    open: Vec<Visit>,
    /// Every file met so far; `true` while its imports are being followed.
    met: HashMap<Vec<String>, bool>,
    loaded: Loaded,
}

/// Reads the file at `path` and what it imports. Imports may not leave the directory `base`; a root outside of it
/// is held to its own directory.
#[must_use]
pub fn load(sources: &mut Sources, files: &dyn Files, path: &str, base: &str) -> Loaded {
    let (base, key) = split(path, base);
    let mut loader = Loader {
        sources,
        files,
        base,
        absolute: path.starts_with('/'),
        open: Vec::new(),
        met: HashMap::new(),
        loaded: Loaded::default(),
    };
    match files.read(path) {
        Ok(bytes) => loader.enter(key, path, bytes, None),
        Err(error) => loader.report_unreadable_root(path, &error),
    }
    loader.follow();
    loader.loaded
}

/// The base directory's parts, and the root's path inside of it.
fn split(path: &str, base: &str) -> (Vec<String>, Vec<String>) {
    let (path, base) = (parts(path), parts(base));
    match path.strip_prefix(base.as_slice()) {
        Some(inside) if inside.first().is_some_and(|part| part != "..") => (base.clone(), inside.to_vec()),
        _ => {
            let (directory, name) = path.split_at(path.len().saturating_sub(1));
            (directory.to_vec(), name.to_vec())
        }
    }
}

/// The parts of a path, without `.` and empty ones.
fn parts(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
}

impl Loader<'_> {
    fn follow(&mut self) {
        while let Some(visit) = self.open.last_mut() {
            match visit.imports.pop_front() {
                Some(import) => self.import(&import),
                None => self.leave(),
            }
        }
    }

    fn leave(&mut self) {
        if let Some(visit) = self.open.pop() {
            self.met.insert(visit.key, false);
            self.loaded.parsed.push((visit.file, visit.tree));
        }
    }

    fn import(&mut self, import: &ast::Import) {
        let Some(key) = self.resolve(import) else {
            self.loaded.damage.unread = true;
            return;
        };
        match self.met.get(&key) {
            Some(true) => self.report_cycle(&key, import),
            Some(false) => {}
            None => self.read(key, import),
        }
    }

    fn read(&mut self, key: Vec<String>, import: &ast::Import) {
        let path = self.path(&key);
        match self.files.read(&path) {
            Ok(bytes) => self.enter(key, &path, bytes, Some(import.path.span)),
            Err(error) => self.report_missing(&path, import, &error),
        }
    }

    /// The path by which a file is read and shown.
    fn path(&self, key: &[String]) -> String {
        let start = if self.absolute { "/" } else { "" };
        let parts: Vec<&str> = self.base.iter().chain(key).map(String::as_str).collect();
        format!("{start}{}", parts.join("/"))
    }

    /// The imported file's path inside the base, or a report.
    fn resolve(&mut self, import: &ast::Import) -> Option<Vec<String>> {
        let written = import.path.value.as_str();
        let drive = written.as_bytes().get(1) == Some(&b':');
        if written.starts_with(['/', '\\']) || drive {
            return self.refuse(import, format!("import path `{written}` is absolute"), "from this file's directory");
        }
        if written.contains('\\') {
            let help = format!("with slashes: `{}`", written.replace('\\', "/"));
            return self.refuse(import, format!("import path `{written}` has a backslash"), &help);
        }
        if parts(written).is_empty() {
            return self.refuse(import, "import path names no file".to_owned(), "from this file's directory");
        }
        let directory = self.open.last().map(|visit| visit.key.as_slice()).unwrap_or_default();
        let mut key = directory[..directory.len().saturating_sub(1)].to_vec();
        for part in parts(written) {
            if part != ".." {
                key.push(part);
            } else if key.pop().is_none() {
                let base = if self.base.is_empty() { ".".to_owned() } else { self.path(&[]) };
                let message = format!("import `{written}` leaves the directory `{base}`");
                return self.refuse(import, message, "of a file below it, or check the directory above");
            }
        }
        Some(key)
    }

    fn refuse<T>(&mut self, import: &ast::Import, message: String, how: &str) -> Option<T> {
        let help = format!("write the path {how}");
        self.loaded.diagnostics.push(Diagnostic::new(Code::BadImport, import.path.span, message).help(help));
        None
    }

    /// Takes in the bytes of a file; its imports are next.
    fn enter(&mut self, key: Vec<String>, path: &str, bytes: Vec<u8>, via: Option<Span>) {
        self.met.insert(key.clone(), true);
        let Some((file, text)) = self.decode(path, bytes, via) else {
            self.loaded.damage.unread = true;
            self.met.insert(key, false);
            return;
        };
        let parse = syntax::parse(file, &text);
        self.loaded.damage.unread |= parse.diagnostics.iter().any(|found| hides_names(found.code));
        self.loaded.damage.add(&parse.file, &text, &parse.diagnostics);
        self.loaded.diagnostics.extend(parse.diagnostics);
        let via = via.unwrap_or(Span { file, start: 0, end: 0 });
        let imports = parse.file.imports.iter().cloned().collect();
        self.open.push(Visit { key, file, tree: parse.file, imports, via });
    }

    /// The text of a file, or CWR007.
    fn decode(&mut self, path: &str, bytes: Vec<u8>, via: Option<Span>) -> Option<(FileId, String)> {
        if bytes.len() > syntax::LONGEST {
            let file = self.sources.add(path, "");
            let message = format!("`{path}` has {} bytes, more than {} MiB", bytes.len(), syntax::LONGEST >> 20);
            self.report_input(Span { file, start: 0, end: 0 }, message, "split it and import the parts", via);
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some((self.sources.add(path, text.as_str()), text)),
            Err(error) => {
                let good = u32::try_from(error.utf8_error().valid_up_to()).unwrap_or(u32::MAX);
                // The replacement character that stands for the bad bytes is 3 bytes long.
                let file = self.sources.add(path, String::from_utf8_lossy(error.as_bytes()));
                let span = Span { file, start: good, end: good.saturating_add(3) };
                self.report_input(span, format!("`{path}` is not UTF-8"), "save the file as UTF-8", via);
                None
            }
        }
    }

    fn report_input(&mut self, span: Span, message: String, help: &str, via: Option<Span>) {
        let mut found = Diagnostic::new(Code::UnreadableInput, span, message).help(help);
        if let Some(via) = via {
            found = found.also(via, "imported here");
        }
        self.loaded.diagnostics.push(found);
    }

    fn report_unreadable_root(&mut self, path: &str, error: &Error) {
        let file = self.sources.add(path, "");
        let span = Span { file, start: 0, end: 0 };
        let message = format!("`{path}` cannot be read: {}", reason(error));
        self.loaded.diagnostics.push(Diagnostic::new(Code::UnreadableInput, span, message));
        self.loaded.damage.unread = true;
    }

    fn report_missing(&mut self, path: &str, import: &ast::Import, error: &Error) {
        self.loaded.damage.unread = true;
        let message = format!("import `{}` cannot be read: {}", import.path.value, reason(error));
        let found = Diagnostic::new(Code::BadImport, import.path.span, message);
        let help = format!("the path counts from this file's directory, so `{path}` is looked for");
        self.loaded.diagnostics.push(found.help(help));
    }

    /// Every hop of the cycle is labelled; the import that closes it is the primary place.
    fn report_cycle(&mut self, key: &[String], closing: &ast::Import) {
        let start = self.open.iter().position(|visit| visit.key == key).unwrap_or(0);
        let message = format!("import of `{}` closes a cycle", self.path(key));
        let mut found = Diagnostic::new(Code::BadImport, closing.path.span, message).label("leads back");
        for visit in &self.open[start.saturating_add(1).min(self.open.len())..] {
            found = found.also(visit.via, format!("imports `{}`", self.path(&visit.key)));
        }
        let help = "leave this import out, or move what both files need into a third one";
        self.loaded.diagnostics.push(found.help(help));
    }
}

/// Whether a finding of the parser means that none of the file's names are known.
fn hides_names(code: Code) -> bool {
    matches!(code, Code::UnreadableInput | Code::UnknownEdition)
}

/// Why a file cannot be read, the same words on every platform where they are frequent.
fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string().to_lowercase().replace(['\n', '`'], " "),
    }
}
