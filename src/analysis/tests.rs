//! What is silenced, and which allows are unused, with findings that stand for those of any lint.

use super::*;
use crate::diagnostic::Code;
use crate::diagnostic::levels::{Asker, Level};
use crate::source::{FileId, Span};

struct Memory(&'static [(&'static str, &'static str)]);

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(self.0.iter().map(|(name, _)| (*name).to_owned()).collect())
    }
}

const ROOT: &str = "# cwr: allow(unused-allow) because \"one\"
policy desk {
  owner \"us\"
}
# cwr: allow(unused-allow) because \"two\"
# a comment between
action reply {
  risk low # cwr: allow(unused-allow) because \"three\"
  ceiling crawl because
    \"no undo\" # cwr: allow(unused-allow) because \"four\"
} # cwr: allow(unused-allow) because \"five\"
";

/// Adds a warning at each of these words.
fn warn(one: &mut Analysis, words: &[&str]) {
    for word in words {
        let found = (0..).map(FileId).zip(one.sources.iter()).find_map(|(id, it)| Some((id, it.text.find(word)?)));
        let (file, start) = found.expect("the word");
        let start = u32::try_from(start).expect("small");
        let at = Span { file, start, end: start + 1 };
        one.diagnostics.push(Diagnostic::new(Code::UnusedAllow, at, format!("warning at {word}")));
    }
}

/// What is told: messages at their lines.
fn told(one: &Analysis) -> Vec<String> {
    let line = |it: &Diagnostic| one.sources.position(it.at.span).0;
    one.diagnostics.iter().map(|it| format!("{} {}", line(it), it.message)).collect()
}

fn gathered(files: &'static [(&'static str, &'static str)], path: &str) -> Analysis {
    let one = gather(&Memory(files), path, "", None).expect("a file");
    assert!(one.diagnostics.is_empty(), "{:#?}", one.diagnostics);
    one
}

#[test]
fn an_allow_reaches_the_clauses_of_its_line_and_no_further() {
    for (word, allow) in
        [("desk", 1), ("\"us\"", 1), ("reply", 5), ("risk", 8), (" low #", 8), ("ceiling", 10), ("undo", 10)]
    {
        let mut one = gathered(&[("a.cwr", ROOT)], "a.cwr");
        warn(&mut one, &[word]);
        finish(std::slice::from_mut(&mut one), &Settings::default());
        let unused = [1, 5, 8, 10, 11].into_iter().filter(|line| *line != allow);
        let left: Vec<String> = unused.map(|line| format!("{line} `allow(CWR214)` silences nothing")).collect();
        assert_eq!(told(&one), left, "{word}");
    }
}

#[test]
fn errors_are_not_silenced_and_make_nothing_unused() {
    let mut one = gathered(&[("a.cwr", ROOT)], "a.cwr");
    let at = one.outline.starting(Span { file: FileId(0), start: 0, end: 999 }).next().expect("a policy").span;
    one.diagnostics.push(Diagnostic::new(Code::NoHold, at, "an error"));
    finish(std::slice::from_mut(&mut one), &Settings::default());
    assert_eq!(told(&one), ["2 an error"]);
}

const LIBRARY: &str = "# cwr: allow(unused-allow) because \"shared\"\nsignal s\n";

#[test]
fn an_allow_of_a_library_is_used_if_one_root_uses_it() {
    const FILES: &[(&str, &str)] = &[
        ("a.cwr", "import \"lib.cwr\"\npolicy a { owner \"us\" }\n"),
        ("b.cwr", "import \"lib.cwr\"\npolicy b { owner \"us\" }\n"),
        ("broken.cwr", "import \"lib.cwr\"\npolicy c { owner \"us\" owner \"them\" }\n"),
        ("lib.cwr", LIBRARY),
    ];
    let roots = |paths: &[&str]| -> Vec<Analysis> {
        paths.iter().map(|path| gather(&Memory(FILES), path, "", None).expect("a file")).collect()
    };
    let unused = |all: &[Analysis]| all.iter().filter(|it| told(it).iter().any(|it| it.contains("nothing"))).count();
    let mut all = roots(&["a.cwr", "b.cwr"]);
    finish(&mut all, &Settings::default());
    assert_eq!(unused(&all), 2, "used by none: told in both, and rendered once");
    let mut all = roots(&["a.cwr", "b.cwr"]);
    warn(&mut all[1], &["signal s"]);
    finish(&mut all, &Settings::default());
    assert_eq!((unused(&all), told(&all[1])), (0, vec![]));
    let mut all = roots(&["a.cwr", "broken.cwr"]);
    finish(&mut all, &Settings::default());
    assert_eq!(unused(&all), 0, "the broken one may need it");
    let mut all = roots(&["lib.cwr"]);
    finish(&mut all, &Settings::default());
    assert_eq!(unused(&all), 0, "nobody has looked");
    let mut all = roots(&["lib.cwr", "a.cwr"]);
    finish(&mut all, &Settings::default());
    assert_eq!(unused(&all), 2);
}

#[test]
fn what_is_switched_off_is_not_missed() {
    let mut settings = Settings::default();
    settings.levels.set(Level::Allow, "unused-allow", Asker::Option).expect("a warning");
    let mut one = gathered(&[("a.cwr", ROOT)], "a.cwr");
    warn(&mut one, &["reply"]);
    finish(std::slice::from_mut(&mut one), &settings);
    assert_eq!(told(&one), [""; 0]);
}

const DENIED: &[(&str, &str)] =
    &[("a.cwr", "policy a { owner \"us\" }\nattribute s text # cwr: allow(CWR214) because \"x\"\n")];

#[test]
fn a_denied_warning_is_an_error_unless_it_is_silenced() {
    let mut settings = Settings::default();
    settings.levels.set(Level::Deny, "warnings", Asker::Config).expect("a word");
    let mut one = gathered(DENIED, "a.cwr");
    warn(&mut one, &["attribute"]);
    finish(std::slice::from_mut(&mut one), &settings);
    assert!(!one.has_errors(), "{:?}", told(&one));
    let mut one = gathered(DENIED, "a.cwr");
    warn(&mut one, &["attribute", "policy"]);
    finish(std::slice::from_mut(&mut one), &settings);
    assert_eq!((one.has_errors(), told(&one)), (true, vec!["1 warning at policy".to_owned()]));
    assert_eq!(one.diagnostics[0].denied(), Some(Asker::Config));
}
