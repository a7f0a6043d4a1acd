"""What comes back by itself: signed right, delivered at once or later, words that nobody knows."""

from goodfor.kernel.clock import utc_now
from goodfor.supply.mapping import site_of
from goodfor.supply.models import Supplier
from goodfor.supply.operations.connect_supplier import Connection, Contract, reconnect_supplier
from goodfor.supply.purchase_models import Breaker
from goodfor.supply.tests.scenarios.matrix import scenario
from goodfor.supply.tests.scenarios.stall import Stall


@scenario(1, "refused", "unread")
def signature(stall: Stall) -> None:
    """The stand-in, which shares no code with us and reproduces the published vectors, takes our signature alone."""
    stall.supplied(stall.buy(), "delivered")
    assert set(stall.calls(stall.a, "create")) == {"ok"}
    _rekey(stall, wrong=True)
    line = stall.buy()
    assert stall.counts() == (1, 1)
    refused = stall.states(line)[:-1]
    stall.supplied(line, *refused, "delivered")
    assert set(refused) == {"rejected"}
    if stall.end("refused") == "refused":
        assert stall.market.attempts(line)[0].reason == "config"
        (breaker,) = Breaker.objects.filter(shop_id=stall.market.shop, opened_at__isnull=False)
        assert (breaker.supplier_id, breaker.item_key, breaker.reason) == (stall.market.ids["anna"], "", "config")


def _rekey(stall: Stall, *, wrong: bool) -> None:
    row = Supplier.objects.get(shop_id=stall.market.shop, id=stall.market.ids["anna"])
    site = site_of(row)
    secrets = {key: value[:-1] + ("0" if value[-1] != "0" else "1") for key, value in stall.a.secrets.items()}
    wanted = Connection(
        stall.protocol, row.code, row.name, row.currency, site.config, secrets if wrong else stall.a.secrets
    )
    reconnect_supplier(
        shop_id=stall.market.shop, supplier_id=row.id, wanted=wanted,
        contract=Contract(cycle=row.cycle, rate=row.rate, surprise_minor=row.surprise_minor),
        shop_currency="CNY", actor="test", now=utc_now(),
    )  # fmt: skip


@scenario(2)
def inline(stall: Stall) -> None:
    """What is there at once is there at once: with the reply, or by the one question after it."""
    line = stall.buy(stall.kit.most)
    stall.supplied(line, "delivered", quantity=stall.kit.most)
    assert stall.counts() == (1, 0)
    assert len(stall.calls(stall.a, "query")) == (0 if stall.about.inline else 1)
    assert stall.attempt(line).next_at is None


@scenario(4)
def polling(stall: Stall) -> None:
    """Nobody calls: the question on the schedule finds it."""
    stall.a.fault("deliver", seconds=10)
    stall.a.fault("lost_push", times=None)
    line = stall.buy()
    assert stall.states(line) == ["accepted"]
    stall.run(9)
    assert stall.states(line) == ["accepted"]
    stall.run(30)
    stall.supplied(line, "delivered")
    assert stall.told(stall.a) == []
    assert stall.counts() == (1, 0)


@scenario(12, "found", "ref")
def found_late(stall: Stall) -> None:
    """ "Not found" too early is no proof: the answer was lost, and the order shows up after a while."""
    if stall.end("found") == "ref":
        stall.a.fault("deliver", seconds=1)
    else:
        stall.a.fault("lost_answer", on="create")
    stall.a.fault("not_found", seconds=100)
    line = stall.buy()
    stall.run(60)
    assert stall.counts() == (1, 0)
    stall.run(600)
    stall.supplied(line, "delivered")
    assert stall.counts() == (1, 0)


@scenario(19)
def odd_word(stall: Stall) -> None:
    """A word that nobody knows is no failure: it is under way, and asked about until it ends."""
    stall.a.fault("odd_word")
    stall.a.fault("deliver", seconds=20)
    line = stall.buy()
    stall.run(15)
    assert stall.states(line) == ["accepted"]
    assert stall.counts() == (1, 0)
    stall.run(60)
    stall.supplied(line, "delivered")
    assert stall.counts() == (1, 0)
