"""A no that is certain leads to the next supplier at once; one that is not certain is asked about first."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from goodfor.supply.purchase_models import Breaker
from goodfor.supply.tests.market import ITEM
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import Stall


def from_the_next(stall: Stall, line: UUID, *, asked: bool, state: str = "rejected") -> None:
    """Bought at the other one: at once, or once it is known that the first has no order."""
    if asked:
        assert stall.states(line) == ["unknown"]
        stall.run(900)
    stall.supplied(line, state, "delivered")
    first, second = stall.market.attempts(line)
    if not asked:
        assert second.sent_at - first.sent_at < timedelta(seconds=5)
    assert (first.got, first.hold_tx) == (0, None)


@scenario(13, "next", "asked", "open")
def failover(stall: Stall) -> None:
    """Refused at once, and failed after it was taken: both end at the other supplier."""
    end = stall.end("next")
    stall.a.fault("refuse", on="create", why="stock")
    from_the_next(stall, stall.buy(), asked=end == "asked")
    assert stall.counts() == (0, 1)
    Breaker.objects.filter(shop_id=stall.market.shop).delete()
    stall.a.fault("fail")
    line = stall.buy()
    stall.run(60)
    if end == "open":
        assert stall.states(line) == ["accepted"]
        assert stall.counts() == (1, 1)
        return
    stall.supplied(line, "failed", "delivered")
    assert stall.counts() == (1, 2)
    (order,) = stall.orders(stall.a)
    assert order.refunded == order.charged > 0


@scenario(15, "next", "asked")
def price_guard(stall: Stall) -> None:
    """It costs more than we were told: not bought there."""
    asked = stall.end("next") == "asked"
    stall.a.change(ITEM, cost="6.00", **({"face": "6.00"} if asked else {}))
    line = stall.buy()
    from_the_next(stall, line, asked=asked)
    assert stall.counts() == (0, 1)
    if not asked:
        assert stall.market.attempts(line)[0].reason == "price"


@scenario(16, "next", "asked")
def balance_out(stall: Stall) -> None:
    """No money left there: bought elsewhere, and the supplier is left alone."""
    asked = stall.end("next") == "asked"
    stall.a.topup(-(stall.a.site.balance - Decimal(1)))
    line = stall.buy()
    from_the_next(stall, line, asked=asked)
    assert stall.counts() == (0, 1)
    if not asked:
        assert stall.market.attempts(line)[0].reason == "balance"
        again = stall.buy()
        stall.supplied(again, "delivered")
        assert "breaker" in stall.attempt(again).trace["why_not"].values()
    assert stall.orders(stall.a) == []


@scenario(21, "refused", "heard", "request")
def clock_skew(stall: Stall) -> None:
    """The clocks are an hour apart: refused for certain, or of no matter."""
    stall.a.fault("clock", seconds=3600, times=None)
    line = stall.buy()
    end = stall.end("refused")
    if end == "heard":
        stall.supplied(line, "delivered")
        assert stall.counts() == (1, 0)
        return
    from_the_next(stall, line, asked=False)
    assert stall.counts() == (0, 1)
    assert stall.market.attempts(line)[0].reason == ("request" if end == "request" else "config")


@scenario(22, "next", "asked", "again")
def throttled(stall: Stall) -> None:
    """Too many calls in a minute: the second is bought elsewhere, or here when the minute is over; once."""
    end = stall.end("next")
    stall.a.fault("throttle", calls=1, seconds=60, on="create", times=None)
    stall.supplied(stall.buy(), "delivered")
    line = stall.buy()
    if end == "again":
        assert stall.states(line) == ["unknown"]
        stall.run(300)
        stall.supplied(line, "delivered")
        assert stall.counts() == (2, 0)
        return
    from_the_next(stall, line, asked=end == "asked")
    assert stall.counts() == (1, 1)
    stall.run(61)
    third = stall.buy()
    stall.supplied(third, "delivered")
    assert stall.counts() == (2, 1)
