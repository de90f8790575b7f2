#!/usr/bin/env python3
"""Writes a history of rich.cwr that moves its action types up and down: rich.history.jsonl."""
import json, random
from datetime import datetime, timedelta
random.seed(7)
start = datetime(2026, 1, 1)
def at(hours): return (start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
lines = []
for n in range(220):
    h = n * 0.5 + random.random() * 0.2
    action = random.choice(["reply", "reply", "refund", "refund", "payback", "lookup", "other"])
    tier = "crawl" if h < 12 else random.choice(["crawl", "walk", "walk", "run"])
    amount = random.choice([5, 49.99, 50, 50.01, 1200])
    record = {"id": f"r{n}", "time": at(h), "action": action, "tier": tier, "amount": amount,
              "channel": random.choice(["email", "chat"]), "client": {"plan": "free", "vip": random.random() < 0.1},
              "client_free": True, "model": "m1" if h < 70 else "m2", "outcomes": []}
    out = record["outcomes"]
    def signal(name, late, value=None):
        it = {"signal": name, "time": at(h + late)}
        if value is not None: it["value"] = value
        out.append(it)
    signal("accepted" if random.random() < 0.9 else "rejected", 0.3)
    signal("completed" if random.random() < 0.9 else "corrected", 0.6)
    if random.random() < 0.5: signal("rated", 0.9, random.choice([1, 3.5, 4, 5]))
    if random.random() < 0.4: signal("effort", 0.9, random.choice([-7.5, -3, -1]))
    if random.random() < 0.05: signal("reopened", 2)
    if random.random() < 0.03: signal("reversed", 3)
    if random.random() < 0.04: signal("complaint", 1)
    lines.append((h, record))
    if n % 4 == 0: lines.append((h, {"signal": "feed", "time": at(h)}))
lines.append((95, {"signal": "outage", "time": at(95)}))
with open("rich.history.jsonl", "w") as file:
    for _, record in lines: file.write(json.dumps(record, separators=(",", ":")) + "\n")
