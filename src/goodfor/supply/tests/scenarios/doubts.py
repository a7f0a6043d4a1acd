"""Nobody knows whether it was bought: asked about, never bought twice."""

from uuid import UUID

from goodfor.supply import queries
from goodfor.supply.operations.close_want import give_up
from goodfor.supply.operations.decide import decide_bought, decide_not_bought
from goodfor.supply.providers.values import Code
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import Stall


@scenario(9, "found", "desk")
def lost_answer(stall: Stall) -> None:
    """The order was made and paid for, the answer never came: one purchase, and it is ours."""
    stall.a.fault("lost_answer", on="create")
    line = stall.buy(stall.kit.most)
    _held(stall, line)
    _resolved(stall, line)
    stall.supplied(line, "delivered", quantity=stall.kit.most)
    assert stall.counts() == (1, 0)


@scenario(10, "next", "again", "desk")
def page_of_html(stall: Stall) -> None:
    """A page of somebody in between says nothing, whether the order was made or not."""
    end = stall.end("next")
    stall.a.fault("html", on="create", work="after")
    made = stall.buy()
    _held(stall, made)
    _resolved(stall, made, desk=end == "desk")
    stall.supplied(made, "delivered")
    assert stall.counts() == (1, 0)
    stall.a.fault("html", on="create", work="before")
    lost = stall.buy()
    _held(stall, lost)
    if end == "desk":
        not_bought(stall, lost)
        stall.supplied(lost, "failed", "delivered")
    else:
        stall.run(900)
        stall.supplied(lost, *(("delivered",) if end == "again" else ("rejected", "delivered")))
    assert stall.counts() == ((2, 0) if end == "again" else (1, 1))


@scenario(11, "found", "desk")
def duplicate(stall: Stall) -> None:
    """ "We know this number" is a purchase that arrived: looked up, never taken for a no."""
    stall.a.fault("duplicate_reply", on="create")
    line = stall.buy()
    _held(stall, line)
    _resolved(stall, line)
    stall.supplied(line, "delivered")
    assert stall.counts() == (1, 0)


@scenario(14, "found", "desk")
def late(stall: Stall) -> None:
    """The success comes when nobody waits any more: paid for, so it is stock."""
    stall.a.fault("lost_answer", on="create")
    line = stall.buy()
    order = stall.market.wants(line)[0].order_id
    assert give_up(shop_id=stall.market.shop, order_id=order, reason="deadline", now=stall.market.at) == 1
    _resolved(stall, line)
    assert stall.states(line) == ["late"]
    assert {want.state for want in stall.market.wants(line)} == {"given_up"}
    assert stall.counts() == (1, 0)
    assert stall.market.reserved(line) == 0
    assert stall.market.on_shelf() == (1 if stall.kit.kind == "code" else 0)


def _held(stall: Stall, line: UUID) -> None:
    """Not known, so nobody else is asked, and nothing is booked."""
    assert stall.states(line) == ["manual" if stall.end("found") == "desk" else "unknown"]
    stall.market.buy()
    assert len(stall.states(line)) == 1
    assert stall.orders(stall.b) == []
    assert stall.market.reserved(line) == 0


def _resolved(stall: Stall, line: UUID, *, desk: bool | None = None) -> None:
    """By questions; where there is nobody to ask, by a person who has the shop's word."""
    if not (stall.end("found") == "desk" if desk is None else desk):
        stall.run(300)
        return
    assert [one.line_id for one in queries.desk(stall.market.shop)] == [line]
    stall.run(300)
    attempt = stall.attempt(line)
    assert attempt.state == "manual"
    codes = [Code(secret=one) for one in stall.given(line)]
    decide_bought(
        shop_id=stall.market.shop, attempt_id=attempt.id, codes=codes, ref="call", actor="staff:1", now=stall.market.at
    )


def not_bought(stall: Stall, line: UUID) -> None:
    """A person learns that there is no order; the next supplier is asked."""
    decide_not_bought(
        shop_id=stall.market.shop, attempt_id=stall.attempt(line).id, actor="staff:1", now=stall.market.at
    )
    stall.market.buy()
