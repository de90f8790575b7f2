"""The other side of `cargo bench --bench counting`: the same query in DuckDB and in Polars.

    counting.py prepare FOLDER        make records.parquet of records.jsonl; ends with 77 where DuckDB or Polars is absent
    counting.py duckdb|polars FILE    samples, bad samples, and the groups they are in
    counting.py duckdb|polars         nothing but the start

The query: per action type, tier and day of the action, the samples of four metrics and how many of them are bad. Maturities
are whole days after the action, so that days of maturity make the same groups.
"""

import sys
from pathlib import Path

DAY = 86_400_000_000
# Name, days, signals that are bad, and where there is a verdict: signals that are good, and whether silence is.
METRICS = [
    ("acceptance", 3, ["rejected"], ["accepted"], False),
    ("completion", 7, ["corrected"], ["completed"], True),
    ("reopening", 14, ["reopened"], None, True),
    ("complaints", 30, ["reopened", "corrected"], None, True),
]


def duckdb_of(ending, path):
    """The records as rows of (id, action, tier, time, outcomes), times in microseconds."""
    if ending == "csv":
        columns = "{id: 'VARCHAR', time: 'TIMESTAMP', action: 'VARCHAR', tier: 'VARCHAR', signal: 'VARCHAR', signal_time: 'TIMESTAMP'}"
        return f"read_csv('{path}', header = true, columns = {columns})"
    if ending == "jsonl":
        outcome = "STRUCT(signal VARCHAR, \"time\" TIMESTAMP)[]"
        columns = f"{{time: 'TIMESTAMP', action: 'VARCHAR', tier: 'VARCHAR', outcomes: '{outcome}'}}"
        return f"read_json('{path}', format = 'newline_delimited', columns = {columns})"
    return f"read_parquet('{path}')"


def in_time(signals, days, time, signal, arrival):
    names = ", ".join(f"'{name}'" for name in signals)
    return f"{signal} IN ({names}) AND epoch_us({arrival}) <= epoch_us({time}) + {days * DAY}"


def by_duckdb(path):
    import duckdb

    ending = path.suffix[1:]
    source, flags = duckdb_of(ending, path), []
    for name, days, bad, good, _ in METRICS:
        for word, signals in (("bad", bad), ("good", good)):
            if signals and ending == "csv":
                flags.append(f"coalesce(bool_or({in_time(signals, days, 'time', 'signal', 'signal_time')}), false) AS {word}_{name}")
            elif signals:
                test = in_time(signals, days, "\"time\"", "o.signal", "o.\"time\"")
                flags.append(f"len(list_filter(outcomes, lambda o: {test})) > 0 AS {word}_{name}")
    # What the time is of all rows of an id it is of any of them.
    head = "any_value(action) AS action, any_value(tier) AS tier, any_value(time) AS time" if ending == "csv" else "action, tier, \"time\""
    records = f"SELECT {head}, {', '.join(flags)} FROM {source} {'GROUP BY id' if ending == 'csv' else ''}"
    sums = []
    for name, _, _, _, silence in METRICS:
        sums.append("count(*) AS n_" + name if silence else f"count(*) FILTER (WHERE bad_{name} OR good_{name}) AS n_{name}")
        sums.append(f"count(*) FILTER (WHERE bad_{name}) AS b_{name}")
    groups = f"SELECT action, tier, epoch_us(\"time\") // {DAY} AS day, {', '.join(sums)} FROM ({records}) GROUP BY ALL"
    total = lambda part: " + ".join(f"sum({part.format(name)})" for name, *_ in METRICS)
    whole = f"SELECT {total('n_{}')}, {total('b_{}')}, {total('(n_{} > 0)::INT')} FROM ({groups})"
    return duckdb.sql(whole).fetchall()[0]


def polars_rows(ending, path):
    """One row per record, and one per outcome, each with the number of its record; times in microseconds."""
    import polars as pl

    form = "%Y-%m-%dT%H:%M:%SZ"
    micros = lambda name: pl.col(name).str.to_datetime(form).dt.epoch("us")
    if ending == "csv":
        return pl.scan_csv(path).with_columns(micros("time"), micros("signal_time"))
    if ending == "jsonl":
        outcome = pl.Struct({"signal": pl.String, "time": pl.String})
        schema = {"id": pl.String, "time": pl.String, "action": pl.String, "tier": pl.String, "outcomes": pl.List(outcome)}
        lines = pl.scan_ndjson(path, schema=schema)
    else:
        lines = pl.scan_parquet(path)
    rows = lines.select("id", "time", "action", "tier", "outcomes").explode("outcomes", empty_as_null=True)
    rows = rows.with_columns(
        signal=pl.col("outcomes").struct.field("signal"), signal_time=pl.col("outcomes").struct.field("time")
    )
    if ending == "jsonl":
        return rows.with_columns(micros("time"), micros("signal_time"))
    return rows.with_columns(pl.col("time").dt.epoch("us"), pl.col("signal_time").dt.epoch("us"))


def by_polars(path):
    import polars as pl

    rows = polars_rows(path.suffix[1:], path)
    flags = []
    for name, days, bad, good, _ in METRICS:
        for word, signals in (("bad", bad), ("good", good)):
            if signals:
                test = pl.col("signal").is_in(signals) & (pl.col("signal_time") <= pl.col("time") + days * DAY)
                flags.append(test.fill_null(False).any().alias(f"{word}_{name}"))
    records = rows.group_by("id").agg(pl.col("action").first(), pl.col("tier").first(), pl.col("time").first(), *flags)
    sums = []
    for name, _, _, _, silence in METRICS:
        known = pl.len() if silence else (pl.col(f"bad_{name}") | pl.col(f"good_{name}")).sum()
        sums += [known.alias(f"n_{name}"), pl.col(f"bad_{name}").sum().alias(f"b_{name}")]
    groups = records.group_by("action", "tier", pl.col("time") // DAY).agg(*sums).collect(engine="streaming")
    total = lambda part: sum(int(groups[f"{part}_{name}"].sum()) for name, *_ in METRICS)
    return total("n"), total("b"), sum(int((groups[f"n_{name}"] > 0).sum()) for name, *_ in METRICS)


def prepare(folder):
    try:
        import duckdb
        import polars  # noqa: F401
    except ImportError:
        sys.exit(77)
    made = folder / "records.parquet"
    if made.exists():
        return
    outcome = "STRUCT(signal VARCHAR, \"time\" TIMESTAMPTZ)[]"
    columns = f"{{id: 'VARCHAR', time: 'TIMESTAMPTZ', action: 'VARCHAR', tier: 'VARCHAR', outcomes: '{outcome}'}}"
    part = made.with_suffix(".part")
    lines = f"read_json('{folder / 'records.jsonl'}', format = 'newline_delimited', columns = {columns})"
    duckdb.sql(f"SET timezone = 'UTC'; COPY (SELECT * FROM {lines}) TO '{part}' (FORMAT parquet, COMPRESSION zstd)")
    part.rename(made)


def main():
    what, *paths = sys.argv[1:]
    if what == "prepare":
        return prepare(Path(paths[0]))
    if not paths:
        return __import__(what)
    print(*({"duckdb": by_duckdb, "polars": by_polars}[what](Path(paths[0]))))


main()
