"""The other side of `cargo bench --bench sweep`: the same bars in numpy (prefix sums) and in Polars (rolling windows).

Called with the folder of the inputs and our variants per second. The bars alone are not a replay, so the tiers are worked
out on top of them, by numpy for all variants at once. Ends with 77 where numpy or Polars is absent.
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
# The last boundary, counted from the first day.
LAST = 366
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


# By tier: what the gate above asks, and the gate below keeps; crawl has no keep bar, run no gate above.
UP, KEEP = ("up1", "up2", None), (None, "keep1", "keep2")


class Reads:
    """How bars stand that look at the tier an action type is at, since it entered it: for all variants at once."""

    def __init__(self, names, sums, variants, actions, days):
        known = [name and (BARS[name], [limits(variant)[name] for variant in variants]) for name in names]
        zeros, many = np.zeros((2, actions, days + 1), dtype=np.int64), [(1 << 40, 0, False)] * len(variants)
        self.sums = np.stack([sums[it[0][0], it[0][1]] if it else zeros for it in known]).transpose(1, 0, 2, 3)
        self.windows = np.array([it[0][2] if it else 0 for it in known])
        self.delays = np.array([DELAY[it[0][0]] if it else 0 for it in known])
        self.least, percent, strict = (
            np.array([[limit[part] for limit in (it[1] if it else many)] for it in known]) for part in range(3)
        )
        # `<` in whole numbers is `<=` one less.
        self.percent, self.one_less = percent, strict.astype(np.int64)
        self.rows, self.columns = np.arange(len(variants))[:, None], np.arange(actions)[None, :]

    def __call__(self, tier, since, now):
        start = np.minimum(now, np.maximum(now - self.windows[tier], since + self.delays[tier]))
        counts = self.sums[:, tier, self.columns, now] - self.sums[:, tier, self.columns, start]
        n, bad = counts
        met = bad * 100 + self.one_less[tier, self.rows] <= n * self.percent[tier, self.rows]
        return n >= self.least[tier, self.rows], met


def follow(first, sums, variants, actions, days):
    """The first dates of promotion to walk and to run: the tiers of all variants at once, on somebody's bars at crawl."""
    shape = (len(variants), actions)
    up, keep = (Reads(names, sums, variants, actions, days) for names in (UP, KEEP))
    tier, since, until = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    passing, eligible = (np.full(shape, -1) for _ in range(2))
    dates, rows = np.full((*shape, 2), -1), np.arange(len(variants))
    holds = np.array([[variant[name] for name in ("hold1", "hold2")] + [0] for variant in variants])
    cooldown = np.array([[variant["cooldown"]] for variant in variants])
    rank, never = (np.arange(actions) % 3) * actions + np.arange(actions), 1 << 40
    for now in range(1, days + 1):
        enough, met = keep(tier, since, now)
        moved = (tier > CRAWL) & enough & ~met
        tier, since, until = tier - moved, np.where(moved, now, since), np.where(moved, now + cooldown, until)
        enough, met = up(tier, since, now)
        clears = np.where((tier == CRAWL) & (since == 0), first[:, :, now], enough & met)
        passes = clears & ~moved & (tier < RUN) & (now >= until)
        passing = np.where(passes, np.where(passing < 0, now, passing), -1)
        ready = passes & (now - passing >= holds[rows[:, None], tier])
        eligible = np.where(ready, np.where(eligible < 0, now, eligible), -1)
        places = np.where(ready, eligible * (3 * actions) + rank, never)
        best = places.argmin(axis=1)
        at = rows[places[rows, best] < never]
        best = best[at]
        old = dates[at, best, tier[at, best]]
        dates[at, best, tier[at, best]] = np.where(old < 0, now, old)
        tier[at, best] += 1
        since[at, best], passing[at, best], eligible[at, best] = now, -1, -1
    return [" ".join(f"{walk}/{run}" for walk, run in variant) for variant in dates.tolist()]


def timed(work):
    """What some work gives, and the seconds of processor time it took."""
    started = time.process_time()
    return work(), time.process_time() - started


def main():
    folder, ours = Path(sys.argv[1]), float(sys.argv[2])
    table = pl.read_csv(folder / "counts.csv")
    actions, days = table["action"].max() + 1, LAST
    variants = pl.read_csv(folder / "variants.csv").to_dicts()
    sums, frames = prefix_sums(table, actions, days), frames_of(table, actions, days)
    starts = {window: np.maximum(np.arange(days + 1) - window, 0) for window in (14, 21)}
    by_numpy, numpy = timed(lambda: [bars_by_numpy(sums, variant, starts) for variant in variants])
    by_polars, polars = timed(lambda: [bars_by_polars(frames, variant) for variant in variants])

    shape = lambda column: np.pad(column.to_numpy().reshape(actions, days), ((0, 0), (1, 0)))
    expected = [variant["dates"] for variant in variants]
    first = np.stack([bars["up1"][0] & bars["up1"][1] for bars in by_numpy])
    dates, tiers = timed(lambda: follow(first, sums, variants, actions, days))
    assert dates == expected, "numpy disagrees"
    first = np.stack([shape(bars["up1"]["enough"] & bars["up1"]["met"]) for bars in by_polars])
    assert follow(first, sums, variants, actions, days) == expected, "Polars disagrees"

    # Python works out one reading of the evidence; we both.
    for name, seconds in (
        ("numpy prefix sums: bars only", numpy),
        ("numpy prefix sums: dates of promotion", numpy + tiers),
        ("Polars rolling windows: bars only", polars),
        ("Polars rolling windows: dates of promotion", polars + tiers),
    ):
        rate = len(variants) / seconds
        print(f"{name:<46} {rate:>10.0f} replays/s: ours are {2 * ours / rate:,.0f} times as many")
    promoted = sum(date.count("/") * 2 - date.count("-1") for date in expected)
    print(f"# equal dates of promotion in all {len(variants)} variants compared ({promoted} promotions)")


main()
