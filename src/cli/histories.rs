//! `--history PATH`: files, globs and `-`, as inputs that can be opened twice.

use super::exit::Failure;
use super::progress::Progress;
use crate::history::blocks::decompress;
use crate::history::read::Open;
use crate::history::{Input, ReadError};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Bytes that show what a text is.
const START: u64 = 4096;

/// The inputs of a command, and the bar over them.
pub(super) struct Histories {
    pub(super) inputs: Vec<Input<'static>>,
    pub(super) progress: Progress,
}

impl Histories {
    /// The names, as bad records are quoted by them.
    pub(super) fn names(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.name.clone()).collect()
    }
}

/// Opens what the paths name. A path that names nothing is an error: a mistyped one must not pass for an empty one.
pub(super) fn open(paths: &[String], quiet: bool) -> Result<Histories, Failure> {
    let mut files: Vec<String> = Vec::new();
    for path in paths {
        files.extend(expand(path)?);
    }
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.into())));
    let size = |file: &String| fs::metadata(file).map_or(0, |metadata| metadata.len());
    let progress = Progress::new(files.iter().map(size).sum(), quiet);
    let inputs: Vec<Input> = files.into_iter().map(|file| input(file, &progress)).collect::<Result<_, _>>()?;
    inputs.iter().try_for_each(check_lines)?;
    Ok(Histories { inputs, progress })
}

fn expand(path: &str) -> Result<Vec<String>, Failure> {
    if path == "-" || fs::metadata(path).is_ok() || !path.contains(['*', '?', '[']) {
        return Ok(vec![path.to_owned()]);
    }
    let matches = glob::glob(path).map_err(|error| Failure::new(format!("`{path}` is no glob: {error}")))?;
    let files: Vec<String> = matches.filter_map(Result::ok).map(|file| file.to_string_lossy().into_owned()).collect();
    if files.is_empty() {
        return Err(Failure::new(format!("no file matches {path}"))
            .help("check the path; it is taken from the working directory"));
    }
    Ok(files)
}

fn input(file: String, progress: &Progress) -> Result<Input<'static>, Failure> {
    if file == "-" {
        return stdin();
    }
    let metadata = fs::metadata(&file).map_err(|error| Failure::unreadable(&file, &error))?;
    if metadata.is_dir() {
        let help = format!("name its files, for example '{}/*.jsonl'", file.trim_end_matches('/'));
        return Err(Failure::new(format!("{file} is a directory")).help(help));
    }
    let plain = file.trim_end_matches(".gz").trim_end_matches(".zst");
    if [".csv", ".tsv", ".parquet"].iter().any(|ending| plain.ends_with(ending)) {
        let help = "this version reads JSON Lines, plain, .gz or .zst: one object a line";
        return Err(Failure::new(format!("{file} is not in a format that is read")).help(help));
    }
    let (path, progress) = (file.clone(), progress.clone());
    // A pipe can be read only once, but may have to be read twice: it is kept.
    if !metadata.is_file() {
        let bytes = fs::read(&file).map_err(|error| Failure::unreadable(&file, &error))?;
        return Ok(Input { name: file, open: in_memory(bytes) });
    }
    check_packed(&file)?;
    let open: Open<'static> = Box::new(move || Ok(progress.watch(File::open(&path)?)));
    Ok(Input { name: file, open })
}

/// A file that is called packed must be: an empty one is what an interrupted copy leaves behind, not an empty history.
fn check_packed(file: &str) -> Result<(), Failure> {
    let (start, ending): (&[u8], _) = match file {
        _ if file.ends_with(".gz") => (&[0x1f, 0x8b], ".gz"),
        _ if file.ends_with(".zst") => (&[0x28, 0xb5, 0x2f, 0xfd], ".zst"),
        _ => return Ok(()),
    };
    let mut found = Vec::new();
    let opened = File::open(file).and_then(|opened| opened.take(start.len() as u64).read_to_end(&mut found));
    opened.map_err(|error| Failure::unreadable(file, &error))?;
    if found == start {
        return Ok(());
    }
    let help = format!("fetch it again if it was cut off; if it is not packed, leave {ending} out of its name");
    Err(Failure::new(format!("{file} is not packed as its name says")).help(help))
}

/// One JSON array is not JSON Lines, but its last line may look like one.
fn check_lines(input: &Input) -> Result<(), Failure> {
    let mut start = Vec::new();
    let opened = (input.open)().and_then(decompress);
    let read = opened.and_then(|bytes| bytes.take(START).read_to_end(&mut start));
    read.map_err(|source| ReadError { name: input.name.clone(), source })?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    let Some(rest) = start.strip_prefix(b"[") else { return Ok(()) };
    if !rest.trim_ascii_start().starts_with(b"{") {
        return Ok(());
    }
    let help = format!("write one object a line, as `jq -c '.[]' {}` does", input.name);
    Err(Failure::new(format!("{} is one JSON array, not JSON Lines", input.name)).help(help))
}

/// Standard input can be read only once, but may have to be read twice: it is kept.
fn stdin() -> Result<Input<'static>, Failure> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| Failure::unreadable("standard input", &error))?;
    Ok(Input { name: super::disk::STDIN.to_owned(), open: in_memory(bytes) })
}

fn in_memory(bytes: Vec<u8>) -> Open<'static> {
    let bytes: Arc<[u8]> = bytes.into();
    Box::new(move || Ok(Box::new(Cursor::new(Arc::clone(&bytes)))))
}
