//! What the fuzz targets do with bytes, one function per target; `tests/it/fuzzed.rs` runs the same on what they found.
//!
//! Each goes the whole way a user's bytes can go, and panics where a promise is broken.

use cwrc::analysis::{self, Analysis};
use cwrc::generate::{self, World};
use cwrc::history::{self, Counts, Format, Input, Mapping};
use cwrc::plan::{self, Plan};
use cwrc::render::counts_table::{self, Row, Shape};
use cwrc::render::diagnostics::{self, Report};
use cwrc::render::{self, Style, run_json, saved_json};
use cwrc::replay::{self, Approvals, Evidence};
use cwrc::source::{FileId, Files};
use cwrc::syntax::{self, Refusal};
use cwrc::value::Instant;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

/// A policy that has everything.
const RICH: &str = include_str!("rich.cwr");
/// A history of it that moves its action types.
const HISTORY: &str = include_str!("rich.history.jsonl");
/// More boundaries than this are not walked: a million of them are allowed, and would take seconds each time.
const BOUNDARIES: i64 = 2_000;
/// A compressed input that would become longer than this is left out, so that it cannot slow the fuzzing down.
const LONGEST: u64 = 1 << 20;

static PLAN: LazyLock<Plan> = LazyLock::new(|| plan_of(RICH).expect("the rich policy has no errors"));
static COUNTS: LazyLock<Counts> = LazyLock::new(|| count(&PLAN, &[HISTORY.as_bytes()], 1).expect("text"));

/// Files in memory: the policy, and a library that it may import.
struct Memory<'a>(&'a [u8]);

impl Files for Memory<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match path {
            "policy.cwr" => Ok(self.0.to_vec()),
            "rich.cwr" => Ok(RICH.as_bytes().to_vec()),
            "library.cwr" => {
                Ok(b"import \"policy.cwr\"\nsignal seen\nmetric m from staff { counts seen within 1d }".to_vec())
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(vec!["library.cwr".to_owned(), "policy.cwr".to_owned()])
    }
}

/// The analysis of a policy, which every renderer can show.
fn analyze(policy: &[u8]) -> Analysis {
    let analysis = analysis::analyze(&Memory(policy), "policy.cwr", "", None).expect("files in memory");
    let report = Report::of(std::slice::from_ref(&analysis));
    let style = Style { colour: true, unicode: true, width: 100 };
    for format in diagnostics::Format::ALL {
        let _ = diagnostics::render(&report, *format, style);
    }
    analysis
}

/// The plan of a policy that has no errors.
fn plan_of(policy: &str) -> Option<Plan> {
    let analysis = analyze(policy.as_bytes());
    let plan = analysis.policy.as_ref().filter(|_| !analysis.has_errors()).map(plan::compile);
    plan.inspect(|plan| drop(plan::json::to_json(plan)))
}

/// The bytes as a policy: parser, model, checks, renderers, and the plan if there are no errors.
pub fn parser(bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => drop(plan_of(text)),
        Err(_) => assert!(!analyze(bytes).is_utf8),
    }
}

/// The bytes as a policy to be formatted: refused for its faults, or faultless again, and its own layout.
pub fn fmt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match syntax::format(FileId(0), text) {
        Ok(formatted) => {
            assert!(syntax::parse(FileId(0), &formatted).diagnostics.is_empty(), "the result has faults");
            assert_eq!(syntax::format(FileId(0), &formatted).as_ref(), Ok(&formatted), "the result is not canonical");
        }
        Err(Refusal::Faulty(faults)) => assert!(!faults.is_empty()),
        Err(Refusal::Unfaithful(what)) => panic!("formatting would change {what}"),
    }
}

/// The bytes as the predicate of two action types that may overlap; then what it says of a few records.
pub fn predicate(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // The first line is the predicate of the one, the rest that of the other.
    let (one, other) = text.split_once("\n\n").unwrap_or((text, "action == \"refund\" and amount > 10"));
    let policy =
        RICH.replace("action == \"refund\" and (not amount <= 50 or vip == true) and channel != \"letter\"", one);
    let policy = policy.replace("action > \"look\" and action < \"loop\" and client_free == true", other);
    if let Some(plan) = plan_of(&policy) {
        count(&plan, &[HISTORY.as_bytes()], 1).expect("text");
    }
}

/// The bytes as a history: counted in one piece and in two, replayed, rendered.
pub fn jsonl(bytes: &[u8]) {
    let counts = count(&PLAN, &[bytes], 1).expect("text");
    let lines = bytes.split(|byte| *byte == b'\n');
    // An input may open with a mark of its encoding, and need not end with a line end.
    let plain = lines
        .enumerate()
        .map(|(at, line)| if at == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line });
    let lines = plain.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
    let intake = &counts.intake;
    assert_eq!(
        intake.total() + intake.duplicates + intake.bad_lines() + intake.notices,
        lines,
        "a line is not accounted for"
    );
    let middle = bytes.iter().skip(bytes.len() / 2).position(|byte| *byte == b'\n').map(|at| bytes.len() / 2 + at + 1);
    if let Some((one, other)) =
        middle.map(|at| bytes.split_at(at)).filter(|(_, other)| !other.starts_with(b"\xef\xbb\xbf"))
    {
        let parts = count(&PLAN, &[one, other], 2).expect("text");
        assert_eq!(without_places(parts), without_places(counts.clone()), "the parts do not make the whole");
    }
    if intake.total() > 0 {
        replay(&counts, &replay::Options::default());
    }
}

/// The bytes as a table, flat or wide, between commas or tabs; a first line that starts with `#` is a mapping.
pub fn table(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').filter(|_| bytes.starts_with(b"#"));
    let (map, bytes) = end.map_or((&b""[..], bytes), |end| (&bytes[1..end], &bytes[end + 1..]));
    let map = std::str::from_utf8(map).unwrap_or("");
    let mut mapping = Mapping::default();
    if !map.is_empty() && (mapping.apply(map).is_err() || mapping.complete().is_err()) {
        return;
    }
    for format in [Format::Csv, Format::Tsv, Format::Lines] {
        let read = |threads| count_as(&PLAN, format, &[bytes], (threads, &mapping, None));
        let Ok(counts) = read(1) else { continue };
        assert_eq!(read(2).expect("what could be read once"), counts);
        let parts = count_as(&PLAN, format, &[bytes], (1, &mapping, NonZeroUsize::new(100))).expect("the same");
        assert_eq!(parts, counts, "lines that are put aside in parts");
    }
}

/// The bytes as a table of counts; those of one are replayed, written, and read again.
pub fn counts(bytes: &[u8]) {
    let Ok(rows) = counts_table::parse(bytes) else { return };
    // Whatever else it says, it says that it is of this policy: few changes of a fingerprint are of interest.
    let head = counts_table::rows(&PLAN, &Counts::default(), &[], None);
    let told = rows.into_iter().filter(|row| !["cwrc", "plan", "rows"].contains(&row.kind.as_str()));
    let head = head.into_iter().filter(|row| !["intake", "rows"].contains(&row.kind.as_str()));
    let mut rows: Vec<Row> = head.chain(told).collect();
    rows.push(Row { kind: "rows".to_owned(), n: Some(rows.len() as u64 + 1), ..Row::default() });
    let Ok(loaded) = counts_table::load(&PLAN, &rows) else { return };
    let again = counts_table::rows(&PLAN, &loaded.counts, &loaded.names, loaded.assume_tier);
    for shape in [Shape::Csv, Shape::Lines] {
        let parsed = counts_table::parse(&counts_table::render(&again, shape)).expect("what was written can be read");
        let counts = counts_table::load(&PLAN, &parsed).expect("what was written can be used").counts;
        assert_eq!(counts, loaded.counts);
    }
    if loaded.counts.intake.total() > 0 {
        replay(&loaded.counts, &replay::Options::default());
    }
}

/// The bytes as Parquet.
#[cfg(feature = "parquet")]
pub fn parquet(bytes: &[u8]) {
    let read = |threads| count_as(&PLAN, Format::Parquet, &[bytes], (threads, &Mapping::default(), None));
    if let Ok(counts) = read(1) {
        assert_eq!(read(2).expect("what could be read once"), counts);
    }
    let _ = counts_table::parse(bytes);
}

/// The bytes as a history that may be compressed.
pub fn compressed(bytes: &[u8]) {
    if !is_short(bytes) {
        return;
    }
    // Damage is an error, not a panic; what is whole is read as text is.
    if let Ok(counts) = count(&PLAN, &[bytes], 1) {
        let again = count(&PLAN, &[bytes], 2).expect("what could be read once");
        assert_eq!(again, counts);
    }
}

/// The bytes as a world; a small one is generated, and its history read.
pub fn world(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(world) = World::parse(text, &PLAN) else { return };
    if !is_small(text) {
        return;
    }
    for follow in [false, true] {
        if let Ok(history) = generate::generate(&PLAN, &world, 7, follow) {
            count(&PLAN, &[history.as_bytes()], 1).expect("text");
        }
    }
}

/// The bytes as a saved state to go on from, and as approvals.
pub fn state(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(saved) = saved_json::parse(&PLAN, text) {
        let again = saved_json::parse(&PLAN, &saved_json::render(&PLAN, &saved)).expect("what was written can be read");
        assert_eq!(again, saved);
        replay(&COUNTS, &replay::Options { initial: Some(saved), ..replay::Options::default() });
    }
    if let Ok(approvals) = replay::approvals::parse(text, &PLAN) {
        replay(&COUNTS, &replay::Options { approvals: Approvals::Recorded(approvals), ..replay::Options::default() });
    }
}

/// The counts of some inputs.
fn count(plan: &Plan, inputs: &[&[u8]], threads: usize) -> Result<Counts, history::ReadError> {
    count_as(plan, Format::Lines, inputs, (threads, &Mapping::default(), None))
}

/// The same of any format, by so many threads, with a mapping, putting so many bytes aside.
fn count_as(
    plan: &Plan,
    format: Format,
    inputs: &[&[u8]],
    (threads, mapping, aside): (usize, &Mapping, Option<NonZeroUsize>),
) -> Result<Counts, history::ReadError> {
    let input = |bytes: &&[u8]| {
        let bytes: Arc<[u8]> = Arc::from(*bytes);
        let open = move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(Arc::clone(&bytes)))) };
        Input { name: "bytes".to_owned(), open: Box::new(open), ranges: None, format }
    };
    let inputs: Vec<Input> = inputs.iter().map(input).collect();
    let options = history::Options {
        threads: NonZeroUsize::new(threads),
        mapping: mapping.clone(),
        aside,
        ..history::Options::default()
    };
    history::count(plan, &inputs, &options)
}

/// The counts without the quotes of bad lines, which say in which input they are.
fn without_places(mut counts: Counts) -> Counts {
    for bad in counts.intake.bad.values_mut() {
        bad.first = history::intake::Quote {
            place: history::intake::Place { input: 0, line: 0 },
            why: String::new(),
            text: String::new(),
        };
    }
    counts
}

/// Replays counts in both ways and shows the runs to people and programs.
fn replay(counts: &Counts, options: &replay::Options) {
    let seconds = PLAN.tick_seconds;
    let first =
        options.initial.as_ref().map_or(counts.first_tick(seconds), |saved| saved.at.max(counts.first_tick(seconds)));
    let to = counts.last_boundary(seconds).min(first + BOUNDARIES);
    for evidence in [Evidence::AsRecorded, Evidence::AnyTier] {
        let to = Some(Instant::from_seconds(to * seconds));
        let Ok(run) = replay::run(&PLAN, counts, &replay::Options { evidence, to, ..options.clone() }) else {
            continue;
        };
        let _ = run_json::render(&PLAN, counts, &run);
        let _ = saved_json::render(&PLAN, &run.saved);
        for (unicode, width) in [(true, 80), (false, 20)] {
            let style = Style { colour: unicode, unicode, width };
            let _ = render::replay::human(&PLAN, counts, &run, &["bytes".to_owned(), "more".to_owned()], style);
            let _ = render::replay::bad_lines(&counts.intake, &["bytes".to_owned(), "more".to_owned()], style);
        }
    }
}

/// Whether an input is plain, damaged, or short when it is decompressed.
fn is_short(bytes: &[u8]) -> bool {
    let length = |reader: &mut dyn Read| io::copy(&mut reader.take(LONGEST + 1), &mut io::sink()).unwrap_or(0);
    let gzip = length(&mut flate2::read::MultiGzDecoder::new(bytes));
    let zstd = zstd::stream::read::Decoder::new(bytes).map_or(0, |mut reader| length(&mut reader));
    gzip.max(zstd) <= LONGEST
}

/// Whether a world makes few lines: it lasts less than a hundred days, and none of its amounts has three digits.
fn is_small(text: &str) -> bool {
    let amount = |rest: &str| {
        let rest = rest.trim_start_matches(['"', '\'', ' ', ':']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (digits, rest.as_bytes().get(digits).copied())
    };
    let amounts = |key: &str| text.split(key).skip(1).map(amount).collect::<Vec<_>>();
    let few = |key: &str| amounts(key).iter().all(|(digits, _)| (1..=2).contains(digits));
    few("length") && amounts("length").iter().all(|(_, unit)| *unit == Some(b'd')) && few("per_day") && few("count")
}
