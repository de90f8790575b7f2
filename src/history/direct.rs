//! Rows of cells to lines without JSON in between: the swift way beside [`Table::line`] and [`Reader::read`].
//!
//! It takes what is usual, and never judges a row bad: whatever it is not sure of goes the plain way. Where it gives a
//! line, the plain way gives the same (`tests::both_ways_read_the_same_lines`).

use super::fields;
use super::line::{Line, Outcome, Reader, Record, flag};
use super::mapping::{Field, Key};
use super::table::{Cell, Column, List, Table, Value};
use crate::model::policy::SignalId;
use crate::plan::matcher::Given;
use crate::value::{Instant, Tier};
use std::borrow::Cow;

/// Where the fields of records are among the columns.
#[derive(Debug)]
pub(super) struct Direct {
    /// The column of the id.
    pub(super) id: usize,
    id_column: Column,
    time: Option<Column>,
    action: Option<Column>,
    tier: Option<Column>,
    list: Option<Column>,
    flat: Option<[Option<Column>; 3]>,
    /// Of each signal with a column of its own: that, and the one of its time.
    wide: Vec<(Option<Column>, Option<Column>)>,
    given: Vec<Option<Column>>,
    /// The columns that say something else than the id and outcomes.
    pub(super) others: Vec<usize>,
}

/// What is in a cell.
#[derive(Clone, Copy)]
enum Found<'a> {
    Nothing,
    Text(&'a str),
    /// A number, `true` or `false`, as JSON has it.
    Raw(&'a str),
    Time(Instant),
    List(List<'a>),
}

/// The outcomes of a row, and the names among them that the policy does not declare.
#[derive(Default)]
struct Outcomes {
    all: Vec<Outcome>,
    undeclared: Vec<String>,
    /// Whether there is any place for them.
    told: bool,
}

impl Direct {
    /// The columns of a table below its row of names; nothing where they are not so simple.
    pub(super) fn new(table: &Table, names: &[String], reader: &Reader) -> Option<Self> {
        let mapping = &reader.mapping;
        let column = |key: &[String]| table.column(key);
        let said =
            |field: Field| if mapping.constant(field).is_some() { Some(None) } else { column(mapping.key(field)) };
        let is_odd = mapping.constant(Field::Signal).is_some()
            || mapping.constant(Field::Tier).is_some_and(|tier| Tier::parse(tier).is_none());
        if is_odd {
            return None;
        }
        let flat = || {
            Some([
                column_of(table, reader, Field::Signal)?,
                column_of(table, reader, Field::SignalTime)?,
                column_of(table, reader, Field::Value)?,
            ])
        };
        let of_key = |key: &Option<Key>| key.as_ref().map_or(Some(None), |key| column(key));
        let id_column = column(mapping.key(Field::Id))??;
        Some(Self {
            id: id_column.at,
            id_column,
            time: column(mapping.key(Field::Time))?,
            action: said(Field::Action)?,
            tier: said(Field::Tier)?,
            list: column(mapping.key(Field::Outcomes))?,
            flat: if mapping.is_flat() { Some(flat()?) } else { None },
            wide: mapping.wide.iter().map(|it| Some((column(&it.key)?, of_key(&it.time)?))).collect::<Option<_>>()?,
            given: reader.plan.attributes.iter().map(|it| column(&it.key)).collect::<Option<_>>()?,
            others: table.columns_beside(names, &reader.outcome_keys),
        })
    }
}

fn column_of(table: &Table, reader: &Reader, field: Field) -> Option<Option<Column>> {
    table.column(reader.mapping.key(field))
}

/// What a value is in a column; nothing where that takes more than a look.
fn found(column: Column, value: Value) -> Option<Found> {
    Some(match (value, column.cell) {
        (Value::Absent | Value::Text(""), _) => Found::Nothing,
        (Value::Text(text), Cell::Text) | (Value::Typed(text), Cell::Text | Cell::Number | Cell::Flag) => {
            Found::Text(text)
        }
        (Value::Text(text), Cell::Number) if is_usual(text) => Found::Raw(text),
        (Value::Text("true" | "True" | "TRUE"), Cell::Flag) => Found::Raw("true"),
        (Value::Text("false" | "False" | "FALSE"), Cell::Flag) => Found::Raw("false"),
        (Value::Text(text), Cell::Flag) => Found::Text(text),
        (Value::Json(raw), _) if is_usual(raw) || ["true", "false"].contains(&raw) => Found::Raw(raw),
        (Value::Time(time), _) => Found::Time(time),
        (Value::List(list), _) => Found::List(list),
        _ => return None,
    })
}

/// Whether a text is a number as JSON writes it, of a few digits and without an exponent.
fn is_usual(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = body.split_once('.').map_or((body, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 24 && is_digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(is_digits)
}

impl Reader<'_> {
    /// Reads a row of usual cells; nothing for any other.
    pub(super) fn direct<'a>(&'a self, direct: &Direct, value: impl Fn(usize) -> Value<'a>) -> Option<Line<'a>> {
        let get = |column: &Option<Column>| column.map_or(Some(Found::Nothing), |it| found(it, value(it.at)));
        let id = match found(direct.id_column, value(direct.id))? {
            Found::Text(id) => id,
            Found::Raw(id) if is_integer(id) => id,
            _ => return None,
        };
        let outcomes = self.all(direct, &get)?;
        let is_absent = |at: &usize| matches!(value(*at), Value::Absent | Value::Text(""));
        if outcomes.told && direct.others.iter().all(is_absent) {
            let Outcomes { all: outcomes, undeclared, .. } = outcomes;
            return Some(Line::Outcomes { id: Cow::Borrowed(id), outcomes, undeclared });
        }
        let time = self.instant(get(&direct.time)?)?;
        if outcomes.all.iter().any(|outcome| outcome.time < time) {
            return None;
        }
        let action = match self.mapping.constant(Field::Action) {
            Some(constant) => Cow::Borrowed(constant),
            None => self.meant(Field::Action, get(&direct.action)?)?,
        };
        let tier = match (self.mapping.constant(Field::Tier), get(&direct.tier)?) {
            (Some(constant), _) => Tier::parse(constant),
            (None, Found::Nothing) => None,
            (None, cell) => Some(Tier::parse(&self.meant(Field::Tier, cell)?)?),
        };
        let given = direct.given.iter().map(|column| given(get(column)?)).collect::<Option<_>>()?;
        let Outcomes { all: outcomes, undeclared, .. } = outcomes;
        Some(Line::Full(Record { id: Cow::Borrowed(id), time, action, tier, given, outcomes, undeclared }))
    }

    fn all<'a>(&'a self, direct: &Direct, get: &impl Fn(&Option<Column>) -> Option<Found<'a>>) -> Option<Outcomes> {
        let mut outcomes = Outcomes::default();
        match get(&direct.list)? {
            Found::Nothing => {}
            Found::List(list) => self.objects(list, &mut outcomes)?,
            _ => return None,
        }
        if let Some(columns) = &direct.flat {
            let [signal, time, value] = [get(&columns[0])?, get(&columns[1])?, get(&columns[2])?];
            if !matches!((signal, time, value), (Found::Nothing, Found::Nothing, Found::Nothing)) {
                self.outcome_of(signal, time, value, &mut outcomes)?;
            }
        }
        for (wide, (column, time)) in self.mapping.wide.iter().zip(&direct.wide) {
            let cell = get(column)?;
            let happened = match cell {
                Found::Nothing => continue,
                Found::Text(text) | Found::Raw(text) => flag(text),
                Found::Time(_) => None,
                Found::List(_) => return None,
            };
            outcomes.told = true;
            let time = match (&wide.time, happened) {
                (_, Some(false)) => continue,
                (None, _) => cell,
                (Some(_), Some(true)) => get(time)?,
                (Some(_), None) => return None,
            };
            self.outcome_of(Found::Text(&wide.signal), time, Found::Nothing, &mut outcomes)?;
        }
        Some(outcomes)
    }

    fn objects<'a>(&'a self, list: List<'a>, outcomes: &mut Outcomes) -> Option<()> {
        outcomes.told = true;
        for object in list.objects {
            let values = (*object)?;
            let get = |name: &str| {
                let value = list.keys.iter().position(|key| key == name).map_or(Value::Absent, |at| values[at]);
                found(Column { at: 0, cell: Cell::Text }, value)
            };
            self.outcome_of(get("signal")?, get("time")?, get("value")?, outcomes)?;
        }
        Some(())
    }

    fn outcome_of<'a>(
        &'a self,
        signal: Found<'a>,
        time: Found<'a>,
        value: Found<'a>,
        outcomes: &mut Outcomes,
    ) -> Option<()> {
        outcomes.told = true;
        let name = self.meant(Field::Signal, signal)?;
        let time = self.instant(time)?;
        let signal: Option<SignalId> = self.signals.get(name.as_ref()).copied();
        let value = match value {
            Found::Nothing => self.carried(signal, None)?,
            Found::Raw(raw) => self.carried(signal, Some(raw))?,
            _ => return None,
        };
        if self.survey && signal.is_none() {
            outcomes.undeclared.push(name.into_owned());
        }
        outcomes.all.push(Outcome { time, signal, value });
        Some(())
    }

    /// The word of a cell that is a text, translated.
    fn meant<'a>(&'a self, field: Field, cell: Found<'a>) -> Option<Cow<'a, str>> {
        let Found::Text(word) = cell else { return None };
        Some(self.mapping.meaning(field, Cow::Borrowed(word)))
    }

    /// The time of a cell, if it may be that of a record.
    fn instant(&self, cell: Found) -> Option<Instant> {
        let times = &self.mapping.times;
        let time = match cell {
            Found::Text(text) => times.read(text)?,
            Found::Raw(raw) if times.is_epoch() => times.read(raw)?,
            Found::Time(time) if !times.is_pattern() => time,
            _ => return None,
        };
        self.now.is_none_or(|now| time <= now).then_some(time)
    }
}

fn is_integer(raw: &str) -> bool {
    raw.strip_prefix('-').unwrap_or(raw).bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of an attribute.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn given(cell: Found) -> Option<Option<Given>> {
    match cell {
        Found::Nothing => Some(None),
        Found::Text(text) => Some(Some(Given::Text(Cow::Borrowed(text)))),
        Found::Raw(raw) => Some(Some(fields::given(raw))),
        Found::Time(_) | Found::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Direct;
    use crate::history::line::{Line, Reader};
    use crate::history::mapping::{Field, Mapping};
    use crate::history::table::{List, Table, Value};
    use crate::model;
    use crate::plan::{Plan, compile};
    use crate::source::{Files, Sources};
    use crate::value::Instant;
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
    use std::io;
    use std::sync::LazyLock;

    /// It has attributes of all kinds, and a mean.
    struct Policy;

    impl Files for Policy {
        fn read(&self, _: &str) -> io::Result<Vec<u8>> {
            Ok(include_bytes!("../../tests/fuzz/rich.cwr").to_vec())
        }

        fn list(&self, _: &str) -> io::Result<Vec<String>> {
            Ok(Vec::new())
        }
    }

    static PLAN: LazyLock<Plan> = LazyLock::new(|| {
        let policy = model::load(&mut Sources::default(), &Policy, "rich.cwr", "").build().0;
        compile(&policy.expect("a policy"))
    });

    /// Names of columns, and a mapping that makes a table of them.
    const TABLES: [(&str, &str); 7] = [
        ("id,time,action,tier,signal,signal_time,value,amount,client.vip,channel,note", ""),
        ("time,id,action,outcomes,amount,model,client.plan", ""),
        (
            "id,time,action,tier,accepted_at,rated_at,has,had_at",
            "signal.accepted=accepted_at,signal.rated=rated_at,signal.effort=has,signal.effort.time=had_at",
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

    /// Both ways say the same of a row, if the swift one says anything.
    fn both(at: usize, row: &[Value]) -> Option<(String, String)> {
        let (table, names, reader) = table(at);
        let value = |at: usize| row.get(at).copied().unwrap_or(Value::Absent);
        let direct = Direct::new(&table, &names, &reader)?;
        let swift = reader.direct(&direct, value)?;
        let text = table.line(&value);
        Some((format!("{:?}", Ok::<Line, ()>(swift)), format!("{:?}", reader.read(&text))))
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
        let usual =
            (Just(usual), prop::collection::vec(made(), 12), any::<u16>()).prop_map(|(usual, mut cells, kept)| {
                for (at, cell) in usual.into_iter().enumerate().filter(|(at, _)| kept >> (2 * at) & 3 > 0) {
                    cells[at] = cell;
                }
                (0, cells)
            });
        prop_oneof![usual, (0..TABLES.len(), prop::collection::vec(made(), 12))]
    }

    fn typed(text: &Option<String>) -> Value<'_> {
        text.as_deref().map_or(Value::Absent, Value::Typed)
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
        #[test]
        fn both_ways_read_the_same_lines((at, cells) in row()) {
            let keys = ["signal", "time", "value"].map(String::from);
            let values: Vec<Vec<Option<Vec<Value>>>> = cells.iter().map(|cell| match cell {
                Made::List(objects) => objects.iter().map(|it| it.as_ref().map(|it| it.iter().map(typed).collect())).collect(),
                _ => Vec::new(),
            }).collect();
            let objects: Vec<Vec<Option<&[Value]>>> =
                values.iter().map(|objects| objects.iter().map(Option::as_deref).collect()).collect();
            let row: Vec<Value> = cells.iter().zip(&objects).map(|(cell, objects)| match cell {
                Made::Cell(0..6, text) => Value::Text(text),
                Made::Cell(6, text) => Value::Typed(text),
                Made::Cell(_, text) if serde_json::from_str::<serde_json::Value>(text).is_ok() => Value::Json(text),
                Made::Cell(..) => Value::Absent,
                Made::Time(seconds) => Value::Time(Instant::from_seconds(*seconds)),
                Made::List(_) => Value::List(List { keys: &keys, objects }),
            }).collect();
            if let Some((swift, plain)) = both(at, &row) {
                prop_assert_eq!(swift, plain);
            }
        }
    }
}
