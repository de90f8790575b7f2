//! Dialects: one table row each, over one query that every engine understands.
//!
//! The query keeps to what is old and common (CASE, window functions, UNION ALL), and to whole numbers: times become
//! microseconds in the first step, so intervals, time zones and date functions, in which engines differ most, never
//! occur. What is left to differ is in the fields below; `{}` stands for the expression.

/// How one engine spells what engines spell differently.
#[derive(Debug)]
pub struct Dialect {
    /// Its name on the command line.
    pub word: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Whether the tests run the query in the engine; otherwise they only parse it.
    pub is_run: bool,
    /// What to know before running the query.
    pub notes: &'static [&'static str],
    /// What quotes the name of a column; `None`: plain names are left bare, so that the engine folds their case.
    pub(super) quote: Option<char>,
    /// Whether `\` is special in texts.
    pub(super) backslash: bool,
    /// A time as whole microseconds since 1970 in UTC, rounded down.
    pub(super) micros: &'static str,
    /// Whole microseconds since 1970 as an RFC 3339 time in UTC, whatever the session's time zone.
    pub(super) instant: &'static str,
    /// The whole quotient of `{a}`, which is never negative, by `{b}`.
    pub(super) quotient: &'static str,
    /// A count or sum of integers as a signed integer.
    pub(super) whole: &'static str,
    /// A text that compares by bytes.
    pub(super) bytewise: &'static str,
    /// An exact number written out.
    pub(super) number: &'static str,
    /// An exact number in its shortest form, as a text.
    pub(super) shortest: &'static str,
    /// The character of a code.
    pub(super) character: &'static str,
    /// The types, all of which take nulls.
    pub(super) types: Types,
    /// What ends the query.
    pub(super) tail: &'static str,
}

/// The names of types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Types {
    /// Texts.
    pub text: &'static str,
    /// 64-bit integers.
    pub integer: &'static str,
    /// Values of means: 6 decimals.
    pub value: &'static str,
    /// Sums of them.
    pub sum: &'static str,
    /// Numbers of records.
    pub number: &'static str,
    /// Points in time, in microseconds.
    pub time: &'static str,
    /// `true` and `false`.
    pub flag: &'static str,
}

/// The form most engines share.
const COMMON: Dialect = Dialect {
    word: "",
    title: "",
    is_run: false,
    notes: &[],
    quote: Some('"'),
    backslash: false,
    micros: "",
    instant: "",
    quotient: "{a} / {b}",
    whole: "{}",
    bytewise: "{}",
    number: "{}",
    shortest: "RTRIM(RTRIM(CAST(CAST({} AS DECIMAL(38, 9)) AS VARCHAR), '0'), '.')",
    character: "CHR({})",
    types: Types {
        text: "VARCHAR",
        integer: "BIGINT",
        value: "DECIMAL(20, 6)",
        sum: "DECIMAL(38, 0)",
        number: "DECIMAL(38, 9)",
        time: "TIMESTAMP",
        flag: "BOOLEAN",
    },
    tail: "",
};

/// All dialects, those that are run first.
pub static DIALECTS: [Dialect; 6] = [
    Dialect {
        word: "duckdb",
        title: "DuckDB",
        is_run: true,
        micros: "EPOCH_US({})",
        instant: "STRFTIME(MAKE_TIMESTAMP({}), '%Y-%m-%dT%H:%M:%S.%fZ')",
        quotient: "{a} // {b}",
        ..COMMON
    },
    Dialect {
        word: "postgres",
        title: "PostgreSQL",
        is_run: true,
        notes: &["PostgreSQL 14 or newer: older ones have no exact EXTRACT(EPOCH)."],
        micros: "CAST(FLOOR(EXTRACT(EPOCH FROM {}) * 1000000) AS BIGINT)",
        instant: "TO_CHAR(TIMESTAMP '1970-01-01' + {} / 86400000000 * INTERVAL '1 day' \
                  + {} % 86400000000 * INTERVAL '1 microsecond', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
        bytewise: "{} COLLATE \"C\"",
        types: Types { time: "TIMESTAMPTZ", ..COMMON.types },
        ..COMMON
    },
    Dialect {
        word: "clickhouse",
        title: "ClickHouse",
        is_run: true,
        notes: &["Times outside 1900 to 2299 do not fit DateTime64; columns that may be absent are Nullable."],
        quote: Some('`'),
        backslash: true,
        micros: "toUnixTimestamp64Micro(toDateTime64({}, 6, 'UTC'))",
        instant: "formatDateTime(fromUnixTimestamp64Micro({}, 'UTC'), '%Y-%m-%dT%H:%i:%S.%fZ')",
        quotient: "intDiv({a}, {b})",
        whole: "toInt64({})",
        number: "toDecimal128('{}', 6)",
        shortest: "toString(CAST({} AS Nullable(Decimal(38, 9))))",
        character: "char({})",
        types: Types {
            text: "Nullable(String)",
            integer: "Nullable(Int64)",
            value: "Nullable(Decimal(20, 6))",
            sum: "Nullable(Decimal(38, 0))",
            number: "Nullable(Decimal(38, 9))",
            time: "Nullable(DateTime64(6, 'UTC'))",
            flag: "Nullable(Bool)",
        },
        tail: "SETTINGS join_use_nulls = 1, output_format_decimal_trailing_zeros = 0",
        ..COMMON
    },
    Dialect {
        word: "spark",
        title: "Spark SQL",
        is_run: true,
        notes: &["Spark 4, or an older one with spark.sql.ansi.enabled = true."],
        quote: Some('`'),
        backslash: true,
        micros: "UNIX_MICROS({})",
        instant: "REPLACE(CAST(TIMESTAMP_NTZ '1970-01-01 00:00:00' + MAKE_DT_INTERVAL({} DIV 86400000000, 0, 0, \
                  CAST({} % 86400000000 AS DECIMAL(18, 0)) * 0.000001) AS STRING), ' ', 'T') || 'Z'",
        quotient: "{a} DIV {b}",
        shortest: "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST({} AS DECIMAL(38, 9)) AS STRING)))",
        types: Types { text: "STRING", ..COMMON.types },
        ..COMMON
    },
    Dialect {
        word: "bigquery",
        title: "BigQuery",
        quote: Some('`'),
        backslash: true,
        micros: "UNIX_MICROS({})",
        instant: "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', TIMESTAMP_MICROS({}))",
        quotient: "DIV({a}, {b})",
        number: "NUMERIC '{}'",
        shortest: "CAST(CAST({} AS NUMERIC) AS STRING)",
        types: Types {
            text: "STRING",
            integer: "INT64",
            value: "NUMERIC",
            sum: "NUMERIC",
            number: "NUMERIC",
            time: "TIMESTAMP",
            flag: "BOOL",
        },
        ..COMMON
    },
    Dialect {
        word: "snowflake",
        title: "Snowflake",
        quote: None,
        backslash: true,
        micros: "CAST(DATE_PART(EPOCH_MICROSECOND, {}) AS BIGINT)",
        instant: "TO_CHAR(TO_TIMESTAMP_NTZ({}, 6), 'YYYY-MM-DD\"T\"HH24:MI:SS.FF6\"Z\"')",
        quotient: "CAST(({a} - MOD({a}, {b})) / {b} AS BIGINT)",
        types: Types { time: "TIMESTAMP_TZ", ..COMMON.types },
        ..COMMON
    },
];

impl Dialect {
    /// The dialect of this name.
    #[must_use]
    pub fn named(word: &str) -> Option<&'static Self> {
        DIALECTS.iter().find(|dialect| dialect.word == word)
    }
}

/// Puts an expression into a form.
pub(super) fn fill(form: &str, expression: &str) -> String {
    form.replace("{}", expression)
}
