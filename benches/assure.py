"""The promises of benches/assure.cwr in plain numpy, by paths that are doubled until 99.9 % tell them from the promise.

One line per promise: the chance, its standard error, the paths, and whether the promise holds; last the time. To be
compared with `cargo bench --bench assure`, which runs both.
"""

import math
import sys
import time

import numpy as np

MOST = 1 << 20
FIRST = 1 << 12


LOG_FACTORIAL = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, 100_000)))])


def tail(n, bad, share):
    """P(Bin(n, share) <= bad)."""
    k = np.arange(bad + 1)
    log = LOG_FACTORIAL[n] - LOG_FACTORIAL[k] - LOG_FACTORIAL[n - k] + k * math.log(share) + (n - k) * math.log1p(-share)
    return float(np.exp(log).sum())


def log_beta(a, b):
    return LOG_FACTORIAL[a - 1] + LOG_FACTORIAL[b - 1] - LOG_FACTORIAL[a + b - 1]


def anytime(n, bad, target, alpha):
    """Whether the one-sided Beta(1, 1) mixture reaches the target."""
    good = n - bad
    if good <= target * n:
        return False
    log_m = log_beta(1 + good, 1 + bad) - good * math.log(target) - bad * math.log1p(-target)
    beyond = tail(n + 1, good, target)  # 1 - I_target(good + 1, bad + 1)
    return log_m + math.log(beyond) - math.log1p(-target) >= -math.log(alpha)


def allowed(n, rule):
    """c(n): the most bad samples of n with which a bar clears, by counting on from a neighbour."""
    kind, target, minimum = rule[0], rule[1], rule[2]
    if n < minimum:
        return -1
    if kind == "share":
        return math.floor(n * (1 - target) + 1e-9)
    if kind == "below":  # fewer than this share of bad ones
        return math.ceil(n * target - 1e-9) - 1
    low, high = -1, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if anytime(n, middle, target, rule[3]) else (low, middle)
    return low


def kept(n, target, minimum):
    """The most bad samples with which a keep bar does not fail."""
    return math.floor(n * (1 - target) + 1e-9) if n >= minimum else n


class Bar:
    def __init__(self, bad, window, rule, delay=0):
        self.bad, self.window, self.rule, self.delay = bad, window, rule, delay

    def looks(self, samples, ticks, table):
        sums = np.concatenate([[0], np.cumsum(samples)])
        starts = [min(max(k - self.window if self.window else 0, self.delay), k) for k in range(1, ticks + 1)]
        return starts, [table(int(sums[k] - sums[start])) for k, start in enumerate(starts, 1)]


def paths(rng, bars, per_tick, ticks, hold, count, demotes, stop):
    """On how many of so many paths it happens."""
    clears = np.ones((count, ticks), dtype=bool)
    for bar in bars:
        samples = np.full(ticks, per_tick)
        samples[: bar.delay] = 0
        table = (lambda n: kept(n, *bar.rule)) if demotes else (lambda n: allowed(n, bar.rule))
        starts, most = bar.looks(samples, ticks, table)
        bad = rng.binomial(samples, bar.bad, size=(count, ticks))
        sums = np.concatenate([np.zeros((count, 1), dtype=bad.dtype), np.cumsum(bad, axis=1)], axis=1)
        clears &= sums[:, 1:] - sums[:, starts] <= np.array(most)
    if demotes:
        return int((~clears).any(axis=1).sum())
    run = np.zeros(count, dtype=int)
    done = np.zeros(count, dtype=bool)
    over = np.zeros(count, dtype=bool)
    for k in range(1, ticks + 1):
        run = np.where(clears[:, k - 1], run + 1, 0)
        done |= ~over & (run > hold)
        if stop and k >= stop:
            over |= run == 0
    return int(done.sum())


ACCEPTANCE = lambda right, target=0.9, window=14, least=200: Bar(1 - right, window, ("share", target, least))
COMPLETION = lambda right: Bar(1 - right, 14, (0.91, 120))
REOPENS = lambda share: Bar(share, None, ("anytime", 0.96, 500, 0.05), delay=7)
KEPT = lambda share: Bar(share, 21, (0.93, 200), delay=7)
REFUNDS = lambda right: Bar(1 - right, None, ("anytime", 0.99, 500, 0.05), delay=14)
KEPT_STARS = lambda mean: Bar((5 - mean) / 4, 28, (0.65, 100))
STARS = lambda mean: Bar((5 - mean) / 4, 28, ("share", 0.75, 100))

# bars, records a day, days, hold, stop, "at most" or "at least", promised; demotes where there is no hold
PROMISES = [
    ([ACCEPTANCE(0.87)], 40, 90, 14, 121, "most", 0.05),
    ([ACCEPTANCE(0.94)], 40, 90, 14, 121, "least", 0.99),
    ([COMPLETION(0.95)], 40, 90, None, None, "most", 0.05),
    ([REOPENS(0.04), STARS(4.5)], 40, 365, 14, 365, "most", 0.05),
    ([REOPENS(0.02), STARS(4.5)], 40, 180, 14, 365, "least", 0.95),
    ([KEPT(0.04), KEPT_STARS(4.8)], 40, 90, None, None, "most", 0.05),
    ([ACCEPTANCE(0.91, 0.94, 28, 250)], 20, 90, 14, 121, "most", 0.05),
    ([ACCEPTANCE(0.97, 0.94, 28, 250)], 20, 90, 14, 121, "least", 0.95),
    ([REFUNDS(0.99)], 60, 365, 21, 365, "most", 0.05),
    ([REFUNDS(0.997)], 60, 180, 21, 365, "least", 0.8),
]


def settle(number, promise):
    bars, per_tick, ticks, hold, stop, bound, promised = promise
    rng = np.random.default_rng([20261121, number])
    hits = count = 0
    while count < MOST:
        batch = max(FIRST, count)
        for _ in range(batch // FIRST):  # in pieces that fit into the cache
            hits += paths(rng, bars, per_tick, ticks, hold, FIRST, hold is None, stop)
        count += batch
        chance = hits / count
        error = math.sqrt(max(chance * (1 - chance), 1 / count) / count)
        if abs(chance - promised) > 3.29 * error:
            break
    holds = chance <= promised if bound == "most" else chance >= promised
    return f"{number + 1:>2} {chance:.5f} +- {error:.5f} {count:>8} paths, at {bound} {promised}: {'holds' if holds else 'FAILS'}"


def main():
    started = time.perf_counter()
    for number, promise in enumerate(PROMISES):
        print(settle(number, promise))
    print(f"seconds {time.perf_counter() - started:.3f}")


if __name__ == "__main__":
    sys.exit(main())
