"""Batches that prove bad are off sale at once, and their holders are told or made whole."""

from datetime import datetime, timedelta
from random import Random

import pytest

from goodfor.aftersales import queries, states
from goodfor.aftersales.batch_models import BatchWatch, RecallItem
from goodfor.aftersales.batches import is_bad, lower_bound
from goodfor.aftersales.errors import BatchMoved, RecallRunning
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.note_bad import note_bad
from goodfor.aftersales.operations.pull_batch import lift_batch, pull_batch
from goodfor.aftersales.operations.start_recall import start_recall
from goodfor.aftersales.recall_tasks import tell_holders
from goodfor.aftersales.tests.conftest import Scene
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import sql
from goodfor.orders.types import OrderView


def walk(rng: Random, share: float, lag: float) -> int | None:
    """Sell 500 codes of which `share` are bad; proven so many units later. Claims until it is pulled, or None."""
    waiting: list[float] = []
    bad = 0
    for sold in range(1, 501):
        if rng.random() < share:
            waiting.append(sold + rng.expovariate(1 / lag))
        while waiting and min(waiting) <= sold:
            waiting.remove(min(waiting))
            bad += 1
            if is_bad(bad, sold):
                return bad
    return None


def test_ordinary_batches_stay_and_bad_ones_go_soon() -> None:
    rng = Random(3)
    assert all(walk(rng, 0.015, 24) is None for _ in range(3_000))
    pulled = [walk(rng, 0.94, 30) for _ in range(300)]
    assert all(found is not None and found <= 10 for found in pulled)


@pytest.mark.parametrize(("bad", "sold", "forgiven", "found"), [
    (4, 22, 0, True), (4, 23, 0, False), (3, 3, 0, False), (10, 93, 0, True), (10, 94, 0, False), (4, 22, 1, False),
    (8, 22, 4, True), (0, 0, 0, False),
])  # fmt: skip
def test_where_the_line_is(bad: int, sold: int, forgiven: int, found: bool) -> None:
    assert is_bad(bad, sold, forgiven=forgiven) is found
    assert 0 <= lower_bound(bad, sold) <= 1


def bad_batch(scene: Scene, now: datetime, *, good_holders: int = 2) -> tuple[list[Case], list[OrderView]]:
    """Four orders prove codes of the scene's batch bad; two more hold codes, of which one was looked at."""
    cases = []
    for number in range(4):
        order = scene.sell(now, ref=f"guest:{number}")
        scene.see(order, now)
        case = scene.claim(order, now + timedelta(minutes=1))
        Case.objects.filter(id=case.id).update(proven=True)
        cases.append(Case.objects.get(id=case.id))
    others = [scene.sell(now, ref=f"guest:h{number}") for number in range(good_holders)]
    scene.see(others[0], now)
    return cases, others


def test_the_fourth_proof_takes_it_off_sale_once(scene: Scene, now: datetime) -> None:
    cases, _others = bad_batch(scene, now)
    shop_id = scene.shop_id
    for case in cases[:3]:
        assert not Case.objects.filter(id=case.id, batch_id=None).exists()
    before = [note_bad(shop_id=shop_id, case_id=case.id, now=now) for case in cases]
    assert before == [True, False, False, False], "all four are proven when the first is looked at"
    watched = BatchWatch.objects.get(shop_id=shop_id)
    assert (watched.bad, watched.pulled_by) == (4, "system")
    assert sql("SELECT count(*) FROM vault_lot WHERE batch_id = %s AND state = 'open'", [watched.batch_id])[0][0] == 0
    assert scene.told("aftersales.batch_pulled") == 1
    with pytest.raises(BatchMoved):
        pull_batch(shop_id=shop_id, batch_id=watched.batch_id, actor="staff:a", now=now)
    lift_batch(shop_id=shop_id, batch_id=watched.batch_id, note="查过了", actor="staff:a", now=now)
    assert not note_bad(shop_id=shop_id, case_id=cases[0].id, now=now), "these four were known when it was let go on"
    assert sql("SELECT count(*) FROM vault_lot WHERE batch_id = %s AND state = 'open'", [watched.batch_id])[0][0] == 1


def test_holders_are_told_or_made_whole(scene: Scene, now: datetime) -> None:
    cases, (looked, unseen) = bad_batch(scene, now)
    shop_id, batch_id = scene.shop_id, cases[0].batch_id
    assert batch_id is not None
    with pytest.raises(BatchMoved):
        start_recall(shop_id=shop_id, batch_id=batch_id, actor="staff:a", now=now)
    note_bad(shop_id=shop_id, case_id=cases[0].id, now=now)
    preview = queries.preview_recall(shop_id, batch_id, now)
    # Some of those who complained hold a new code, which came from the same shelf: they are holders, too.
    new_ones = sum(1 for case in cases if queries.case(shop_id, case.id).action == states.REPLACE)
    assert (preview.orders, preview.seen, preview.unseen) == (2 + new_ones, 1, 1 + new_ones)
    assert preview.started is None
    start_recall(shop_id=shop_id, batch_id=batch_id, actor="staff:a", now=now)
    with pytest.raises(RecallRunning):
        start_recall(shop_id=shop_id, batch_id=batch_id, actor="staff:a", now=now)
    assert tell_holders(now) == 2 + new_ones
    assert tell_holders(now) == 0
    found = {item.order_id: item.state for item in RecallItem.objects.filter(shop_id=shop_id)}
    assert (found[looked.id], found[unseen.id], len(found)) == (states.OFFERED, states.CLAIMED, 2 + new_ones)
    assert orders.order_view(shop_id, unseen.id).state in ("refunding", "refunded"), (
        "nobody had looked: the money is on its way"
    )
    assert scene.told("aftersales.recall_offered") == 1
    assert list(queries.offers(shop_id, [looked.id])) == [looked.lines[0].line_id]
    taken = scene.claim(looked, now + timedelta(hours=1))
    assert (taken.action, taken.by, taken.state) == ("refund", "system", "closed"), (
        "no code is left to put in its place"
    )
    assert Case.objects.get(id=taken.id).proven
    assert queries.offers(shop_id, [looked.id]) == {}
    assert not scene.faults(now + timedelta(hours=1))
