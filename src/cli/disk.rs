//! Policies on the disk, and `-` for standard input; a policy is replaced as a whole or not at all.

use crate::source::Files;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

/// The name under which standard input appears.
pub(super) const STDIN: &str = "<stdin>";

/// As much is read of a pipe: more than any policy may have.
const ENOUGH: u64 = 16 << 20;

/// The disk; standard input and other pipes are read once.
#[derive(Debug, Default)]
pub(super) struct Disk {
    piped: RefCell<BTreeMap<String, Vec<u8>>>,
    asked: RefCell<Option<String>>,
}

impl Disk {
    /// The file that was read last, so that an error can name it; the directory if none was.
    pub(super) fn last_asked(&self, directory: &str) -> String {
        self.asked.borrow().clone().unwrap_or_else(|| directory.to_owned())
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.asked.replace(Some(path.to_owned()));
        if path != STDIN && fs::metadata(path)?.is_file() {
            return fs::read(path);
        }
        if let Some(bytes) = self.piped.borrow().get(path) {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        if path == STDIN {
            io::stdin().lock().take(ENOUGH).read_to_end(&mut bytes)?;
        } else {
            fs::File::open(path)?.take(ENOUGH).read_to_end(&mut bytes)?;
        }
        self.piped.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let mut paths = Vec::new();
        self.collect(Path::new(directory), &mut paths)?;
        paths.sort();
        Ok(paths)
    }
}

/// Reads some of the bytes that stand at a place of a file.
pub(super) fn read_at(file: &fs::File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, at);
}

/// Whether a file or directory of this name is not looked at unless it is named itself.
pub(super) fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name == "target"
}

/// Replaces a file's content: a new file with its permissions takes its place. A link stays one.
pub(super) fn replace(path: &str, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    // Whether it may be written is asked of the file, though the directory alone would allow to replace it.
    let permissions = fs::OpenOptions::new().write(true).open(&path)?.metadata()?.permissions();
    put(&path, bytes, Some(permissions))
}

/// Writes a result to a file, as a whole or not at all: whoever stops it finds what was there before.
pub(super) fn create(path: &str, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => replace(path, bytes),
        // A pipe or a device is written to, not replaced.
        Ok(_) => fs::write(path, bytes),
        Err(_) => put(Path::new(path), bytes, None),
    }
}

/// Whether a result may be written there, as far as can be told without touching anything.
pub(super) fn is_writable(path: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if metadata.is_file() => fs::OpenOptions::new().write(true).open(path).map(drop),
        Ok(_) => Ok(()),
        Err(_) => {
            let directory = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
            fs::metadata(directory.unwrap_or(Path::new("."))).map(drop)
        }
    }
}

/// Writes a file beside another and puts it into its place.
fn put(path: &Path, bytes: &[u8], permissions: Option<fs::Permissions>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut fresh = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = permissions
        .map_or(Ok(()), |permissions| fresh.set_permissions(permissions))
        .and_then(|()| fresh.write_all(bytes))
        .and_then(|()| fresh.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    written.inspect_err(|_| drop(fs::remove_file(&beside)))
}

impl Disk {
    /// All files below a directory; hidden ones and `target` are left out, links to directories are not followed, pipes
    /// not opened.
    fn collect(&self, directory: &Path, paths: &mut Vec<String>) -> io::Result<()> {
        self.asked.replace(Some(directory.to_string_lossy().into_owned()));
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if is_passed_over(&name) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.collect(&entry.path(), paths)?;
            } else if kind.is_file() || kind.is_symlink() {
                let path = entry.path().to_string_lossy().replace('\\', "/");
                paths.push(path.strip_prefix("./").unwrap_or(&path).to_owned());
            }
        }
        Ok(())
    }
}
