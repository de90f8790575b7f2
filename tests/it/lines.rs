//! The fast way to read a line beside the plain one: where it returns something, that is what the plain way returns. It may
//! leave any line to the plain way, but not a usual one.

use crate::engine;
use crate::random::case;
use cwrc::history::Mapping;
use cwrc::history::line::{Line, Reader};
use cwrc::history::shape::Shape;
use cwrc::plan::Plan;
use cwrc::value::Instant;

const POLICY: &str = concat!(
    include_str!("../../benches/counting.cwr"),
    "attribute amount number\nattribute plan text from \"client.plan\"\naction refund follows standard { risk low }\n"
);

/// What stands behind a line, so that one that is written like the last one can be compared with it to its end.
const BEHIND: &str = "\n{\"id\":\"the next line\"}";

/// Reads a text both ways; whether the fast way did.
fn both_ways(plan: &Plan, text: &str, now: Option<&str>) -> bool {
    like(plan, text, text, now)
}

/// Reads a text both ways, the fast one with the shape of no line, of another one, and of its own; whether the fast way did.
fn like(plan: &Plan, other: &str, text: &str, now: Option<&str>) -> bool {
    let now = now.map(|now| Instant::parse(now).expect("a time"));
    let whole = format!("{text}{BEHIND}");
    let read = |survey| {
        let reader = Reader::new(plan, &Mapping::default(), now).surveying(survey);
        let is_read = |text: &str, shape: &mut Shape| {
            let fast = reader.read_fast(text, &mut Vec::new(), shape);
            let is_read = fast.is_some();
            if let Some((record, length)) = fast {
                assert_eq!(length, text.find('\n').unwrap_or(text.len()), "{text}");
                assert_eq!(reader.read_plainly(&text[..length]), Ok(Line::Full(record)), "{text}");
            }
            is_read
        };
        let mut shape = Shape::default();
        let first = is_read(text, &mut shape);
        assert_eq!(is_read(&whole, &mut shape), first, "{text}");
        let mut shape = Shape::default();
        is_read(&format!("{other}{BEHIND}"), &mut shape);
        assert_eq!(is_read(&whole, &mut shape), first, "{text}");
        first
    };
    let [without, with] = [false, true].map(read);
    assert_eq!(without, with, "{text}");
    with
}

/// Splitmix64, below a bound.
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).expect("small")
}

/// What may stand anywhere by mistake.
const STRAY: &[&str] = &[
    "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\t", "\r", "\n", "\u{1}", "\u{7f}", "é", "\u{2028}", "0", "9", "-",
    ".", "e", "E", "+", "Z", "z", "T", "null", "true", "\\u0041", "\\n", "\\ud800", "\\x", "60", "24:00",
];

/// Entries that may stand after any `{`, as may a second one of a key.
const ENTRIES: &[&str] = &[
    "\"id\":\"x\",",
    "\"id\":7,",
    "\"id\":-0,",
    "\"id\":07,",
    "\"id\":null,",
    "\"time\":\"2026-03-01T10:00:00Z\",",
    "\"time\":\"2026-02-30T10:00:00Z\",",
    "\"time\":1,",
    "\"action\":\"refund\",",
    "\"action\":null,",
    "\"tier\":null,",
    "\"tier\":\"r\\u0075n\",",
    "\"tier\":\"sprint\",",
    "\"outcomes\":[],",
    "\"outcomes\":null,",
    "\"outcomes\":[{}],",
    "\"signal\":\"accepted\",",
    "\"value\":1,",
    "\"value\":null,",
    "\"value\":2.5000001,",
    "\"amount\":1.50e3,",
    "\"amount\":01,",
    "\"amount\":1.,",
    "\"amount\":12 ,",
    "\"client\":{\"plan\":\"a\"},",
    "\"client\":{\"plan\":\"a\",\"plan\":\"b\"},",
    "\"client\":[1,{\"b\":\"c\"}],",
    "\"x\":{\"a\":[1,{\"b\":\"c\"}]},",
    "\"x\":{\"a\":1,},",
    "\"x\":tru,",
    "\"x\":nullx,",
    "\"x\":\"a\\\"b\",",
    "\"x\":\"\\q\",",
    "\"x\\u0079\":1,",
    "\"é\":1,",
    "\"\":\"\",",
    "\"x\":1,\"x\":2,",
];

/// The text with something wrong, or at least unusual, in a place or two.
fn changed(text: &str, other: &str, state: &mut u64) -> String {
    let mut text = text.to_owned();
    for _ in 0..=below(state, 2) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let at = places[below(state, places.len())];
        let next = text[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
        match below(state, 8) {
            0 => text.truncate(at),
            1 => drop(text.drain(at..next)),
            2 => text = text[..at].to_owned() + other.get(at..).unwrap_or(other),
            3 => text.insert_str(at, STRAY[below(state, STRAY.len())]),
            4 => text.replace_range(at..next, STRAY[below(state, STRAY.len())]),
            _ => {
                let opened: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
                let Some(at) = opened.get(below(state, opened.len())) else { continue };
                text.insert_str(*at, ENTRIES[below(state, ENTRIES.len())]);
            }
        }
    }
    text
}

#[test]
fn the_fast_way_reads_what_the_plain_way_reads() {
    let (mut lines, mut read, mut changed_and_read) = (0, 0, 0);
    for seed in 70_000..70_150 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let mut state = seed;
        let all: Vec<&str> = case.history.lines().collect();
        for (at, line) in all.iter().take(40).enumerate() {
            lines += 1;
            read += usize::from(both_ways(&plan, line, case.now.as_deref()));
            for _ in 0..8 {
                let text = changed(line, all[(at * 7 + 1) % all.len()], &mut state);
                changed_and_read += usize::from(like(&plan, line, &text, case.now.as_deref()));
            }
        }
    }
    assert!(read * 2 > lines, "the fast way read {read} of {lines} lines, some of them untidy");
    assert!(changed_and_read * 20 > lines, "and {changed_and_read} of those that were changed");
}

#[test]
fn any_bytes_are_read_alike() {
    let plan = engine::plan(POLICY);
    let mut state = 7;
    for _ in 0..20_000 {
        let parts = (0..below(&mut state, 30)).map(|_| match below(&mut state, 2) {
            0 => STRAY[below(&mut state, STRAY.len())],
            _ => ENTRIES[below(&mut state, ENTRIES.len())],
        });
        let text: String = parts.collect();
        both_ways(&plan, &text, None);
        both_ways(&plan, &format!("{{{}}}", text.trim_end_matches(',')), None);
    }
}

#[test]
fn usual_lines_are_read_fast() {
    let plan = engine::plan(POLICY);
    let outcome = r#"{"signal":"accepted","time":"2026-03-01T10:30:00Z"}"#;
    for line in [
        r#"{"id":"a","time":"2026-03-01T10:00:00Z","action":"refund"}"#.to_owned(),
        format!(r#"{{"id":"a","time":"2026-03-01T10:00:00Z","action":"refund","tier":"walk","outcomes":[{outcome}]}}"#),
        format!(r#"{{"outcomes":[{outcome},{outcome}],"action":"x","time":"2026-03-01T10:00:00.25+01:00","id":17}}"#),
        format!("\t{{ \"id\" : \"é\" , \"time\":\"2026-03-01T10:00:00Z\", \"action\":\"x\", \"outcomes\": [ {outcome} ] }} \r"),
        r#"{"id":"a","time":"2026-03-01T10:00:00Z","action":"refund","tier":null,"amount":12.5,"client":{"plan":"free"}}"#.to_owned(),
        r#"{"id":"a","time":"2026-03-01T10:00:00Z","action":"refund","note":"said \"no\"","tags":["a",{"b":null}],"ok":true}"#.to_owned(),
        r#"{"id":"a","time":"2026-03-01T10:00:00Z","action":"x","outcomes":[{"signal":"other","time":"2026-03-01T10:00:00Z","value":[1],"by":"ann"}]}"#.to_owned(),
    ] {
        assert!(both_ways(&plan, &line, Some("2026-04-01T00:00:00Z")), "{line}");
        let reader = Reader::new(&plan, &Mapping::default(), None);
        let mut shape = Shape::default();
        for _ in 0..9 {
            assert!(reader.read_fast(&format!("{line}{BEHIND}"), &mut Vec::new(), &mut shape).is_some());
        }
        assert_eq!(shape.missed(), 1, "{line} is not read like itself");
    }
}

/// What a line has once, another one that is written like it has once.
#[test]
fn lines_are_read_like_the_one_before() {
    let plan = engine::plan(POLICY);
    let line = |id: &str, client: &str, outcomes: &str| {
        format!(
            "{{ \"client\": {client}, \"id\":\"{id}\",\"time\":\"2026-03-01T10:00:00Z\",\"action\":\"refund\", \"note\": \"{id}\", \
             \"outcomes\": [{outcomes}] ,\"amount\":1 }}"
        )
    };
    let outcome = |time: &str, value: &str| {
        format!(
            "{{\"time\":\"{time}\",\"signal\":\"accepted\",\"value\":{value},\"by\":\"the customer at the counter\"}}"
        )
    };
    let usual = outcome("2026-03-01T10:30:00.5+00:00", "17");
    let reader = Reader::new(&plan, &Mapping::default(), None);
    let mut shape = Shape::default();
    let mut is_like = |text: String| {
        let missed = shape.missed();
        let text = text + BEHIND;
        let read = reader.read_fast(&text, &mut Vec::new(), &mut shape);
        if let Some((record, length)) = read {
            assert_eq!(reader.read_plainly(&text[..length]), Ok(Line::Full(record)), "{text}");
        }
        shape.missed() == missed
    };
    assert!(!is_like(line("a", "{\"plan\":\"free\"}", &usual)), "the first line is like none");
    for (client, outcomes) in [
        ("{\"plan\":\"pro\"}", String::new()),
        ("null", usual.clone()),
        ("[1]", format!("{usual},{usual}")),
        ("\"text\"", format!(" {usual} , {}", outcome("2026-03-01T12:00:00Z", "null"))),
    ] {
        assert!(is_like(line("a much longer id than before", client, &outcomes)), "{client} {outcomes}");
    }
}

/// Nobody can say which of two values of one key was meant, at any depth that the policy looks into.
#[test]
fn a_key_that_is_twice_inside_an_object_is_no_value() {
    let plan = engine::plan(POLICY);
    let line = |client: &str| {
        format!("{{\"id\":1,\"time\":\"2026-03-01T10:00:00Z\",\"action\":\"refund\",\"client\":{client}}}")
    };
    let (twice, once) =
        (line("{\"plan\":\"pro\",\"plan\":\"free\"}"), line("{\"plan\":\"pro\",\"seats\":{\"a\":1,\"a\":2}}"));
    assert!(!both_ways(&plan, &twice, None) && both_ways(&plan, &once, None));
    let reader = Reader::new(&plan, &Mapping::default(), None);
    let fault = reader.read_plainly(&twice).expect_err("a key twice");
    assert_eq!(fault.why, "an object that `client.plan` looks into has a key twice");
    assert!(reader.read_plainly(&once).is_ok(), "where nothing looks it does not matter");
}
