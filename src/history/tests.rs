//! Rows of tables: both ways to read them say the same.

use super::direct::Direct;
use super::intake::Place;
use super::line::{Line, Reader};
use super::mapping::{Field, Mapping};
use super::table::{List, Objects, Rows, Table, USUAL, Value};
use crate::model;
use crate::plan::{Plan, compile};
use crate::source::{Files, Sources};
use crate::value::Instant;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use std::convert::Infallible;
use std::io;
use std::sync::LazyLock;

/// The one file there is.
struct Policy(&'static str);

impl Files for Policy {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

fn plan(policy: &'static str) -> Plan {
    let policy = model::load(&mut Sources::default(), &Policy(policy), "policy.cwr", "").build().0;
    compile(&policy.expect("a policy"))
}

/// It has attributes of all kinds, and a mean.
pub(super) static PLAN: LazyLock<Plan> = LazyLock::new(|| plan(include_str!("../../tests/fuzz/rich.cwr")));

/// It has no attribute, and most records are alike.
#[cfg(feature = "parquet")]
pub(super) static COUNTING: LazyLock<Plan> = LazyLock::new(|| {
    plan(concat!(
        include_str!("../../benches/counting.cwr"),
        "action reply follows standard { risk low }\n",
        "action refund follows standard { risk low\n trip corrected >= 3 within 2d to crawl\n }\n"
    ))
});

/// Names of columns, and a mapping that makes a table of them.
const TABLES: [(&str, &str); 7] = [
    ("id,time,action,tier,signal,signal_time,value,amount,client.vip,channel,note", ""),
    ("time,id,action,outcomes,amount,model,client.plan", ""),
    (
        "id,time,action,tier,accepted_at,seen_at,has,had_at",
        "signal.accepted=accepted_at,signal.unheard=seen_at,signal.reopened=has,signal.reopened.time=had_at",
    ),
    (
        "key,meta.at,stage,what,signal_time,value",
        "id=key,time=meta.at,action=const:reply,tier=stage,signal=what,tier:a=walk,signal:a=accepted,action:a=reply",
    ),
    ("id,signal,signal_time,value", ""),
    ("id,time,action,signal,signal_time,client", "time_format=epoch_seconds,tier=const:run,action:a=reply"),
    ("id,time,action,signal,signal_time", "id=action,time_format=%F %H:%M,time_offset=+01:00"),
];

/// A table, and how its lines are read.
fn table(at: usize) -> (Table, Vec<String>, Reader<'static>) {
    let names: Vec<String> = TABLES[at].0.split(',').map(String::from).collect();
    let mut mapping = Mapping::default();
    if !TABLES[at].1.is_empty() {
        mapping.apply(TABLES[at].1).expect("a mapping");
    }
    let mapping = if names.contains(&mapping.key(Field::Signal).join(".")) { mapping.flattened() } else { mapping };
    let table = Table::new(&names, &mapping, &PLAN).expect("a table");
    let now = Instant::parse("2026-03-01T12:00:00Z");
    (table, names, Reader::new(&PLAN, &mapping, now).surveying(true))
}

/// A row of a table alone.
struct OneRow<'v>(&'v [Value<'v>]);

impl Rows for OneRow<'_> {
    type Lists = Infallible;

    fn len(&self) -> usize {
        1
    }

    fn place(&self, _: usize) -> Place {
        Place { input: 0, line: 1 }
    }

    fn value(&self, _: usize, column: usize) -> Value<'_> {
        self.0.get(column).copied().unwrap_or(Value::Absent)
    }

    fn text(&self, row: usize, column: usize) -> Option<&str> {
        match self.value(row, column) {
            Value::Text("") => None,
            Value::Text(text) | Value::Typed(text) => Some(text),
            _ => None,
        }
    }

    fn time(&self, row: usize, column: usize) -> Option<Instant> {
        self.value(row, column).time()
    }

    fn is_nothing(&self, row: usize, column: usize) -> bool {
        self.value(row, column).is_nothing()
    }

    fn length(&self, _: usize) -> usize {
        0
    }
}

/// Both ways say the same of a row, if the swift one says anything.
fn both(at: usize, row: &[Value]) -> Option<(String, String)> {
    let (table, names, reader) = table(at);
    let value = |at: usize| row.get(at).copied().unwrap_or(Value::Absent);
    let direct = Direct::new(&table, &names, &reader)?;
    let rows = OneRow(row);
    let swift = reader.direct(&direct, Vec::new(), (&rows, 0))?;
    let text = table.line(&value);
    Some((format!("{:?}", Ok::<Line, ()>(swift)), format!("{:?}", reader.read_plainly(&text))))
}

#[test]
fn usual_rows_go_the_swift_way() {
    for (at, row) in [
        (0, "a1,2026-01-01T00:00:00Z,reply,crawl,,,,5.25,TRUE,web,\"x\""),
        (0, "a1,2026-01-01T00:00:00Z,reply,,rated,2026-01-01T01:00:00.5Z,4,,x,,"),
        (1, "2026-01-01T00:00:00Z,7,reply,,-3,m1,gold"),
        (2, "1,2026-01-01T00:00:00Z,reply,run,2026-01-02T00:00:00Z,,true,2026-01-03T00:00:00Z"),
        (3, "k,2026-01-01T00:00:00+02:00,a,a,2026-01-01T00:00:00Z,"),
        (4, "a1,accepted,2026-01-01T00:00:00Z,3"),
        (5, "a1,1767225600,a,undeclared,1767225601,c"),
    ] {
        let row: Vec<Value> = row.split(',').map(Value::Text).collect();
        let (swift, plain) = both(at, &row).unwrap_or_else(|| panic!("{row:?} of {}", TABLES[at].0));
        assert_eq!(swift, plain, "{row:?}");
    }
}

fn text() -> impl Strategy<Value = String> {
    let usual = prop_oneof![
        Just(""),
        Just("a"),
        Just("1"),
        Just("-7"),
        Just("3.50"),
        Just("true"),
        Just("False"),
        Just("reply"),
        Just("walk"),
        Just("run"),
        Just("accepted"),
        Just("rated"),
        Just("x\"y\\"),
        Just("05"),
        Just("1e3"),
        Just(" 4"),
        Just("3.5000001"),
        Just("null"),
        Just("[]"),
        Just("2026-01-01T00:00:00Z"),
        Just("2026-01-01T00:00:00Z"),
        Just("2026-01-02T03:04:05.125+02:00"),
        Just("1767225600"),
        Just("2026-01-01 05:06"),
        Just("2027-01-01T00:00:00Z"),
        Just("[{\"signal\":\"accepted\",\"time\":\"2026-01-01T00:00:00Z\"}]"),
    ];
    prop_oneof![20 => usual.prop_map(String::from), 1 => ".{0,4}"]
}

/// What a cell of a table is made of.
#[derive(Clone, Debug)]
enum Made {
    Cell(u8, String),
    Time(i64),
    List(Vec<Option<[Option<String>; 3]>>),
}

fn made() -> impl Strategy<Value = Made> {
    let object =
        prop::option::weighted(0.9, [prop::option::of(text()), prop::option::of(text()), prop::option::of(text())]);
    prop_oneof![
        12 => (0..8_u8, text()).prop_map(|(kind, text)| Made::Cell(kind, text)),
        2 => (1_767_225_600..1_772_400_000_i64).prop_map(Made::Time),
        2 => prop::collection::vec(object, 0..3).prop_map(Made::List),
    ]
}

/// A row for the first table of a kind that is usual, but for some cells.
fn row() -> impl Strategy<Value = (usize, Vec<Made>)> {
    let usual = ["id", "2026-01-01T00:00:00Z", "reply", "walk"].map(|text| Made::Cell(0, text.to_owned()));
    let usual = (Just(usual), prop::collection::vec(made(), 12), any::<u16>()).prop_map(|(usual, mut cells, kept)| {
        for (at, cell) in usual.into_iter().enumerate().filter(|(at, _)| kept >> (2 * at) & 3 > 0) {
            cells[at] = cell;
        }
        (0, cells)
    });
    prop_oneof![usual, (0..TABLES.len(), prop::collection::vec(made(), 12))]
}

static KEYS: LazyLock<[String; 3]> = LazyLock::new(|| USUAL.map(String::from));

impl Objects for Vec<Option<[Option<String>; 3]>> {
    fn keys(&self) -> &[String] {
        &*KEYS
    }

    fn usual(&self) -> [Option<usize>; 3] {
        [0, 1, 2].map(Some)
    }

    fn is_there(&self, at: usize) -> bool {
        self[at].is_some()
    }

    fn value(&self, at: usize, key: usize) -> Value<'_> {
        typed(self[at].as_ref().and_then(|values| values[key].as_ref()))
    }
}

fn typed(text: Option<&String>) -> Value<'_> {
    text.map_or(Value::Absent, |text| Value::Typed(text))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
    #[test]
    fn both_ways_read_the_same_lines((at, cells) in row()) {
        let row: Vec<Value> = cells.iter().map(|cell| match cell {
            Made::Cell(0..6, text) => Value::Text(text),
            Made::Cell(6, text) => Value::Typed(text),
            Made::Cell(_, text) if serde_json::from_str::<serde_json::Value>(text).is_ok() && text.trim() == text => Value::Json(text),
            Made::Cell(..) => Value::Absent,
            Made::Time(seconds) => Value::Time(Instant::from_seconds(*seconds)),
            Made::List(objects) => Value::List(List::new(objects, 0..objects.len())),
        }).collect();
        if let Some((swift, plain)) = both(at, &row) {
            prop_assert_eq!(swift, plain);
        }
    }
}
