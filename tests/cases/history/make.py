"""Writes the tables beside it from tests/fuzz/rich.history.jsonl, with pyarrow: run it in the repository's root."""
import csv
import datetime
import decimal
import json

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = "tests/cases/history"
RECORDS = [json.loads(line) for line in open("tests/fuzz/rich.history.jsonl")]


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def nested(record):
    """Times as timestamps, amounts as decimals, client as a struct, outcomes as a list of structs."""
    row = dict(record)
    row["time"] = instant(record["time"])
    if "amount" in row:
        row["amount"] = decimal.Decimal(str(row["amount"]))
    if "outcomes" in row:
        row["outcomes"] = [{**it, "time": instant(it["time"])} for it in row["outcomes"]]
    return row


def flat(record):
    """A row for each outcome; the struct as columns with dots in their names."""
    base = {k: v for k, v in record.items() if k not in ("outcomes", "client", "signal")}
    base |= {f"client.{k}": v for k, v in record.get("client", {}).items()}
    if "signal" in record:
        return [base | {"signal": record["signal"]}]
    rows = [base | {"signal": it["signal"], "signal_time": it["time"], "value": it.get("value")}
            for it in record.get("outcomes", [])]
    return rows or [base]


pq.write_table(pa.Table.from_pylist([nested(it) for it in RECORDS], schema=pa.schema([
    ("id", pa.string()), ("signal", pa.string()), ("time", pa.timestamp("ns", "UTC")), ("action", pa.string()),
    ("tier", pa.string()), ("amount", pa.decimal128(12, 4)), ("channel", pa.string()), ("client_free", pa.bool_()), ("model", pa.string()),
    ("client", pa.struct([("plan", pa.string()), ("vip", pa.bool_())])), ("unused", pa.float32()),
    ("outcomes", pa.list_(pa.struct([
        ("signal", pa.string()), ("time", pa.timestamp("ms", "UTC")), ("value", pa.float64())]))),
])), f"{FOLDER}/nested.parquet", compression="zstd", row_group_size=50)
ROWS = [row for record in RECORDS for row in flat(record)]
NAMES = list(dict.fromkeys(name for row in ROWS for name in row))
table = pa.Table.from_pylist([{name: row.get(name) for name in NAMES} for row in reversed(ROWS)])
pq.write_table(table, f"{FOLDER}/flat.parquet", compression="snappy")
with open(f"{FOLDER}/flat.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, NAMES)
    writer.writeheader()
    writer.writerows(reversed(ROWS))
