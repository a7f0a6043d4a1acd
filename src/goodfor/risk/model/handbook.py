"""The handbook's protocol on a file of labelled transactions: folds, models, figures. Pure but for the libraries."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model import boosting, features_book, features_own
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.folds import Fold, Split, split
from goodfor.risk.model.metrics import auc, average_precision, card_precision
from goodfor.risk.model.rows import Encoding, Rows
from goodfor.risk.model.transactions import Transactions
from goodfor.risk.model.windows import Floats, Groups, Ints

PRODUCT: Final = "goodfor"
TOP: Final = 100
#: The version of the features below; a model keeps the one that it was trained with.
SET_VERSION: Final = 1
NAMES: Final = (*features_book.NAMES, *features_own.NAMES)
#: (values to train on, which are bad, values to score) -> scores
Predictor = Callable[[Floats, NDArray[np.bool_], Floats], Floats]


@dataclass(frozen=True, slots=True)
class Figures:
    """How one model did on one fold."""

    auc: float
    average_precision: float
    card_precision: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FoldCounts:
    """What a fold held."""

    train: int
    train_bad: int
    test: int
    test_bad: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All models on all folds: `figures[model][fold]`, in the order of `folds`."""

    folds: tuple[Fold, ...]
    counts: tuple[FoldCounts, ...]
    figures: Mapping[str, tuple[Figures, ...]]

    def mean(self, model: str) -> Figures:
        """Over the folds."""
        return self._over(model, np.mean)

    def spread(self, model: str) -> Figures:
        """Standard deviation over the folds (of the folds as they are)."""
        return self._over(model, np.std)

    def _over(self, model: str, how: Callable[[Any], Any]) -> Figures:
        columns = zip(*((f.auc, f.average_precision, f.card_precision, f.seconds) for f in self.figures[model]),
                      strict=True)  # fmt: skip
        return Figures(*(float(how(column)) for column in columns))


def product(train: Floats, bad: NDArray[np.bool_], test: Floats, settings: Settings | None = None) -> Floats:
    """The product's own pipeline: log-odds of LightGBM. Raises NoLightGBM."""
    text = boosting.train(train, bad.astype(np.float64), settings=settings)
    return boosting.raw_scores(boosting.booster(text), test)


def features(transactions: Transactions, rows: Ints, delay_days: int = 7) -> Floats:
    """All features of these rows, (rows, len(NAMES)): the book's 15, then the product's own."""
    customers = Groups(transactions.customer, transactions.ts)
    terminals = Groups(transactions.terminal, transactions.ts)
    parts = [
        compute(transactions, rows, customers=customers, terminals=terminals, delay_days=delay_days)
        for compute in (features_book.book_features, features_own.own_features)
    ]
    return np.hstack(parts)


def evaluate(
    transactions: Transactions,
    folds: Sequence[Fold],
    book: Sequence[tuple[str, Predictor]] = (),
    *,
    settings: Settings | None = None,
    own: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Run the product's pipeline (`own`) on all features, and models of the book on its 15. Raises NotCovered.

    All folds must have one delay: the features depend on it.
    """
    if len({fold.delay_days for fold in folds}) != 1:
        raise ValueError("folds with different delays")
    splits = [split(transactions, fold) for fold in folds]
    began = time.perf_counter()
    rows = np.unique(np.concatenate([np.concatenate([each.train, each.test]) for each in splits]))
    values = features(transactions, rows, folds[0].delay_days)
    say(f"特征 / features: {rows.size:,} × {values.shape[1]}, {time.perf_counter() - began:.1f} s")
    models: list[tuple[str, Predictor, int]] = [(name, model, len(features_book.NAMES)) for name, model in book]
    if own:
        models.append((PRODUCT, lambda train, bad, test: product(train, bad, test, settings), values.shape[1]))
    found: dict[str, list[Figures]] = {name: [] for name, _, _ in models}
    for fold, cut in zip(folds, splits, strict=True):
        train, test = (values[np.searchsorted(rows, which)] for which in (cut.train, cut.test))
        for name, model, width in models:
            began = time.perf_counter()
            score = model(train[:, :width], transactions.fraud[cut.train], test[:, :width])
            one = _judge(transactions, cut, score, time.perf_counter() - began)
            found[name].append(one)
            say(f"{fold.train_start} {name}: AUC {one.auc:.4f}, AP {one.average_precision:.4f}, "
                f"CP@{TOP} {one.card_precision:.4f}, {one.seconds:.1f} s")  # fmt: skip
    counts = tuple(
        FoldCounts(each.train.size, int(transactions.fraud[each.train].sum()), each.test.size,
                   int(transactions.fraud[each.test].sum()))
        for each in splits
    )  # fmt: skip
    return Evaluation(tuple(folds), counts, {name: tuple(each) for name, each in found.items()})


def _judge(transactions: Transactions, cut: Split, score: Floats, seconds: float) -> Figures:
    bad = transactions.fraud[cut.test]
    found = card_precision(bad, score, transactions.customer[cut.test], transactions.day[cut.test], TOP)
    return Figures(auc(bad, score), average_precision(bad, score), found, seconds)


def as_rows(transactions: Transactions, since: date, until: date, delay_days: int = 7) -> Rows:
    """Transactions of [since, until) as a table to train a model from; a label is known `delay_days` after its act."""
    first, end = ((day - transactions.origin).days for day in (since, until))
    chosen = np.flatnonzero((transactions.day >= first) & (transactions.day < end))
    zero = datetime.combine(transactions.origin, datetime.min.time(), UTC)
    at: Floats = (transactions.ts[chosen] + zero.timestamp()).astype(np.float64)
    return Rows(
        Encoding(NAMES, {}, SET_VERSION),
        features(transactions, chosen, delay_days),
        at,
        transactions.fraud[chosen],
        (at + timedelta(days=delay_days).total_seconds()).astype(np.float64),
        transactions.cents[chosen],
        np.ones(chosen.size),
    )
