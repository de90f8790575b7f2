//! `cwrc.yaml`: the defaults of a project, found upwards from the working directory. Its paths are relative to it.

use super::exit::Failure;
use super::histories::Named;
use super::{Global, output};
use crate::diagnostic::Code;
use crate::diagnostic::levels::{Asker, Level, Levels};
use crate::history::Format as HistoryFormat;
use crate::history::mapping::NAMES;
use crate::render::diagnostics::Format;
use crate::yaml::{self, At, Reader, instead};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The JSON Schema of the file.
pub(super) const SCHEMA: &str = include_str!("config.schema.json");

/// The name of the file.
const NAME: &str = "cwrc.yaml";

/// The formats of histories, by name.
const FORMATS: [(&str, HistoryFormat); 4] = [
    ("jsonl", HistoryFormat::Lines),
    ("csv", HistoryFormat::Csv),
    ("tsv", HistoryFormat::Tsv),
    ("parquet", HistoryFormat::Parquet),
];

/// Where the configuration is.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct Source {
    /// The configuration, instead of the cwrc.yaml of this directory or the nearest one above
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// What it says; nothing where there is none.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// What is checked.
    pub(super) policies: Vec<String>,
    /// What is replayed.
    pub(super) history: Named,
    /// What counts as what.
    pub(super) levels: Levels,
    /// How findings are printed.
    pub(super) format: Option<Format>,
    /// Where what is found out about assurances is kept.
    pub(super) cache: Option<String>,
}

/// Reads the configuration, if there is one. What is wrong with it is told with its places, but for the last of it.
pub(super) fn load(source: &Source, global: &Global) -> Result<Config, Failure> {
    let Some(path) = source.config.clone().or_else(|| if source.no_config { None } else { found() }) else {
        return Ok(Config::default());
    };
    let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let read = |read: &mut Reader, at: &At| Section { read, directory }.config(at);
    yaml::document(&text, "the configuration", read).map_err(|errors| output::located(global, &path, &errors))
}

/// The nearest file upwards from the working directory, as a path from there.
fn found() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let paths = (0..here.ancestors().count()).map(|up| format!("{}{NAME}", "../".repeat(up)));
    paths.into_iter().find(|path| Path::new(path).is_file())
}

/// Reads the parts of the file.
struct Section<'r> {
    read: &'r mut Reader,
    /// Where the file is.
    directory: &'r str,
}

impl Section<'_> {
    fn config(&mut self, at: &At) -> Option<Config> {
        let record = self.read.record(at, &["policies", "history", "lints", "format", "cache"])?;
        let mut config = Config::default();
        if let Some(at) = record.get("policies") {
            config.policies = self.paths(at);
        }
        if let Some(at) = record.get("history") {
            self.history(at, &mut config.history);
        }
        if let Some(at) = record.get("lints") {
            self.lints(at, &mut config.levels);
        }
        config.format = record.get("format").and_then(|at| self.format(at));
        let cache = record.get("cache").and_then(|at| self.read.text(at, "a directory, as in `.cwrc-cache`"));
        config.cache = cache.map(|path| self.path(path));
        Some(config)
    }

    /// Paths relative to the file, as paths from the working directory.
    fn paths(&mut self, at: &At) -> Vec<String> {
        let items = self.read.one_or_more(at, "a path, as in `policies/`");
        let paths = items.iter().filter_map(|item| self.read.text(item, "a path, as in `policies/`"));
        let paths: Vec<&str> = paths.collect();
        paths.into_iter().map(|path| self.path(path)).collect()
    }

    /// A path relative to the file, as one from the working directory.
    fn path(&self, path: &str) -> String {
        match self.directory {
            "" => path.to_owned(),
            _ if Path::new(path).is_absolute() => path.to_owned(),
            directory => format!("{directory}/{path}"),
        }
    }

    fn history(&mut self, at: &At, history: &mut Named) {
        let Some(record) = self.read.record(at, &["paths", "map", "values", "format"]) else { return };
        if let Some(paths) = self.read.required(&record, "paths", "[logs/*.jsonl]") {
            history.paths = self.paths(paths);
        }
        history.format = record.get("format").and_then(|at| {
            self.read.plain(at, "`jsonl`, `csv`, `tsv` or `parquet`", |scalar| {
                FORMATS.iter().find(|(name, _)| *name == scalar.text).map(|(_, format)| *format)
            })
        });
        if let Some(at) = record.get("map") {
            self.map(at, history);
        }
        if let Some(at) = record.get("values") {
            self.values(at, history);
        }
    }

    /// `FIELD: KEY`, as `--map FIELD=KEY`.
    fn map(&mut self, at: &At, history: &mut Named) {
        let form = format!("a map of these keys: `{}`", NAMES.join("`, `"));
        for (field, at) in self.read.map(at, &form).unwrap_or_default() {
            let Some(key) = self.read.text(&at, "the key that holds it, as in `meta.opened_at`") else { continue };
            if let Err(error) = history.mapping.set(field, key) {
                self.read.wrong(&at.key(), error, "write `FIELD: KEY`, as --map takes FIELD=KEY");
            }
        }
        if let Err(error) = history.mapping.complete() {
            self.read.wrong(at, error, "say both, or neither");
        }
    }

    /// `FIELD: {WORD: MEANING}`, as `--map FIELD:WORD=MEANING`.
    fn values(&mut self, at: &At, history: &mut Named) {
        let Some(fields) = self.read.record(at, &["action", "tier", "signal"]) else { return };
        for field in ["action", "tier", "signal"] {
            let form = "a map of words of the log and what they mean, as in `Closed: resolved`";
            let words = fields.get(field).and_then(|at| self.read.map(at, form)).unwrap_or_default();
            for (word, at) in words {
                let Some(meaning) = self.read.text(&at, "what it means, as in `resolved`") else { continue };
                if let Err(error) = history.mapping.translate(field, word, meaning) {
                    self.read.wrong(&at, error, "translate words of `action`, `tier` and `signal`");
                }
            }
        }
    }

    fn lints(&mut self, at: &At, levels: &mut Levels) {
        let all = [Level::Allow, Level::Warn, Level::Deny];
        let Some(record) = self.read.record(at, &all.map(Level::word)) else { return };
        let mut met = BTreeSet::new();
        for level in all {
            let items = record.get(level.word()).map(|at| self.read.one_or_more(at, "a code, as in `unused-allow`"));
            for item in items.into_iter().flatten() {
                self.lint(&item, level, levels, &mut met);
            }
        }
    }

    fn lint(&mut self, at: &At, level: Level, levels: &mut Levels, met: &mut BTreeSet<Code>) {
        let Some(what) = self.read.text(at, "a code, as in `unused-allow`, or its number") else { return };
        if Code::find(what).is_some_and(|code| !met.insert(code)) {
            self.read.wrong(at, format!("`{what}` stands in these lists already"), "leave one of them out");
        } else if let Err(refusal) = levels.set(level, what, Asker::Config) {
            self.read.wrong(at, refusal.message, refusal.help);
        }
    }

    fn format(&mut self, at: &At) -> Option<Format> {
        let text = self.read.text(at, "the name of a format, as in `human`")?;
        let found = Format::named(text);
        if found.is_none() {
            let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
            self.read.wrong(at, format!("there is no format `{text}`"), instead(text, &names));
        }
        found
    }
}
