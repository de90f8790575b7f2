//! Stdout for results, stderr for everything else; colours only where they show.

use super::Global;
use super::disk::{self, STDIN};
use super::exit::Failure;
use crate::yaml::YamlError;
use clap::ColorChoice;
use std::io::{self, IsTerminal, Write};

/// What a stream can show.
pub(super) use crate::render::Style;

/// The style for results: of stdout.
pub(super) fn for_stdout(global: &Global) -> Style {
    style(global, io::stdout().is_terminal())
}

/// The style for diagnostics: of stderr.
pub(super) fn for_stderr(global: &Global) -> Style {
    style(global, io::stderr().is_terminal())
}

fn style(global: &Global, terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let colour = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && !set("NO_COLOR"),
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = width.or_else(|| terminal.then(terminal_width).flatten()).unwrap_or(100);
    Style { colour, unicode: true, width: usize::clamp(width, 60, 200) }
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Whether a result goes to the terminal that shows the warnings too.
pub(super) fn is_seen(file: Option<&str>) -> bool {
    file.is_none_or(|it| it == "-") && io::stdout().is_terminal()
}

/// Fails where a result could not be written, before it is computed: where its directory is none, or the file may not be
/// written, or is a policy.
pub(super) fn is_writable(file: Option<&str>) -> Result<(), Failure> {
    match file {
        None | Some("-") => Ok(()),
        Some(path) => {
            not_a_policy(path).and_then(|()| disk::is_writable(path).map_err(|error| unwritten(path, &error)))
        }
    }
}

fn not_a_policy(path: &str) -> Result<(), Failure> {
    if !path.ends_with(".cwr") {
        return Ok(());
    }
    Err(Failure::new(format!("-o {path} would overwrite a policy"))
        .help("nothing that goes there is a policy: choose another name, such as `report.txt`"))
}

fn unwritten(path: &str, error: &io::Error) -> Failure {
    Failure::new(format!("cannot write {path}: {error}")).help("check that its directory exists and may be written")
}

/// Writes a result to stdout, or to the file that `-o` names; never over a policy.
pub(super) fn write(text: &str, file: Option<&str>) -> Result<(), Failure> {
    write_bytes(text.as_bytes(), file)
}

/// The same with bytes.
pub(super) fn write_bytes(bytes: &[u8], file: Option<&str>) -> Result<(), Failure> {
    match file {
        Some("-") => write_bytes(bytes, None),
        Some(path) => {
            not_a_policy(path).and_then(|()| disk::create(path, bytes).map_err(|error| unwritten(path, &error)))
        }
        None => to_stream(&mut io::stdout().lock(), bytes),
    }
}

/// Writes a policy to where it came from: as a whole or not at all.
pub(super) fn put(path: &str, text: &str) -> Result<(), Failure> {
    if path == STDIN {
        return write(text, None);
    }
    disk::replace(path, text.as_bytes()).map_err(|error| {
        Failure::new(format!("cannot write {path}: {error}")).help("check that it and its directory may be written")
    })
}

/// Writes to stderr; nobody can be told if that fails.
pub(super) fn tell(text: &str) {
    let _ = to_stream(&mut io::stderr().lock(), text.as_bytes());
}

/// A closed pipe ends quietly: whoever read had enough.
fn to_stream(stream: &mut impl Write, bytes: &[u8]) -> Result<(), Failure> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says what is wrong with a YAML document, each with its place; the last of it is the failure.
pub(super) fn located(global: &Global, path: &str, errors: &[YamlError]) -> Failure {
    let failure = |error: &YamlError| {
        let place = format!("{path}:{}:{}: {}", error.line, error.column, error.message);
        Failure { message: place, help: error.help.clone() }
    };
    let Some((last, others)) = errors.split_last() else { return Failure::new(format!("cannot read {path}")) };
    for error in others {
        report(global, &failure(error));
    }
    failure(last)
}

/// Says on stderr why the work could not be done.
pub(super) fn report(global: &Global, failure: &Failure) {
    let style = for_stderr(global);
    tell(&crate::render::failure::human(&failure.message, failure.help.as_deref(), style));
}
