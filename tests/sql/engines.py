"""Runs the counting queries of cwrc in one engine: `python engines.py ENGINE FOLDER`.

Each folder in FOLDER is a case: `columns.json` (table to pairs of name and kind), one `TABLE.jsonl` each, and
`query.ENGINE.sql`. The rows of the result go to `rows.ENGINE.tsv`, sorted, nulls as `\\N`. The engine starts once. Exit
code 77: the engine is not there; the reason is on stderr.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

ABSENT = 77


def absent(why):
    print(why, file=sys.stderr)
    sys.exit(ABSENT)


def cell(value):
    """One value as the test writes it: integers and decimals in their shortest form."""
    if value is None:
        return "\\N"
    if isinstance(value, (int, Decimal)):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def columns(case, types):
    """The columns of each table with this engine's types."""
    tables = json.loads((case / "columns.json").read_text())
    return {table: [(name, types[kind]) for name, kind in all] for table, all in tables.items()}


def run_all(engine, folder, run):
    for case in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
        query = (case / f"query.{engine}.sql").read_text()
        try:
            rows = run(case, query)
        except Exception as error:
            print(f"{case.name}: {error}", file=sys.stderr)
            sys.exit(1)
        lines = sorted("\t".join(cell(value) for value in row) for row in rows)
        (case / f"rows.{engine}.tsv").write_text("".join(line + "\n" for line in lines))


def duckdb(folder, engine="duckdb", translate=lambda query: query):
    try:
        import duckdb
    except ImportError:
        absent("the package duckdb is not installed")
    types = {"text": "VARCHAR", "time": "TIMESTAMP", "number": "DECIMAL(38, 9)", "flag": "BOOLEAN"}
    connection = duckdb.connect(config={"threads": 1})

    def run(case, query):
        for table, all in columns(case, types).items():
            shape = ", ".join(f"'{name}': '{kind}'" for name, kind in all)
            source = f"read_json('{case}/{table}.jsonl', format = 'newline_delimited', columns = {{{shape}}})"
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {source}")
        return connection.execute(translate(query)).fetchall()

    run_all(engine, folder, run)


def clickhouse(folder):
    try:
        from chdb import session
    except ImportError:
        absent("the package chdb (ClickHouse) is not installed")
    types = {"text": "String", "time": "DateTime64(6, 'UTC')", "number": "Decimal(38, 9)", "flag": "Bool"}
    home = tempfile.mkdtemp(prefix="cwrc-clickhouse-")
    connection = session.Session(home)

    def run(case, query):
        for table, all in columns(case, types).items():
            shape = ", ".join(f"`{name}` Nullable({kind})" for name, kind in all)
            connection.query(f"CREATE OR REPLACE TABLE {table} ({shape}) ENGINE = Memory")
            source = f"file('{case}/{table}.jsonl', JSONEachRow, {quoted(shape)})"
            settings = "SETTINGS date_time_input_format = 'best_effort'"
            connection.query(f"INSERT INTO {table} SELECT * FROM {source} {settings}")
        lines = str(connection.query(query.rstrip().rstrip(";"), "JSONCompactStringsEachRow")).splitlines()
        return [[None if value == "ᴺᵁᴸᴸ" else value for value in json.loads(line)] for line in lines]

    def quoted(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    try:
        run_all("clickhouse", folder, run)
    finally:
        connection.close()
        shutil.rmtree(home, ignore_errors=True)


def spark(folder):
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        absent("the package pyspark is not installed")
    if not shutil.which("java"):
        absent("there is no java, which Spark needs")
    types = {"text": "STRING", "time": "TIMESTAMP", "number": "DECIMAL(38, 9)", "flag": "BOOLEAN"}
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
        # Hardly any data, but large plans: interpreting them is faster than compiling them.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[1]").appName("cwrc")
    for key, value in options.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()

    def run(case, query):
        for table, all in columns(case, types).items():
            shape = ", ".join(f"`{name}` {kind}" for name, kind in all)
            rows = session.read.schema(shape).option("timestampFormat", "yyyy-MM-dd HH:mm:ss.SSSSSS")
            rows.json(str(case / f"{table}.jsonl")).createOrReplaceTempView(table)
        return [tuple(row) for row in session.sql(query.rstrip().rstrip(";")).collect()]

    try:
        run_all("spark", folder, run)
    finally:
        session.stop()


def translated(word):
    """The query of an engine that cannot be had: parsed in its dialect, translated, and run in DuckDB."""

    def run(folder):
        try:
            import sqlglot
        except ImportError:
            absent("the package sqlglot is not installed")

        def exact(node):
            # BigQuery's NUMERIC has 38 digits, 9 of them decimals; the bare DECIMAL of DuckDB has not.
            if isinstance(node, sqlglot.exp.DataType) and node.this.name == "DECIMAL" and not node.expressions:
                return sqlglot.exp.DataType.build("DECIMAL(38, 9)")
            return node

        def translate(query):
            tree = sqlglot.parse_one(query, read=word, error_level=sqlglot.ErrorLevel.RAISE)
            # What is quoted in a format of Snowflake stays quoted in the translation.
            return tree.transform(exact).sql("duckdb").replace('%f"Z"', "%fZ")

        duckdb(folder, word, translate)

    return run


def postgres(folder):
    server = Postgres()
    types = {"text": "TEXT", "time": "TIMESTAMPTZ", "number": "NUMERIC(38, 9)", "flag": "BOOLEAN"}

    def copied(value):
        if value is None:
            return "\\N"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")

    def run(case, query):
        script = ["SET client_min_messages = warning;", "SET timezone = 'UTC';"]
        for table, all in columns(case, types).items():
            shape = ", ".join(f'"{name}" {kind}' for name, kind in all)
            script += [f"DROP TABLE IF EXISTS {table};", f"CREATE TABLE {table} ({shape});", f"COPY {table} FROM STDIN;"]
            for line in (case / f"{table}.jsonl").read_text().split("\n"):
                if line:
                    row = json.loads(line)
                    script.append("\t".join(copied(row.get(name)) for name, _ in all))
            script.append("\\.")
        # COPY writes nulls and escapes one way, and reads nothing into the query.
        script.append("SET timezone = 'Asia/Tokyo';")
        script.append(f"COPY ({query.rstrip().rstrip(';')}) TO STDOUT;")
        text = server.psql("\n".join(script) + "\n")
        return [[plain(value) for value in line.split("\t")] for line in text.splitlines()]

    def plain(value):
        if value == "\\N":
            return None
        return value.replace("\\\\", "\\")

    try:
        run_all("postgres", folder, run)
    finally:
        server.stop()


class Postgres:
    """A server of its own, in a temporary folder, on a socket there; never as root, which PostgreSQL refuses."""

    def __init__(self):
        places = [shutil.which("initdb")] + sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))
        found = [Path(os.path.realpath(place)).parent for place in places if place]
        if not found:
            absent("PostgreSQL is not installed (no initdb)")
        self.bin = found[-1]
        self.home = tempfile.mkdtemp(prefix="cwrc-postgres-")
        self.user = {}
        if os.geteuid() == 0:
            shutil.chown(self.home, "nobody")
            self.user = {"user": "nobody", "group": "nogroup", "extra_groups": [], "env": {**os.environ, "HOME": self.home}}
        self.call("initdb", "-D", f"{self.home}/data", "-U", "cwrc", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {self.home} -c listen_addresses='' -c fsync=off -c jit=off"
        self.call("pg_ctl", "-D", f"{self.home}/data", "-w", "-l", f"{self.home}/log", "-o", options, "start")

    def call(self, program, *arguments, **more):
        command = [str(self.bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.home, **self.user, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout

    def psql(self, script):
        arguments = ["-h", self.home, "-U", "cwrc", "-d", "postgres", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        return self.call("psql", *arguments, input=script)

    def stop(self):
        self.call("pg_ctl", "-D", f"{self.home}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


def main(engine, folder):
    engines = {"duckdb": duckdb, "postgres": postgres, "clickhouse": clickhouse, "spark": spark}
    engines |= {word: translated(word) for word in ("bigquery", "snowflake")}
    engines[engine](folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
