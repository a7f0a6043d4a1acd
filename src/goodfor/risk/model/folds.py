"""How history is cut: a week to train, a week until labels are known, a week to test, known victims left out. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from goodfor.risk.model.transactions import Transactions
from goodfor.risk.model.windows import Ints

#: The handbook's four folds begin with these days.
STARTS: Final = tuple(date(2018, 7, 25) + timedelta(weeks=week) for week in range(4))


class NotCovered(ValueError):
    """The file does not reach over the whole fold."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One cut, in days."""

    train_start: date
    train_days: int = 7
    delay_days: int = 7
    test_days: int = 7

    @property
    def test_start(self) -> date:
        """The first day of the test."""
        return self.train_start + timedelta(days=self.train_days + self.delay_days)

    @property
    def test_end(self) -> date:
        """The last day of the test, included."""
        return self.test_start + timedelta(days=self.test_days - 1)


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to train on and rows to test on, by their numbers, ascending."""

    train: Ints
    test: Ints


def split(transactions: Transactions, fold: Fold) -> Split:
    """Cut the rows. Raises NotCovered.

    Of the test, customers are left out who are known as defrauded: by a fraud of the training days, and for test day k
    (from 0) by one of the days until train end + k - 1, which is `delay_days` before.
    """
    day, bad = transactions.day, transactions.fraud
    first = (fold.train_start - transactions.origin).days
    end = first + fold.train_days
    test_first = end + fold.delay_days
    if first < 0 or fold.test_end > transactions.last_day:
        raise NotCovered(
            f"the fold {fold.train_start} .. {fold.test_end} is not within {transactions.origin} .. "
            f"{transactions.last_day}"
        )
    train = np.flatnonzero((day >= first) & (day < end))
    known = np.unique(transactions.customer[train][bad[train]])
    tests: list[Ints] = []
    for number in range(fold.test_days):
        told = (day == end + number - 1) & bad
        known = np.union1d(known, transactions.customer[told])
        rows = np.flatnonzero(day == test_first + number)
        tests.append(rows[~np.isin(transactions.customer[rows], known)])
    test = np.concatenate(tests)
    for name, rows in (("to train on", train), ("to test on", test)):
        if bad[rows].all() or not bad[rows].any():
            raise NotCovered(f"the fold {fold.train_start}: of the rows {name} all are of one kind")
    return Split(train, test)
