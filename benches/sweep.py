"""The other side of `cargo bench --bench sweep`: the same bars in numpy (prefix sums) and in Polars (rolling windows).

Called with the folder of the inputs, our variants per second, and how many variants to follow to their dates of
promotion. Ends with 77 where numpy or Polars is absent.
"""

import sys
import time
from pathlib import Path

try:
    import numpy as np
    import polars as pl
except ImportError:
    sys.exit(77)

ACCEPTANCE, COMPLETION, REOPENED = 0, 1, 2
CRAWL, WALK, RUN = 0, 1, 2
# metric, tier, window, whether fewer are better
BARS = {
    "up1": (ACCEPTANCE, CRAWL, 14, False),
    "keep1": (COMPLETION, WALK, 14, False),
    "up2": (REOPENED, WALK, 21, True),
    "keep2": (REOPENED, RUN, 21, True),
}
DELAY = {ACCEPTANCE: 0, COMPLETION: 0, REOPENED: 7}


def limits(variant):
    """Per bar: the least number of samples, and how many of a hundred may be bad; of a bar `<` not quite so many."""
    return {
        "up1": (variant["min1"], 100 - variant["target1"], False),
        "keep1": (100, 9, False),
        "up2": (200, variant["target2"], True),
        "keep2": (100, 7, False),
    }


def judge(n, bad, limit):
    least, percent, strict = limit
    met = bad * 100 < n * percent if strict else bad * 100 <= n * percent
    return n >= least, met


def prefix_sums(table, actions, days):
    sums = {}
    for metric in (ACCEPTANCE, COMPLETION, REOPENED):
        for tier in (CRAWL, WALK, RUN):
            daily = np.zeros((2, actions, days + 1), dtype=np.int64)
            part = table.filter((pl.col("metric") == metric) & (pl.col("tier") == tier) & (pl.col("day") < days))
            at = (part["action"].to_numpy(), part["day"].to_numpy() + 1)
            daily[0][at] = part["n"].to_numpy()
            daily[1][at] = part["bad"].to_numpy()
            sums[metric, tier] = daily.cumsum(axis=2)
    return sums


def bars_by_numpy(sums, variant, starts):
    """By bar: at which boundaries of which action type it has enough, and is met."""
    out = {}
    for name, (metric, tier, window, _) in BARS.items():
        n, bad = sums[metric, tier] - sums[metric, tier][:, :, starts[window]]
        out[name] = judge(n, bad, limits(variant)[name])
    return out


def bars_by_polars(frames, variant):
    out = {}
    for name, (metric, tier, window, _) in BARS.items():
        least, percent, strict = limits(variant)[name]
        rolled = frames[metric, tier].select(
            pl.col("n").rolling_sum(window, min_samples=1).over("action"),
            pl.col("bad").rolling_sum(window, min_samples=1).over("action"),
        )
        left, right = pl.col("bad") * 100, pl.col("n") * percent
        out[name] = rolled.select(enough=pl.col("n") >= least, met=left < right if strict else left <= right)
    return out


def frames_of(table, actions, days):
    """Every day of every action type, so that a window of rows is a window of days."""
    all_days = pl.DataFrame({"action": range(actions)}).join(pl.DataFrame({"day": range(days)}), how="cross")
    frames = {}
    for metric in (ACCEPTANCE, COMPLETION, REOPENED):
        for tier in (CRAWL, WALK, RUN):
            part = table.filter((pl.col("metric") == metric) & (pl.col("tier") == tier))
            joined = all_days.join(part.select("action", "day", "n", "bad"), on=["action", "day"], how="left")
            frames[metric, tier] = joined.fill_null(0).sort("action", "day")
    return frames


def follow(bars, sums, variant, actions, days):
    """The first dates of promotion to walk and to run: the evaluator in plain Python, on somebody's bars at crawl."""
    enough, met = bars["up1"]
    tier, since = [CRAWL] * actions, [0] * actions
    passing, eligible, until = [None] * actions, [None] * actions, [0] * actions
    dates, last = [[-1, -1] for _ in range(actions)], -9

    def read(name, action, now):
        metric, _, window, _ = BARS[name]
        start = min(now, max(now - window, since[action] + DELAY[metric]))
        n, bad = sums[metric, tier[action]][:, action, now] - sums[metric, tier[action]][:, action, start]
        ok, good = judge(int(n), int(bad), limits(variant)[name])
        return ok, good

    def clears(action, now):
        if tier[action] == CRAWL and since[action] == 0:
            return enough[action, now] and met[action, now]
        if tier[action] == CRAWL:
            return all(read("up1", action, now))
        return all(read("up2", action, now))

    for now in range(1, days + 1):
        for action in range(actions):
            moved = False
            if tier[action] > CRAWL:
                ok, good = read("keep1" if tier[action] == WALK else "keep2", action, now)
                if ok and not good:
                    tier[action] -= 1
                    since[action], until[action], moved = now, now + variant["cooldown"], True
            passes = not moved and tier[action] < RUN and now >= until[action] and clears(action, now)
            passing[action] = (passing[action] or now) if passes else None
            hold = variant["hold1"] if tier[action] == CRAWL else variant["hold2"]
            ready = passing[action] is not None and now - passing[action] >= hold
            eligible[action] = (eligible[action] or now) if ready else None
        ranked = [(eligible[a], a % 3, a) for a in range(actions) if eligible[a] is not None]
        if ranked and now > last:
            action = min(ranked)[2]
            if dates[action][tier[action]] < 0:
                dates[action][tier[action]] = now
            tier[action] += 1
            since[action], passing[action], eligible[action], last = now, None, None, now
    return " ".join(f"{walk}/{run}" for walk, run in dates)


def main():
    folder, ours, sample = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    table = pl.read_csv(folder / "counts.csv")
    actions, days = table["action"].max() + 1, 365
    variants = pl.read_csv(folder / "variants.csv").to_dicts()
    sums, frames = prefix_sums(table, actions, days), frames_of(table, actions, days)
    starts = {window: np.maximum(np.arange(days + 1) - window, 0) for window in (14, 21)}

    started = time.process_time()
    by_numpy = [bars_by_numpy(sums, variant, starts) for variant in variants]
    numpy_rate = len(variants) / (time.process_time() - started)
    started = time.process_time()
    by_polars = [bars_by_polars(frames, variant) for variant in variants]
    polars_rate = len(variants) / (time.process_time() - started)

    started = time.process_time()
    for at in range(sample):
        theirs = follow(by_numpy[at], sums, variants[at], actions, days)
        assert theirs == variants[at]["dates"], f"numpy disagrees on variant {at}\n{theirs}\n{variants[at]['dates']}"
    machine = sample / (time.process_time() - started)
    for at in range(sample):
        frame = by_polars[at]["up1"]
        shape = lambda name: np.pad(frame[name].to_numpy().reshape(actions, days), ((0, 0), (1, 0)))
        theirs = follow({"up1": (shape("enough"), shape("met"))}, sums, variants[at], actions, days)
        assert theirs == variants[at]["dates"], f"Polars disagrees on variant {at}"
    promoted = sum(date.count("/") - date.count("-1") for date in (variants[at]["dates"] for at in range(sample)))
    for name, rate in (("numpy prefix sums, bars only, one reading", numpy_rate),
                       ("Polars rolling windows, bars only, one reading", polars_rate),
                       ("plain Python, the tiers on top, one reading", machine)):
        print(f"{name:<46} {rate:>12.1f} variants/s: ours is {ours / rate:,.0f} times as fast")
    print(f"# equal dates of promotion in {sample} variants ({promoted} promotions to walk and run)")


main()
