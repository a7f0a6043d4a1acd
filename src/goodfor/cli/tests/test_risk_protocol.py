"""The handbook's protocol: reading, windows, features, folds and figures, against slow and plain counts."""

import gzip
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from goodfor.cli.main import run
from goodfor.risk.model import features_book, features_own, handbook
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.folds import Fold, NotCovered, split
from goodfor.risk.model.metrics import auc, average_precision, card_precision, precision_at
from goodfor.risk.model.transactions import BadTransactions, Transactions, made_of, read_transactions
from goodfor.risk.model.windows import DAY, Groups
from goodfor.risk.tests.model_world import purchases

QUICK = Settings(trees=30, seeds=(1, 2))
COLUMNS = ("ts", "customer", "terminal", "cents", "scenario")


@pytest.fixture(scope="module")
def bought() -> Transactions:
    return purchases()


@pytest.fixture(scope="module")
def some(bought: Transactions) -> np.ndarray:
    return np.sort(np.random.default_rng(1).choice(len(bought), 400, replace=False))


def plain_book(bought: Transactions, row: int, delay: int = 7) -> list[float]:
    """As the book says it, one row at a time."""
    now = int(bought.ts[row])
    cents, fraud = bought.cents, bought.fraud
    every = np.arange(len(bought))
    mine = (bought.customer == bought.customer[row]) & (every <= row)
    here = bought.terminal == bought.terminal[row]
    weekday = (bought.origin.weekday() + now // DAY) % 7
    values = [cents[row] / 100, float(weekday >= 5), float(now % DAY // 3600 <= 6)]
    for days in (1, 7, 30):
        window = mine & (bought.ts > now - days * DAY)
        values += [float(window.sum()), float(cents[window].mean() / 100)]
    for days in (1, 7, 30):
        window = here & (bought.ts <= now - delay * DAY) & (bought.ts > now - (delay + days) * DAY)
        values += [float(window.sum()), float(fraud[window].mean()) if window.any() else 0.0]
    return values


def plain_own(bought: Transactions, row: int, delay: int = 7) -> dict[str, float]:
    now, every = int(bought.ts[row]), np.arange(len(bought))
    mine = np.flatnonzero((bought.customer == bought.customer[row]) & (every < row))
    spent = bought.cents / 100.0

    def median_before(at: int) -> float:
        earlier = np.flatnonzero((bought.customer == bought.customer[at]) & (every < at))[-40:]
        return float(np.median(spent[earlier])) if earlier.size else float("nan")

    def strange(at: int) -> bool:
        return bool(spent[at] > 3 * median_before(at))

    last = spent[mine[-40:]]
    recent = [one for one in mine if bought.ts[one] > now - 14 * DAY]
    unusual = sum(strange(int(one)) for one in recent)
    here = np.flatnonzero((bought.terminal == bought.terminal[row]) & (bought.ts <= now - delay * DAY))
    labels = bought.fraud[here]
    run = 0
    while run < labels.size and labels[-1 - run]:
        run += 1
    bad = here[labels]
    month = here[bought.ts[here] > now - (delay + 28) * DAY]
    week = here[bought.ts[here] > now - (delay + 7) * DAY]
    nan = float("nan")
    return {
        "amount_to_median": spent[row] / median_before(row) if mine.size else nan,
        "amount_z": (spent[row] - last.mean()) / max(last.std(), 0.01) if mine.size else nan,
        "unusual_14d": float(unusual),
        "gap_days": (now - bought.ts[mine[-1]]) / DAY if mine.size else nan,
        "last_known_bad": float(labels[-1]) if labels.size else nan,
        "bad_run_length": float(run),
        "bad_run_age_days": (now - bought.ts[here[labels.size - run]]) / DAY if run else nan,
        "bad_since_days": (now - bought.ts[bad[-1]]) / DAY if bad.size else nan,
        "known_age_days": (now - bought.ts[here[-1]]) / DAY if here.size else nan,
        "bad_run_plain": float(sum(not strange(int(one)) for one in here[labels.size - run :])),
        "bad_run_age_most_days": (now - bought.ts[here[-1 - run]]) / DAY if 0 < run < labels.size else nan,
        "known_plain_bad_28d": float(sum(not strange(int(one)) for one in month[bought.fraud[month]])),
        "known_risk_28d": float(bought.fraud[month].mean()) if month.size else nan,
        "known_risk_7d": float(bought.fraud[week].mean()) if week.size else nan,
        "known_count_28d": float(month.size),
    }


def test_the_books_features_are_what_the_book_says(bought: Transactions, some: np.ndarray) -> None:
    found = handbook.features(bought, some)[:, :15]
    assert features_book.NAMES[3:5] == ("customer_count_1d", "customer_mean_1d")
    np.testing.assert_allclose(found, [plain_book(bought, int(row)) for row in some], rtol=1e-12)


def test_our_features_are_what_they_say(bought: Transactions, some: np.ndarray) -> None:
    found = handbook.features(bought, some)
    for place, row in enumerate(some[:150]):
        for name, value in plain_own(bought, int(row)).items():
            ours = found[place, handbook.NAMES.index(name)]
            np.testing.assert_allclose(ours, value, rtol=1e-9, atol=1e-6, err_msg=f"{name} of row {row}")


@pytest.mark.parametrize("delay", [3, 7])
def test_no_label_younger_than_the_delay_and_nothing_later_is_seen(
    bought: Transactions, some: np.ndarray, delay: int
) -> None:
    for row in some[[150, 250, 350]]:
        now = int(bought.ts[row])
        before = handbook.features(bought, np.array([row]), delay)
        young = bought.ts > now - delay * DAY
        changed = {name: getattr(bought, name).copy() for name in COLUMNS}
        changed["scenario"][young] = np.where(bought.fraud[young], 0, 2)
        changed["cents"][row + 1 :] = 1
        after = handbook.features(made_of(changed), np.array([row]), delay)
        np.testing.assert_array_equal(before, after)
        # One label that is just old enough is seen.
        old = np.flatnonzero((bought.terminal == bought.terminal[row]) & (bought.ts <= now - delay * DAY))
        changed["scenario"][old[-1]] = 2 - 2 * min(1, int(changed["scenario"][old[-1]]))
        assert not np.array_equal(
            np.nan_to_num(after), np.nan_to_num(handbook.features(made_of(changed), np.array([row]), delay))
        )


def test_windows_never_reach_into_another_key() -> None:
    groups = Groups(np.array([9, 4, 9, 4]), np.array([0, 399 * DAY, 5, 399 * DAY]))
    at = np.arange(4)
    assert groups.order.tolist() == [1, 3, 0, 2]
    assert groups.start.tolist() == [0, 0, 2, 2]
    assert groups.after(400 * DAY, at).tolist() == [0, 0, 2, 2]
    with pytest.raises(ValueError, match="a window"):
        groups.after(401 * DAY, at)


def _days(*rows: tuple[float, int, int]) -> Transactions:
    """(day, customer, bad) of a world with one honest and one bad act in every week besides."""
    extra = [(day + 0.5, 900 + day, int(day % 2)) for day in range(30)]
    told = [*rows, *extra]
    return made_of(
        {
            "ts": np.array([round(day * DAY) for day, _, _ in told]),
            "customer": np.array([customer for _, customer, _ in told]),
            "terminal": np.zeros(len(told), dtype=np.int64),
            "cents": np.full(len(told), 100),
            "scenario": np.array([bad for _, _, bad in told]),
        }
    )


def test_customers_known_as_defrauded_are_left_out_of_the_test() -> None:
    fold = Fold(date(2018, 4, 3))
    bought = _days(
        # Defrauded in training: never tested. The day before the training: nobody looks.
        (3, 1, 1), (17, 1, 0), (1, 2, 1), (17, 2, 0),
        # A fraud on day 9 (the first of the delay) is known on test day 17 (number 1), not on day 16 (number 0).
        (9, 3, 1), (16, 3, 0), (17, 3, 0),
        # A fraud on the last day of training is known on number 0.
        (8.9, 4, 1), (16.9, 4, 0),
    )  # fmt: skip
    assert (fold.test_start, fold.test_end) == (date(2018, 4, 17), date(2018, 4, 23))
    cut = split(bought, fold)
    assert set(bought.day[cut.train].tolist()) == set(range(2, 9))
    tested = {(int(bought.day[row]), int(bought.customer[row])) for row in cut.test if bought.customer[row] < 900}
    assert tested == {(17, 2), (16, 3)}
    assert np.all(np.diff(cut.test) > 0)


def test_a_fold_beyond_the_file_is_refused() -> None:
    bought = _days()
    assert split(bought, Fold(date(2018, 4, 10))).test.size
    with pytest.raises(NotCovered, match="is not within 2018-04-01"):
        split(bought, Fold(date(2018, 4, 11)))
    with pytest.raises(NotCovered):
        split(bought, Fold(date(2018, 3, 31)))


def test_figures_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    chance = np.random.default_rng(5)
    for round_to in (8, 1):
        score = np.round(chance.normal(size=2000), round_to)
        bad = chance.random(2000) < 1 / (1 + np.exp(4 - score))
        weight = chance.uniform(0.5, 20, 2000)
        for each in (None, weight):
            assert auc(bad, score, each) == pytest.approx(metrics.roc_auc_score(bad, score, sample_weight=each))
            assert average_precision(bad, score, each) == pytest.approx(
                metrics.average_precision_score(bad, score, sample_weight=each)
            )


def test_figures_of_one_kind_are_nothing() -> None:
    none = np.zeros(3, dtype=bool)
    assert np.isnan(auc(none, np.arange(3.0)))
    assert np.isnan(average_precision(none, np.arange(3.0)))
    with pytest.raises(ValueError, match="none"):
        auc(none[:0], np.empty(0))


def test_card_precision_counts_customers_once_and_each_found_one_once() -> None:
    customer = np.array([1, 1, 2, 3, 1, 2, 3])
    day = np.array([0, 0, 0, 0, 1, 1, 1])
    bad = np.array([False, True, False, False, True, True, False])
    score = np.array([0.9, 0.1, 0.8, 0.7, 0.99, 0.5, 0.6])
    # Day 0: customer 1 (by its highest score) and 2: one of two. Day 1 without customer 1: 3 and 2: one of two.
    assert card_precision(bad, score, customer, day, top=2) == 0.5
    # Day 0: customer 1. Day 1: customer 3, who was not defrauded.
    assert card_precision(bad, score, customer, day, top=1) == 0.5
    assert precision_at(bad, score, (1, 2, 100)) == {1: 1.0, 2: 0.5}


def test_equal_scores_are_counted_as_if_drawn() -> None:
    customer = np.arange(1000)
    bad = customer < 100
    once = card_precision(bad, np.zeros(1000), customer, np.zeros(1000, dtype=np.int64))
    assert once == card_precision(bad, np.zeros(1000), customer, np.zeros(1000, dtype=np.int64))
    assert 0.08 < once < 0.12


def _csv(bought: Transactions, names: tuple[str, ...], *, header: bool = True) -> str:
    lines = [",".join(names)] if header else []
    columns = zip(*(getattr(bought, name).tolist() if name != "note" else ["7"] * len(bought) for name in names),
                  strict=True)  # fmt: skip
    return "\n".join([*lines, *(",".join(map(str, row)) for row in columns)]) + "\n"


def test_files_of_all_forms_are_read_alike(bought: Transactions, tmp_path: Path) -> None:
    few = made_of({name: getattr(bought, name)[:50] for name in COLUMNS})
    backwards = ("scenario", "note", "cents", "terminal", "customer", "ts")
    (tmp_path / "a.csv").write_text(_csv(few, COLUMNS), encoding="utf-8")
    (tmp_path / "b.csv").write_text("\ufeff" + _csv(few, backwards), encoding="utf-8")
    (tmp_path / "c.csv").write_text(_csv(few, COLUMNS, header=False), encoding="utf-8")
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(_csv(few, COLUMNS).encode()))
    mixed = np.random.default_rng(0).permutation(50)
    columns = {name: getattr(few, name)[mixed].astype(np.int32) for name in COLUMNS}
    np.savez_compressed(tmp_path / "e.npz", **columns)
    for name in ("a.csv", "b.csv", "c.csv", "d.csv.gz", "e.npz"):
        found = read_transactions(tmp_path / name)
        for column in COLUMNS:
            np.testing.assert_array_equal(getattr(found, column), getattr(few, column), err_msg=name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no column ts"),
        ("ts,customer,terminal,cents\n1,2,3,4\n", "no column scenario"),
        ("ts,customer,terminal,cents,scenario\n", "no rows"),
        ("ts,customer,terminal,cents,scenario\n1,2,3,4.5,0\n", "4.5"),
        ("ts,customer,terminal,cents,scenario\n1,2,3,-4,0\n", "row 1: cents is negative"),
        ("ts,customer,terminal,cents,scenario\n1,2,3\n", "bad.csv"),
    ],
)
def test_files_that_are_no_transactions_are_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadTransactions, match=told):
        read_transactions(tmp_path / "bad.csv")


def test_pickles_and_damaged_archives_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **{name: np.array([{}], dtype=object) for name in COLUMNS})
    (tmp_path / "y.npz").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(b"ts,customer\n")[:-6])
    for name in ("x.npz", "y.npz", "z.csv.gz"):
        with pytest.raises(BadTransactions, match=name):
            read_transactions(tmp_path / name)


def test_the_protocol_runs_and_repeats_itself(bought: Transactions) -> None:
    folds = [Fold(date(2018, 5, 10)), Fold(date(2018, 5, 17))]

    def mean_amount(train: np.ndarray, bad: np.ndarray, test: np.ndarray) -> np.ndarray:
        assert train.shape[1] == test.shape[1] == 15
        assert train.shape[0] == bad.size
        return test[:, 0]

    first, second = (
        handbook.evaluate(bought, folds, [("amount", mean_amount)], settings=QUICK) for _ in range(2)
    )  # fmt: skip
    assert list(first.figures) == ["amount", handbook.PRODUCT]
    for name in first.figures:
        for one, two in zip(first.figures[name], second.figures[name], strict=True):
            assert (one.auc, one.average_precision, one.card_precision) == (
                two.auc, two.average_precision, two.card_precision,
            )  # fmt: skip
    assert first.mean(handbook.PRODUCT).average_precision > first.mean("amount").average_precision + 0.1
    assert first.counts[0].train_bad > 0
    with pytest.raises(ValueError, match="delays"):
        handbook.evaluate(bought, [folds[0], Fold(date(2018, 5, 10), delay_days=3)])


def test_the_command_prints_what_it_found(
    bought: Transactions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez_compressed(tmp_path / "t.npz", **{name: getattr(bought, name) for name in COLUMNS})
    asked = ["risk", "evaluate", "--data", str(tmp_path / "t.npz"), "--train-start", "2018-05-10"]
    assert run([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == len(bought)
    assert [fold["test_start"] for fold in found["folds"]] == ["2018-05-24"]
    assert [model["name"] for model in found["models"]] == ["goodfor"]
    assert set(found["models"][0]["mean"]) == {"auc", "average_precision", "card_precision_100", "seconds"}
    assert run([*asked, "--train-start", "2018-06-10"]) == 1
    assert "does not cover this fold" in capsys.readouterr().err


@pytest.mark.soak
def test_the_books_rows_come_out_as_published() -> None:
    """Needs the handbook's transactions, which are not shipped."""
    soak = pytest.importorskip("goodfor.cli.soak.handbook")
    try:
        soak._file("")
    except Exception as missing:
        pytest.skip(str(missing))
    assert [bar for bar in soak.run().bars if not bar.ok] == []


def test_own_names_are_unique() -> None:
    assert len(set(handbook.NAMES)) == len(handbook.NAMES) == 15 + len(features_own.NAMES)
