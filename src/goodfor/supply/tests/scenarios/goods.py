"""What was delivered, and what comes back of the money after it."""

import base64
from datetime import timedelta
from uuid import UUID

from goodfor.supply.days import day_of
from goodfor.supply.models import Supplier
from goodfor.supply.operations.ask import ask
from goodfor.supply.operations.sweep_orders import sweep_orders
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import Stall
from goodfor.vault.reading import clean


@scenario(17, "rest", "waits")
def partial(stall: Stall) -> None:
    """One of two came and the other's money is back: the other supplier is asked for the rest alone."""
    stall.a.fault("partial", count=1, refund=1)
    line = stall.buy(2)
    stall.run(30)
    if stall.end("rest") == "waits":
        assert stall.states(line) == ["accepted"]
        assert stall.counts() == (1, 0)
        return
    assert [one.got for one in stall.market.attempts(line)] == [1, 1]
    stall.supplied(line, "partial", "delivered", quantity=2)
    assert [order.quantity for order in stall.orders(stall.b)] == [1]


@scenario(18, "told", "untold")
def refunded(stall: Stall) -> None:
    """A part of the money comes back after the success, then the rest: booked as it comes, the goods stay goods."""
    line = stall.buy(stall.kit.most)
    stall.supplied(line, "delivered", quantity=stall.kit.most)
    number = stall.attempt(line).number
    (order,) = stall.orders(stall.a)
    stall.a.act(number, "refund", amount=order.charged / 2)
    _look(stall, line)
    stall.agree()
    stall.a.act(number, "refund")
    _look(stall, line)
    stall.supplied(line, "delivered", quantity=stall.kit.most)
    told = stall.end("told") == "told"
    assert told == stall.about.partial_refunds
    assert stall.attempt(line).refunded == (order.charged if told else 0)
    assert stall.attempt(line).next_at is None
    assert stall.counts() == (1, 0)


def _look(stall: Stall, line: UUID) -> None:
    """They call, and the loop asks; where they do not call, the day's question does."""
    if stall.kit.ack in stall.told(stall.a):
        stall.ask()
    else:
        daily_sweep(stall, line)


@scenario(20)
def dirty(stall: Stall) -> None:
    """Line ends, labels, links, pictures, no number, dirt around: what is kept is the code, and nothing else."""
    for how in ("cr", "colon", "picture", "link", "no_number", "spaces"):
        stall.a.fault("dirty_code", how=how)
        line = stall.buy()
        assert stall.states(line) == ["delivered"], how
        (kept,), (given,) = stall.market.secrets(line), stall.orders(stall.a)[-1].codes
        assert kept == kept.strip("\r\n\t \ufeff\u200b")
        assert "：" not in kept, how
        if given.image and not given.link:
            assert base64.b64encode(given.image).decode() in kept
        else:
            assert kept == (given.link or clean(given.secret).rpartition("：")[2]), how
    _double(stall)


def _double(stall: Stall) -> None:
    """A code that was given out before is no good, however often they say it: claimed once, and bought elsewhere."""
    orders = stall.counts()
    stall.a.fault("used_code")
    line = stall.buy()
    assert stall.states(line) == ["failed", "delivered"]
    assert stall.counts() == (orders[0] + 1, orders[1] + 1)
    first, _second = stall.market.attempts(line)
    assert (first.reason, first.got) == ("doubles", 0)
    stall.agree()
    for _ in range(2):
        ask(shop_id=stall.market.shop, attempt_id=first.id, now=stall.market.at)
    assert stall.states(line) == ["failed", "delivered"]
    assert stall.market.reserved(line) == 1


@scenario(25, "told", "untold")
def unannounced(stall: Stall) -> None:
    """Money came back and nobody said so: the question of the next day finds it."""
    line = stall.buy()
    stall.supplied(line, "delivered")
    number = stall.attempt(line).number
    (order,) = stall.orders(stall.a)
    stall.a.act(number, "refund", tell=False)
    assert stall.told(stall.a).count(stall.kit.ack) == len(stall.told(stall.a))
    stall.run(60)
    daily_sweep(stall, line)
    assert stall.attempt(line).refunded == (order.charged if stall.end("told") == "told" else 0)
    stall.supplied(line, "delivered")


def daily_sweep(stall: Stall, line: UUID) -> None:
    """Every purchase of the day is asked about once more, at the supplier's pace."""
    attempt = stall.attempt(line)
    supplier = Supplier.objects.get(shop_id=stall.market.shop, id=attempt.supplier_id)
    connector = connector_for(supplier.protocol)
    assert connector is not None
    day = day_of(attempt.sent_at, connector.about.zone, supplier.cutoff_minute)
    for late in range(60):
        now = stall.market.at + timedelta(seconds=5 * late)
        if sweep_orders(shop_id=stall.market.shop, supplier_id=supplier.id, day=day, now=now).done:
            return
    raise AssertionError("the round has no end")
