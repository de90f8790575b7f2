//! What people see: `tests/cases/render/NAME.cwr`, a policy, with `NAME.jsonl` replayed over that history, without one
//! checked; each with the text beside it.
//!
//! The first line says what a case shows; a line `# render:` may say how: `json`, `ascii`, `width=72`,
//! `evidence=any-tier`, `approvals=never`.

use crate::check::World;
use crate::{files_below, repository};
use cwrc::history::{self, Input};
use cwrc::render::diagnostics::{self, Format, Report};
use cwrc::render::{self, Style};
use cwrc::replay::{self, Approvals, Evidence};
use cwrc::source::Sources;
use cwrc::{model, plan};
use std::fs;
use std::path::Path;

/// How a case is shown.
struct Show {
    style: Style,
    json: bool,
    options: replay::Options,
}

fn show(policy: &str) -> Show {
    let line = policy.lines().find_map(|line| line.strip_prefix("# render:")).unwrap_or("");
    let words: Vec<&str> = line.split_whitespace().collect();
    let width = words.iter().find_map(|word| word.strip_prefix("width=")).map_or(100, |n| n.parse().expect("columns"));
    let style = Style { colour: false, unicode: !words.contains(&"ascii"), width };
    let mut options = replay::Options::default();
    if words.contains(&"evidence=any-tier") {
        options.evidence = Evidence::AnyTier;
    }
    if words.contains(&"approvals=never") {
        options.approvals = Approvals::Never;
    }
    Show { style, json: words.contains(&"json"), options }
}

/// What `cwrc check` says of a case.
fn checked(path: &str, show: &Show) -> String {
    let root = cwrc::analysis::analyze(&World::Disk, path, "tests/cases/render", None).expect("a file");
    let format = if show.json { Format::Json } else { Format::Human };
    diagnostics::render(&Report::of(&[root]), format, show.style)
}

/// What `cwrc simulate` says of a case.
fn replayed(path: &str, history: &Path, show: &Show) -> String {
    let mut sources = Sources::default();
    let (policy, found) = model::load(&mut sources, &World::Disk, path, "tests/cases/render").build();
    assert!(found.is_empty(), "{found:#?}");
    let plan = plan::compile(&policy.expect("a policy"));
    let name = format!("{}.jsonl", history.file_stem().expect("a stem").to_string_lossy());
    let open = Box::new(|| Ok(Box::new(fs::File::open(history)?) as Box<dyn std::io::Read + Send>));
    let inputs = [Input { name: name.clone(), open, ranges: None, format: cwrc::history::Format::Lines }];
    let counts = history::count(&plan, &inputs, &history::Options::default()).expect("a history");
    let run = replay::run(&plan, &counts, &show.options).expect("a replay");
    render::replay::human(&plan, &counts, &run, &[name], show.style)
}

fn shown(path: &Path) -> String {
    let policy = fs::read_to_string(path).expect("a policy");
    let show = show(&policy);
    let name = format!("tests/cases/render/{}", path.file_name().expect("a name").to_string_lossy());
    let history = path.with_extension("jsonl");
    if history.exists() { replayed(&name, &history, &show) } else { checked(&name, &show) }
}

#[test]
fn people_see_this() {
    insta::glob!("../cases/render", "*.cwr", |path| {
        let text = shown(path);
        assert!(!text.contains('\u{1b}'), "no colours");
        crate::golden(path, &text);
    });
}

#[test]
fn replays_fit_the_screen_and_colours_change_nothing() {
    for path in files_below(&repository("tests/cases/render"), "cwr") {
        let history = path.with_extension("jsonl");
        if !history.exists() {
            continue;
        }
        let name = format!("tests/cases/render/{}", path.file_name().expect("a name").to_string_lossy());
        let mut show = show(&fs::read_to_string(&path).expect("a policy"));
        for width in [60, 80, 100, 140] {
            for unicode in [true, false] {
                show.style = Style { colour: false, unicode, width };
                let plain = replayed(&name, &history, &show);
                let long: Vec<&str> = plain.lines().filter(|line| line.chars().count() > width).collect();
                assert!(long.is_empty(), "{name} at {width}: {long:#?}");
                assert!(unicode || plain.is_ascii(), "{name} is not ASCII");
                assert!(!plain.lines().any(|line| line.ends_with(' ')), "{name}: space at the end of a line");
                show.style.colour = true;
                assert_eq!(without_escapes(&replayed(&name, &history, &show)), plain);
            }
        }
    }
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    first + &parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest)).collect::<String>()
}
