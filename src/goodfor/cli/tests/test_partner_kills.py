"""Processes that are killed at each named point of partners' calls: nothing is taken, delivered or given back twice."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from goodfor.cli.tests.claim_scenes import Step
from goodfor.cli.tests.forked import killed
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import relay_all, stock
from goodfor.partners import queries, states
from goodfor.partners.models import Word
from goodfor.partners.operations.go_on_exchange import go_on_due, run_exchange
from goodfor.partners.operations.hear_call import hear_deduct, hear_notice, hear_virtual
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.operations.tell_partner import tell_due, tell_partner
from goodfor.partners.tests import conftest as of_partners
from goodfor.partners.tests import test_mall as of_mall
from goodfor.partners.tests.conftest import World
from goodfor.partners.tests.test_mall import POINTS, Shopping
from goodfor.partners.types import Call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
shop, now, world, _street, mall = (
    of_partners.shop, of_partners.now, of_partners.world, of_partners._street, of_mall.mall
)  # fmt: skip
HELD: Final = 10_000


def dies(point: str, work: Callable[..., Any], **said: Any) -> None:
    killed(point, Step(partial(work, **said, now=utc_now())))


@pytest.mark.parametrize(
    ("point", "ends", "left"),
    [
        # Claimed, and nobody was called; called, and the answer is gone with the process: failed, and told so.
        ("partners.begun", states.EX_LOST, HELD),
        ("partners.asked", states.EX_LOST, HELD),
        # The answer is kept: it goes on.
        ("partners.settled", states.EX_DONE, HELD - POINTS),
    ],
)
def test_an_exchange_whose_process_dies(mall: Shopping, point: str, ends: str, left: int) -> None:
    mall.comes("u1", HELD)
    begun = mall.begins("u1")
    dies(point, run_exchange, shop_id=mall.shop_id, exchange_id=begun.id, ip="192.0.2.1")
    mall.later(minutes=3)
    assert go_on_due(now=utc_now()) == 1
    for _ in range(3):
        mall.hears()
    delivered = int(ends == states.EX_DONE)
    assert (mall.now_is(begun).state, mall.world.app.balances["u1"], stock(mall.world.shop)[2]) == (
        ends,
        left,
        delivered,
    )
    assert [word.state for word in mall.now_is(begun).words] == [states.TOLD]
    assert (len(mall.world.app.taken), mall.world.app.contradictions, mall.world.faults()) == (1, 0, {})


@pytest.mark.parametrize(("point", "times"), [("partners.telling", 1), ("partners.told", 2)])
def test_a_word_whose_process_dies(mall: Shopping, point: str, times: int) -> None:
    """It is said again: they hear it twice, and once counts."""
    mall.comes("u1", HELD)
    done = mall.exchanges("u1")
    relay_all(utc_now())
    word = Word.objects.get(shop_id=mall.shop_id)
    dies(point, tell_partner, shop_id=mall.shop_id, word_id=word.id)
    assert tell_due(now=utc_now()) == 0
    Word.objects.filter(shop_id=mall.shop_id).update(next_at=utc_now())
    assert tell_due(now=utc_now()) == 1
    [theirs] = mall.world.app.taken.values()
    assert (mall.now_is(done).words[0].state, theirs.heard, theirs.state) == (states.TOLD, times, "done")
    assert mall.world.faults() == {}


def asked(world: World, **params: str) -> Call:
    return Call(urlencode(world.mall.signed(params)).encode(), b"", "127.0.0.1")


def test_a_malls_calls_whose_process_dies(world: World) -> None:
    """Each was done and nobody heard so; the same call again is answered as it was done, and nothing happens twice."""
    set_offer(
        shop_id=world.shop_id, account_id=world.account.id, sku_id=world.shop.sku_id, units=500, on=True, actor="x",
        now=utc_now(),
    )  # fmt: skip
    owner = world.member(1_000)
    named = {"shop_id": world.shop_id, "account_id": world.account.id}
    order, failed = world.mall.begin(world.uid(owner), 600, 0), world.mall.begin(world.uid(owner), 300, 0)
    for one in (order, failed):
        taking = {"uid": one.uid, "credits": str(one.credits), "orderNum": one.number, "actualPrice": "0"}
        dies("partners.taken", hear_deduct, **named, call=asked(world, **taking))
        assert world.mall.ask(one).state == "taken"
    assert world.holds(owner) == 100
    wants = {"uid": order.uid, "orderNum": order.number, "params": "kw-50"}
    dies("partners.supplied", hear_virtual, **named, call=asked(world, **wants))
    assert (world.mall.supply(order, "kw-50")["status"], stock(world.shop)[2]) == ("success", 1)
    told = {"uid": failed.uid, "orderNum": failed.number, "success": "false", "bizId": ""}
    dies("partners.heard", hear_notice, **named, call=asked(world, **told))
    assert world.mall.tell(world.mall.end(failed, success=False), every=True) == "ok"
    assert (world.holds(owner), len(queries.spends(world.shop_id, world.account.id))) == (400, 2)
    assert world.faults() == {}
