"""Calls of suppliers: a hint to ask, never more."""

from goodfor.supply.operations.hear_call import hear_call
from goodfor.supply.purchase_models import Heard
from goodfor.supply.tests.market import rows
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import Stall


@scenario(3)
def by_call(stall: Stall) -> None:
    """A call brings the question forward, and the question brings the goods."""
    stall.a.fault("never")
    line = stall.buy()
    assert stall.states(line) == ["accepted"]
    stall.run(10)
    before = stall.attempt(line)
    stall.a.act(before.number, "finish")
    assert stall.told(stall.a)[-1] == stall.kit.ack
    assert before.next_at is not None
    now = stall.attempt(line).next_at
    assert now is not None
    assert now < before.next_at
    stall.ask()
    stall.supplied(line, "delivered")
    assert stall.a.totals()["pushes"].keys() <= {"heard", "given_up"}


@scenario(5)
def call_first(stall: Stall) -> None:
    """The call comes while the buying call is still out: the purchase is booked once."""
    stall.a.fault("push_first")
    line = stall.buy()
    assert stall.kit.ack in stall.told(stall.a)
    stall.run(30)
    stall.supplied(line, "delivered")
    assert stall.counts() == (1, 0)
    assert set(stall.calls(stall.a, "create")) == {"ok"}


@scenario(6)
def doubled(stall: Stall) -> None:
    """Calls that come twice and in the wrong order: delivered once, and it stays delivered."""
    stall.a.fault("doubled_push", count=3)
    stall.a.fault("reordered_push")
    stall.a.fault("deliver", seconds=0.5)
    line = stall.buy()
    stall.market.to(5)
    assert stall.told(stall.a).count(stall.kit.ack) >= 3
    stall.ask()
    stall.supplied(line, "delivered")
    stall.run(120)
    stall.supplied(line, "delivered")
    assert 1 <= Heard.objects.filter(shop_id=stall.market.shop).count() < len(stall.told(stall.a))
    assert rows("SELECT count(*) FROM kernel_event WHERE name = 'supply.line_supplied'") == [(1,)]


@scenario(7)
def forged(stall: Stall) -> None:
    """A call with a wrong signature changes nothing, and learns nothing."""
    stall.a.fault("forged_push", instead=1)
    stall.a.fault("deliver", seconds=5)
    line = stall.buy()
    before = stall.attempt(line)
    stall.market.to(6)
    assert set(stall.told(stall.a)) == {404}
    after = stall.attempt(line)
    assert (after.state, after.next_at, after.asked) == ("accepted", before.next_at, before.asked)
    assert not Heard.objects.filter(shop_id=stall.market.shop).exists()
    call = stall.listener.heard[-1][1]
    nobody = hear_call(hook="x" * 43, call=call, now=stall.market.at)
    assert nobody == hear_call(hook=stall.hook("anna"), call=call, now=stall.market.at)
    stall.run(30)
    stall.supplied(line, "delivered")


@scenario(8)
def tampered(stall: Stall) -> None:
    """What a signature does not cover is not believed: asked for instead. Where it covers all, the call is refused."""
    stall.a.fault("tampered_push", instead=1)
    stall.a.fault("deliver", seconds=5)
    line = stall.buy()
    stall.market.to(6)
    partly = stall.about.calls in ("part", "secret")
    assert set(stall.told(stall.a)) == {stall.kit.ack if partly else 404}
    assert stall.states(line) == ["accepted"]
    stall.run(30)
    stall.supplied(line, "delivered")
    assert stall.counts() == (1, 0)
