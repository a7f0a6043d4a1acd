"""The product's own features of a transaction: how it fits its customer's habits, and what is known of its terminal.

All of them are legal under the delay: no label younger than `delay_days` is looked at. Unknown is NaN.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from goodfor.risk.model.transactions import Transactions
from goodfor.risk.model.windows import DAY, Floats, Groups, Ints, ratio

CUSTOMER_NAMES: Final = (
    "amount_to_median",
    "amount_z",
    "unusual_14d",
    "gap_days",
)
TERMINAL_NAMES: Final = (
    "last_known_bad",
    "known_age_days",
    "bad_run_length",
    "bad_run_plain",
    "bad_run_age_days",
    "bad_run_age_most_days",
    "bad_since_days",
    "known_risk_7d",
    "known_risk_28d",
    "known_count_28d",
    "known_plain_bad_28d",
)
NAMES: Final = (*CUSTOMER_NAMES, *TERMINAL_NAMES)
#: A customer's habit is the median of so many purchases before.
LAST: Final = 40
#: Unusual is more than so many times the median.
UNUSUAL: Final = 3.0
_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Habits:
    """What each customer usually spends, before each purchase, in the order of `customers`. NaN: the first one."""

    median: Floats
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, transactions: Transactions, customers: Groups) -> "Habits":
        """Median, mean and standard deviation of the last `LAST` purchases before each."""
        cents = transactions.cents[customers.order]
        place = np.arange(cents.size)
        before = np.minimum(place - customers.start, LAST)
        # In whole cents, so that equal amounts have a spread of nothing.
        total, squares = (np.append(0, np.cumsum(values)) for values in (cents, cents * cents))
        summed, squared = (running[place] - running[place - before] for running in (total, squares))
        spread = np.sqrt(ratio(before * squared - summed * summed, before * before, np.nan))
        return cls(_medians(cents / 100.0, before), ratio(summed, 100 * before, np.nan), spread / 100)


def _medians(spent: Floats, before: Ints) -> Floats:
    """The median of the `before[i]` values in front of each; NaN where there are none."""
    padded = np.concatenate([np.full(LAST, np.inf), spent])
    windows = sliding_window_view(padded, LAST)[: spent.size]
    result = np.full(spent.size, np.nan)
    newest_first = np.arange(LAST, 0, -1)
    for first in range(0, spent.size, _CHUNK):
        some = slice(first, first + _CHUNK)
        count = before[some]
        values = np.where(newest_first <= count[:, None], windows[some], np.inf)
        values.sort(axis=1)
        at = np.arange(count.size)
        low, high = values[at, np.maximum(count - 1, 0) // 2], values[at, count // 2 % LAST]
        result[some] = np.where(count > 0, (low + high) / 2, np.nan)
    return result


def own_features(
    transactions: Transactions, rows: Ints, *, customers: Groups, terminals: Groups, delay_days: int = 7
) -> Floats:
    """The features of these rows, as (rows, len(NAMES)), in the order of NAMES."""
    habits = Habits.of(transactions, customers)
    spent = transactions.cents[customers.order] / 100.0
    unusual = np.zeros(len(transactions), dtype=np.bool_)
    unusual[customers.order] = spent > UNUSUAL * np.nan_to_num(habits.median, nan=np.inf)
    return np.column_stack(
        [
            *_of_customers(transactions, rows, customers, habits, unusual),
            *_of_terminals(transactions, rows, terminals, unusual, delay_days * DAY),
        ]
    )


def _of_customers(
    transactions: Transactions, rows: Ints, customers: Groups, habits: Habits, unusual: NDArray[np.bool_]
) -> list[Floats]:
    at = customers.place[rows]
    amount = transactions.cents[rows] / 100.0
    median, mean, spread = habits.median[at], habits.mean[at], habits.spread[at]
    odd = customers.sums(unusual)
    before = np.where(at > customers.start[at], at - 1, at)
    gap = np.where(before < at, (customers.seconds[at] - customers.seconds[before]) / DAY, np.nan)
    return [
        amount / np.maximum(median, 0.01),
        (amount - mean) / np.maximum(spread, 0.01),
        (odd[at] - odd[customers.after(14 * DAY, at)]).astype(np.float64),
        gap,
    ]


def _of_terminals(
    transactions: Transactions, rows: Ints, terminals: Groups, unusual: NDArray[np.bool_], delay: int
) -> list[Floats]:
    """A run: the bad ones in a row up to the last that is known. Plain: bad, and not unusual for its customer."""
    at = terminals.place[rows]
    now, start, seconds = terminals.seconds[at], terminals.start[at], terminals.seconds
    bad = transactions.fraud[terminals.order]
    clean, last_bad = _last_clean(bad, terminals), np.maximum.accumulate(np.where(bad, np.arange(bad.size), -1))
    known = terminals.after(delay, at) - 1
    any_known, told = known >= start, np.maximum(known, 0)
    before, worst = clean[told], last_bad[told]
    run = np.where(any_known, told - before, 0)
    in_run, had_bad = run > 0, any_known & (worst >= start)
    count = terminals.sums(np.ones(bad.size, dtype=np.int64))
    wrong, plain = terminals.sums(transactions.fraud), terminals.sums(transactions.fraud & ~unusual)
    week, month = (terminals.after(delay + days * DAY, at) for days in (7, 28))
    end, begun = known + 1, np.minimum(before + 1, bad.size - 1)

    def age(of: Ints, where: NDArray[np.bool_]) -> Floats:
        return np.where(where, (now - seconds[np.maximum(of, 0)]) / DAY, np.nan)

    return [
        np.where(any_known, bad[told].astype(np.float64), np.nan),
        age(told, any_known),
        run.astype(np.float64),
        np.where(in_run, plain[end] - plain[begun], 0).astype(np.float64),
        age(begun, in_run),
        # It may have begun right after the last good one.
        age(before, in_run & (before >= start)),
        age(worst, had_bad),
        ratio(wrong[end] - wrong[week], count[end] - count[week], np.nan),
        ratio(wrong[end] - wrong[month], count[end] - count[month], np.nan),
        (count[end] - count[month]).astype(np.float64),
        (plain[end] - plain[month]).astype(np.float64),
    ]


def _last_clean(bad: NDArray[np.bool_], terminals: Groups) -> Ints:
    """For each position the last one up to it that was good, or the one before its key's first."""
    every = np.arange(bad.size)
    return np.maximum.accumulate(np.where(~bad, every, np.where(every == terminals.start, every - 1, -1)))
