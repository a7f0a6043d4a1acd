"""The 15 features of the handbook (chapter 3): amount, time, the customer's habits, the terminal's known past."""

from typing import Final

import numpy as np

from goodfor.risk.model.transactions import Transactions
from goodfor.risk.model.windows import DAY, Floats, Groups, Ints, ratio

WINDOWS: Final = (1, 7, 30)
NAMES: Final = (
    "amount",
    "weekend",
    "night",
    *(f"customer_{what}_{days}d" for days in WINDOWS for what in ("count", "mean")),
    *(f"terminal_{what}_{days}d" for days in WINDOWS for what in ("count", "risk")),
)
#: Hours 0 to 6 are night.
LAST_NIGHT_HOUR: Final = 6
SATURDAY: Final = 5


def book_features(
    transactions: Transactions, rows: Ints, *, customers: Groups, terminals: Groups, delay_days: int = 7
) -> Floats:
    """The features of these rows, as (rows, 15), in the order of NAMES.

    A customer's windows end with the transaction itself. A terminal's end `delay_days` before it: younger labels are
    not known yet.
    """
    ts = transactions.ts[rows]
    weekday = (transactions.origin.weekday() + ts // DAY) % 7
    columns = [
        transactions.cents[rows] / 100.0,
        (weekday >= SATURDAY).astype(np.float64),
        (ts % DAY // 3600 <= LAST_NIGHT_HOUR).astype(np.float64),
    ]
    at = customers.place[rows]
    spent = customers.sums(transactions.cents)
    for days in WINDOWS:
        first = customers.after(days * DAY, at)
        count = at + 1 - first
        columns += [count.astype(np.float64), (spent[at + 1] - spent[first]) / (100.0 * count)]
    at = terminals.place[rows]
    bad = terminals.sums(transactions.fraud)
    known = terminals.after(delay_days * DAY, at)
    for days in WINDOWS:
        first = terminals.after((delay_days + days) * DAY, at)
        count = known - first
        columns += [count.astype(np.float64), ratio(bad[known] - bad[first], count, 0.0)]
    return np.column_stack(columns)
