"""Models made on request: the same as by hand, in a process of its own, within bounds, and never twice at once."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from goodfor.kernel import audit, invariants
from goodfor.kernel.tenancy import platform_job
from goodfor.risk import training_queries as trainings
from goodfor.risk.invariants import INVARIANTS
from goodfor.risk.model import apart, boosting, piping, readiness, scoring, states
from goodfor.risk.model.apart import NoModel, Wish, train_apart
from goodfor.risk.model.drift import CHANGED
from goodfor.risk.model.errors import BadTraining, LibraryMissing, ModelNotFound, TrainingNotFound, TrainingOpen
from goodfor.risk.model.groups import DOOR, PURCHASE, SCENES
from goodfor.risk.model.registry import model_report, models_of
from goodfor.risk.model.rows import read_rows
from goodfor.risk.model.source import newest_since, shop_rows, told
from goodfor.risk.model.training import COUNTED, Plan, Told, TooFewLabels, cut, train_model
from goodfor.risk.operations import walk_trainings as walking
from goodfor.risk.operations.look_at_drift import look_at_all, look_at_drift
from goodfor.risk.operations.promote_model import promote_model
from goodfor.risk.operations.shadow_model import shadow_model
from goodfor.risk.operations.start_training import start_training
from goodfor.risk.operations.stop_training import stop_training
from goodfor.risk.operations.walk_trainings import walk_trainings
from goodfor.risk.tests.model_world import QUICK, START, decisions, store
from goodfor.risk.training_models import DriftRun, Training

pytestmark = pytest.mark.django_db
SHOP = UUID("018f0000-0000-7000-8000-00000000a001")
OTHER = UUID("018f0000-0000-7000-8000-00000000a002")
ANN, BEN = "staff:ann", "staff:ben"
END = START + timedelta(days=60)
NOW = END + timedelta(hours=5)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    scoring.forget()
    yield
    scoring.forget()


def ask(group: str = PURCHASE, shop_id: UUID = SHOP, **given: Any) -> UUID:
    return start_training(
        shop_id=shop_id, group=group, actor=ANN, now=NOW, **{"delay_days": 7, "test_days": 14, **given}
    )


def one(training_id: UUID) -> Training:
    return Training.objects.get(shop_id=SHOP, id=training_id)


def moves(training_id: UUID) -> list[tuple[str | None, str]]:
    """From one to the next: all of them are of one instant, by which they have no order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT from_state, to_state FROM kernel_history WHERE shop_id = %s AND subject_id = %s",
            [SHOP, training_id],
        )
        rows = cursor.fetchall()
    after = dict(rows)
    assert len(after) == len(rows), rows
    found: list[tuple[str | None, str]] = []
    state: str | None = None
    while state in after:
        found.append((state, after.pop(state)))
        state = found[-1][1]
    assert after == {}, rows
    return found


# -- asking -------------------------------------------------------------------------------------------


def test_one_of_a_kind_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask()
    with pytest.raises(TrainingOpen):
        ask()
    assert ask(DOOR) != first
    assert ask(shop_id=OTHER) != first
    for wrong in ({"group": "nothing"}, {"delay_days": 0}, {"delay_days": 181}, {"test_days": 0}, {"test_days": 999}):
        with pytest.raises(BadTraining) as refused:
            ask(**{"group": "claim", **wrong})
        assert refused.value.data["field"] == next(iter(wrong))
    monkeypatch.setattr(boosting, "library", lambda: None)
    with pytest.raises(LibraryMissing):
        ask("claim")
    assert Training.objects.filter(shop_id=SHOP).count() == 2
    [line] = audit.lines_of(shop_id=SHOP, subject=("risk_training", first))
    assert (line.actor, line.action) == (ANN, "risk_training_started")
    row = one(first)
    assert (row.until, row.delay_days, row.test_days, row.made_by) == (END, 7, 14, ANN)


def test_what_was_asked_for_stays() -> None:
    training = ask()
    for text in (
        "UPDATE risk_training SET until = until - interval '1 day'", "UPDATE risk_training SET made_by = 'staff:x'",
        "UPDATE risk_training SET state = 'done', ended_at = now()",
        "UPDATE risk_training SET state = 'broken', problem = 'odd', ended_at = now()",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{text} WHERE shop_id = %s AND id = %s", [SHOP, training])
    stop_training(shop_id=SHOP, training_id=training, actor=BEN, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_training SET share = 0.5 WHERE shop_id = %s AND id = %s", [SHOP, training])


# -- making -------------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_model_is_made_as_by_hand() -> None:
    assert store(SHOP, 6000) == 6000
    training = ask()
    assert walk_trainings(now=NOW, settings=QUICK) == 1
    assert walk_trainings(now=NOW, settings=QUICK) == 0
    row = one(training)
    assert (row.state, row.problem, row.share, row.tries) == (states.DONE, "", 1.0, 1)
    assert moves(training) == [(None, "waiting"), ("waiting", "running"), ("running", "done")]
    [made] = models_of(SHOP)
    assert (made.id, made.made_by, made.state, made.group) == (row.model_id, ANN, states.CANDIDATE, PURCHASE)
    report = model_report(SHOP, made.id)[1]
    plan = Plan(END, timedelta(days=7), timedelta(days=14), folds=walking.FOLDS)
    by_hand = train_model(shop_rows(SHOP, PURCHASE, END, plan.delay), plan, settings=QUICK)
    assert by_hand.report == report
    assert by_hand.bands == made.bands
    # Two weeks earlier there is enough to learn from, and it is no luck; before that there is not.
    assert len(report["folds"]) == 3
    first = report["folds"][0]
    assert first["judged_on"] == ["2026-01-26T00:00:00+00:00", "2026-02-09T00:00:00+00:00"]
    assert (first["acts"], first["auc"] > 0.6) == (1400, True)
    assert report["folds"][-1]["auc"] is None
    # Nobody but another person puts it to work.
    view = trainings.training_of_model(SHOP, made.id)
    assert view is not None
    assert view.id == training
    assert trainings.newest_trainings(SHOP)[PURCHASE].acts == row.acts > 1000
    assert trainings.newest_trainings(OTHER) == {}
    [kept] = [each for each in INVARIANTS if each.name == "risk_trainings_moved_as_allowed"]
    with platform_job("test"):
        assert invariants.run(kept, NOW).ok


@pytest.mark.django_db(transaction=True)
def test_too_little_is_told_and_what_is_needed_is_counted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    store(SHOP)
    monkeypatch.setattr(readiness, "MOST", 100_000)
    plan = Plan(END, timedelta(days=7), timedelta(days=14))
    rows = shop_rows(SHOP, PURCHASE, END, plan.delay)
    learning, judging = cut(rows, plan)
    there = [int((rows.bad & learning).sum()), int((~rows.bad & learning).sum()), int((rows.bad & judging).sum()),
             int((~rows.bad & judging).sum())]  # fmt: skip
    found = readiness.readiness(SHOP, PURCHASE, plan)
    assert [part.there for part in found.parts] == there
    assert [part.needed for part in found.parts] == [30, 30, 10, 10]
    assert found.enough
    # The same to a limit, and what another shop knows is its own.
    monkeypatch.setattr(readiness, "MOST", 50)
    assert [part.there for part in readiness.readiness(SHOP, PURCHASE, plan).parts] == [min(many, 50) for many in there]
    nothing = readiness.readiness(OTHER, PURCHASE, plan)
    assert ([part.there for part in nothing.parts], nothing.enough) == ([0, 0, 0, 0], False)
    training = ask(DOOR)
    assert walk_trainings(now=NOW, settings=QUICK) == 1
    row = one(training)
    assert (row.state, row.problem, row.model_id) == (states.BROKEN, states.TOO_FEW, None)
    assert row.counts == dict.fromkeys(COUNTED, 0)
    assert models_of(SHOP) == []
    # Then it may be asked for anew.
    assert ask(DOOR) != training


@pytest.mark.django_db(transaction=True)
def test_it_is_stopped_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    store(SHOP)
    training = ask()
    monkeypatch.setattr(walking, "_EVERY", 0.0)

    def reading(*args: Any) -> Iterator[Any]:
        for number, row in enumerate(told(*args)):
            if number == 1200:
                stop_training(shop_id=SHOP, training_id=training, actor=BEN, now=NOW)
            yield row

    monkeypatch.setattr(walking, "told", reading)
    assert walk_trainings(now=NOW, settings=QUICK) == 1
    row = one(training)
    assert (row.state, row.problem, row.ended_at) == (states.BROKEN, states.STOPPED, NOW)
    assert moves(training) == [(None, "waiting"), ("waiting", "running"), ("running", "broken")]
    assert models_of(SHOP) == []
    stop_training(shop_id=SHOP, training_id=training, actor=BEN, now=NOW)
    assert len(audit.lines_of(shop_id=SHOP, subject=("risk_training", training))) == 2
    for shop_id, training_id in ((OTHER, training), (SHOP, uuid4())):
        with pytest.raises(TrainingNotFound):
            stop_training(shop_id=shop_id, training_id=training_id, actor=BEN, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_followed_by_one_that_begins_anew() -> None:
    store(SHOP)
    training, hopeless = ask(), ask(DOOR)
    Training.objects.filter(shop_id=SHOP, id=training).update(tries=1)
    with transaction.atomic():
        for each in (training, hopeless):
            walking.move_training(SHOP, each, "waiting", "running", actor="system", cause="begun", now=NOW)
    Training.objects.filter(shop_id=SHOP, id=hopeless).update(tries=walking.TRIES)
    assert walk_trainings(now=NOW, settings=QUICK) == 1
    assert (one(training).state, one(training).tries) == (states.DONE, 2)
    assert walk_trainings(now=NOW, settings=QUICK) == 1
    row = one(hopeless)
    assert (row.state, row.problem, row.counts) == (states.BROKEN, states.FAILED, {"kind": "interrupted"})


# -- bounds -------------------------------------------------------------------------------------------


def wish(**given: Any) -> Wish:
    return Wish(Plan(END, timedelta(days=7), timedelta(days=14)), QUICK, **given)


def test_its_time_is_bounded() -> None:
    def slowly() -> Iterator[Any]:
        while True:
            time.sleep(0.002)
            yield START, "{}", False, START, 0, 1.0

    began = time.monotonic()
    with pytest.raises(NoModel) as ended:
        train_apart(slowly(), wish(seconds=2), lambda *_: True)
    assert ended.value.problem == states.TOO_LONG
    assert time.monotonic() - began < 20


def test_its_memory_is_bounded() -> None:
    acts = [(START, "{}", False, START, 0, 1.0)] * 2000
    with pytest.raises(NoModel) as ended:
        train_apart(acts, wish(memory=1 << 20), lambda *_: True)
    assert ended.value.problem in (states.TOO_LARGE, states.FAILED)


def test_its_limits_are_those_of_the_process() -> None:
    """Not of whatever else could fail: what it asks for beyond them it does not get."""
    script = (
        "import resource; from goodfor.risk.model import apart, child; from goodfor.risk.model.training import Plan;"
        "from datetime import datetime, timedelta;"
        "child._bounded(apart.Wish(Plan(datetime(2026, 1, 1), timedelta(1), timedelta(1)), seconds=7, memory=3 << 30));"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 30, resource.getrlimit(resource.RLIMIT_CPU)[0]);"
        "\ntry:\n  bytearray(4 << 30)\nexcept MemoryError:\n  print('no')"
    )
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=120, check=True)
    assert done.stdout.decode().split() == ["3", "7", "no"]


def test_it_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of the house stand in our environment: what reads what buyers typed has no use for them."""
    monkeypatch.setenv("GOODFOR_SECRET_OF_A_TEST", "s3cret-of-a-test")
    with apart._child(wish()) as (process, _late):
        found = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"PYTHONPATH=" in found
    assert b"s3cret-of-a-test" not in found
    names = {entry.partition(b"=")[0].decode() for entry in found.split(b"\0") if entry}
    assert names <= apart._TOLD | apart._ALONE.keys() | {"PYTHONPATH"}


class Runs:
    """A message that does something where it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def test_nothing_that_it_says_runs(tmp_path: Path) -> None:
    """It reads what buyers typed: whoever took it over must not come into the worker by its answers."""
    told, stream = tmp_path / "x", io.BytesIO()
    for item in (("tick", ("learning", 0.5)), ("done", b"model"), ("too_few", {"good": 3}), Runs(told)):
        piping.send(stream, item)
    stream.seek(0)
    assert piping.receive_plain(stream) == ("tick", ("learning", 0.5))
    assert piping.receive_plain(stream) == ("done", b"model")
    assert piping.receive_plain(stream) == ("too_few", {"good": 3})
    with pytest.raises(piping.Strange):
        piping.receive_plain(stream)
    assert not told.exists()
    with pytest.raises(piping.Strange):
        piping.receive_plain(io.BytesIO((1 << 62).to_bytes(8, "big")))
    for short in (b"", b"\0" * 7, (9).to_bytes(8, "big") + b"x"):
        with pytest.raises(EOFError):
            piping.receive_plain(io.BytesIO(short))


def test_what_it_hears_is_told_and_counted() -> None:
    acts = [(START, "{}", False, START, 0, 1.0)] * 1700
    heard: list[tuple[str, float, int]] = []

    def hear(phase: str, share: float, read: int) -> bool:
        heard.append((phase, share, read))
        return True

    with pytest.raises(NoModel) as ended:
        train_apart(acts, wish(), hear)
    assert ended.value.problem == states.TOO_FEW
    assert ended.value.counts["to learn from, good"] == 1700
    assert [each[2] for each in heard] == [500, 1000, 1500, 1700]
    with pytest.raises(NoModel) as stopped:
        train_apart(acts, wish(), lambda *_: False)
    assert stopped.value.problem == states.STOPPED


def test_it_learns_from_the_newest_only() -> None:
    store(SHOP, 300)
    since = newest_since(SHOP, SCENES[PURCHASE], END, 100)
    assert len(list(told(SHOP, SCENES[PURCHASE], END, timedelta(days=7), since))) <= 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM risk_decision WHERE shop_id = %s AND at >= %s", [SHOP, since])
        assert cursor.fetchone() == (100,)
    assert newest_since(SHOP, SCENES[PURCHASE], END, 300).year == 2000


def test_folds_are_left_out_when_time_is_short() -> None:
    rows = read_rows(decisions(), 1)
    plan = Plan(END, timedelta(days=7), timedelta(days=14), folds=2)
    ticks: list[tuple[str, float]] = []
    told_one = Told(tick=lambda phase, share: ticks.append((phase, share)), may=lambda: False)
    assert train_model(rows, plan, settings=QUICK, told=told_one).report["folds"] == []
    shares = [share for phase, share in ticks if phase == states.LEARNING]
    assert len(shares) == QUICK.trees * len(QUICK.seeds)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    with pytest.raises(TooFewLabels):
        train_model(rows, Plan(START + timedelta(days=20)), settings=QUICK)


# -- drift --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_drift_is_looked_at_daily_and_kept() -> None:
    store(SHOP)
    ask()
    walk_trainings(now=NOW, settings=QUICK)
    [made] = models_of(SHOP)
    # A candidate scores nothing.
    with pytest.raises(ModelNotFound):
        look_at_drift(shop_id=SHOP, model_id=made.id, actor=ANN, now=NOW)
    assert look_at_all(now=NOW) == 0
    shadow_model(shop_id=SHOP, model_id=made.id, actor=ANN, now=NOW)
    assert look_at_all(now=NOW) == 1
    assert look_at_all(now=NOW + timedelta(hours=19)) == 0
    promote_model(shop_id=SHOP, model_id=made.id, actor=BEN, now=NOW)
    assert look_at_all(now=NOW + timedelta(hours=21)) == 1
    found = trainings.newest_drift(SHOP, made.id)
    assert found is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM risk_decision WHERE shop_id = %s AND at >= %s AND at < %s",
            [SHOP, found.since, found.until],
        )
        assert cursor.fetchone() == (found.acts,)
    assert found.enough
    assert max(each.index for each in found.features) < CHANGED
    assert [each.name for each in found.features] != []
    assert trainings.newest_drift(OTHER, made.id) is None
    for text in ("UPDATE risk_drift SET score = 0", "DELETE FROM risk_drift"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{text} WHERE shop_id = %s", [SHOP])
    with pytest.raises(IntegrityError), transaction.atomic():
        DriftRun.objects.create(
            shop_id=SHOP, model_id=made.id, since=NOW, until=NOW, acts=0, score=0.0, features=[], by="x"
        )
