"""Partners' people in our mall: asked for points once, nothing unknown is delivered, and the partner hears the end."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.tests.factories import refund_all, relay_all, together
from goodfor.orders.types import HoldOrder
from goodfor.partners import calling, queries, states
from goodfor.partners.errors import EntryNeeded, ExchangeNotFound, InvalidPartner, OfferGone
from goodfor.partners.models import Exchange, Word
from goodfor.partners.operations import go_on_exchange
from goodfor.partners.operations.begin_exchange import begin_exchange
from goodfor.partners.operations.enter_mall import enter_mall
from goodfor.partners.operations.go_on_exchange import go_on_due, order_exchange, run_exchange
from goodfor.partners.operations.hear_order import order_back, order_delivered
from goodfor.partners.operations.set_account import make_account
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.operations.tell_partner import tell_again, tell_due, tell_partner
from goodfor.partners.schedule import LADDER
from goodfor.partners.tests.conftest import World
from goodfor.partners.tests.test_developer import call
from goodfor.partners.types import AccountView, AccountWish, Call, ExchangeView, ExchangeWish, Guest
from goodfor.sandbox.partners.server import APP_KEY, APP_SECRET
from goodfor.sandbox.partners.signing import md5_sign

pytestmark = pytest.mark.django_db(transaction=True)
#: What 48.50 takes of their points, at 0.8 fen each: 48.00.
POINTS, WORTH, PRICE = 6_000, 4_800, 4_850


@dataclass
class Shopping:
    """The partner's account here, and what its people do."""

    world: World
    account: AccountView

    @property
    def shop_id(self) -> UUID:
        return self.world.shop_id

    def offers(self, units: int = POINTS) -> None:
        set_offer(
            shop_id=self.shop_id, account_id=self.account.id, sku_id=self.world.shop.sku_id, units=units, on=True,
            actor="staff:1", now=utc_now(),
        )  # fmt: skip

    def comes(self, uid: str, units: int | None = None, **other: str) -> Guest:
        """By the app's link."""
        if units is not None:
            self.world.app.balances[uid] = units
        link = urlsplit(self.world.app.link("https://x.example/m/app/autologin", uid, **other))
        call = Call(link.query.encode(), b"", "192.0.2.1")
        return enter_mall(shop_id=self.shop_id, code="app", call=call, now=utc_now())

    def begins(self, uid: str, key: str = "", hold: HoldOrder | None = None, units: int = POINTS) -> ExchangeView:
        wish = ExchangeWish(uid, self.world.shop.sku_id, units, key or uuid4().hex, uuid4(), hold)
        return begin_exchange(shop_id=self.shop_id, account_id=self.account.id, wish=wish, now=utc_now())

    def exchanges(self, uid: str, **more: Any) -> ExchangeView:
        return self.runs(self.begins(uid, **more))

    def runs(self, one: ExchangeView) -> ExchangeView:
        return run_exchange(shop_id=self.shop_id, exchange_id=one.id, ip="192.0.2.1", now=utc_now())

    def now_is(self, one: ExchangeView) -> ExchangeView:
        return next(row for row in queries.exchanges(self.shop_id, self.account.id) if row.id == one.id)

    def hears(self, **after: float) -> int:
        """Everybody has heard what happened, and words that are due are said."""
        relay_all(utc_now())
        return tell_due(now=utc_now() + timedelta(**after))

    def later(self, **waits: float) -> None:
        """Whoever is at exchanges is gone for so long."""
        rows = Exchange.objects.filter(shop_id=self.shop_id, go_on_at__isnull=False)
        for row in rows:
            row.go_on_at, row.at = row.go_on_at - timedelta(**waits), row.at - timedelta(**waits)
            row.save()

    def books(self) -> tuple[int, int, int]:
        """What the partner owes, what is between, and the difference."""
        codes = ("1122:partner:app", "2203:redeemed", "5002:points")
        owed, between, off = (self.world.booked(code) for code in codes)
        return owed, between, off


@pytest.fixture
def mall(world: World) -> Shopping:
    wish = AccountWish(
        "星河应用", APP_KEY, APP_SECRET, deduct_url=f"{world.street.url}/app/deduct",
        notice_url=f"{world.street.url}/app/notice", value_centi=80, call_most=50_000, day_most=100_000, enabled=True,
    )  # fmt: skip
    made = make_account(shop_id=world.shop_id, code="app", role=states.MALL, wish=wish, actor="staff:1", now=world.now)
    found = Shopping(world, made)
    found.offers()
    return found


def test_an_exchange(mall: Shopping) -> None:
    """Asked, taken, ordered, paid, delivered, told: their points, our books and both sides' numbers agree."""
    guest = mall.comes("u1", 10_000)
    assert (guest.uid, guest.units, guest.known, guest.name) == ("u1", 10_000, True, "星河应用")
    done = mall.exchanges("u1")
    assert (done.state, bool(done.secret)) == (states.EX_ORDERED, True)
    order = orders.order_view(mall.shop_id, done.order_id)
    assert (order.state, order.total.amount_minor) == ("delivered", PRICE)
    assert len(delivery.masked_codes(mall.shop_id, [line.line_id for line in order.lines])) == 1
    assert (mall.world.app.balances["u1"], mall.books()) == (4_000, (WORTH, 0, PRICE - WORTH))
    assert mall.hears() == 1
    seen = mall.now_is(done)
    [word] = seen.words
    assert (seen.state, word.success, word.state, [said for _at, said in word.attempts]) == (
        states.EX_DONE, True, states.TOLD, ["ok"],
    )  # fmt: skip
    [theirs] = mall.world.app.taken.values()
    assert (theirs.state, theirs.number, theirs.biz_id) == ("done", seen.order_num, seen.biz_id)
    assert queries.exchange_of_guest(mall.shop_id, guest, seen.order_num).id == done.id
    other = mall.comes("u2", 1)
    with pytest.raises(ExchangeNotFound):
        queries.exchange_of_guest(mall.shop_id, other, seen.order_num)
    assert ([len(queries.exchanges_of_guest(mall.shop_id, one)) for one in (guest, other)], mall.hears()) == ([1, 0], 0)
    assert mall.world.faults() == {}


@pytest.mark.parametrize("fault", ["lost", "broken", "process", "slow"])
def test_no_clear_answer_is_a_failure_without_a_number(
    mall: Shopping, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is delivered, and whoever took the points gives them back; it waits a moment here, 30 s there."""
    mall.comes("u1", 10_000)
    monkeypatch.setattr(calling, "DEDUCT_SECONDS", 0.3)
    mall.world.app.fault(fault, seconds=0.6)
    lost = mall.exchanges("u1")
    assert (lost.state, lost.why, lost.biz_id, lost.secret) == (states.EX_LOST, "no_answer", "", "")
    if fault == "slow":
        # The app works on after we have gone.
        time.sleep(0.5)
    assert mall.hears() == 1
    assert (mall.now_is(lost).words[0].state, mall.world.app.contradictions) == (states.TOLD, 0)
    assert mall.books() == (0, 0, 0)
    assert mall.runs(lost).state == states.EX_LOST
    assert mall.world.faults() == {}


def test_a_clear_no(mall: Shopping) -> None:
    """Too few points, or another reason of theirs: nothing to tell."""
    mall.comes("u1", 100)
    refused = mall.exchanges("u1")
    assert (refused.state, mall.hears(), mall.books()) == (states.EX_REFUSED, 0, (0, 0, 0))
    mall.comes("u1", 10_000)
    mall.world.app.fault("refuse")
    assert mall.exchanges("u1").state == states.EX_REFUSED
    assert (mall.world.app.balances["u1"], mall.world.faults()) == (10_000, {})


def test_the_same_request_is_one_exchange(mall: Shopping) -> None:
    mall.comes("u1", 20_000)
    first = mall.begins("u1", key="a")
    assert mall.begins("u1", key="a").id == first.id
    states_seen = together(lambda _n: mall.runs(first).state, 6)
    assert (states_seen.count(states.EX_ORDERED) >= 1, mall.world.app.balances["u1"]) == (True, 14_000)
    assert (mall.now_is(first).state, len(mall.world.app.taken)) == (states.EX_ORDERED, 1)
    mall.hears()
    assert mall.world.faults() == {}


def test_killed_before_the_answer_was_kept(mall: Shopping, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken there, and nobody here knows: it is not asked again, it has failed, and the points return."""
    mall.comes("u1", 10_000)
    begun = mall.begins("u1")

    def power_cut(name: str) -> None:
        if name == "partners.asked":
            raise KeyboardInterrupt

    monkeypatch.setattr(go_on_exchange, "reach", power_cut)
    with pytest.raises(KeyboardInterrupt):
        mall.runs(begun)
    monkeypatch.undo()
    assert (mall.world.app.balances["u1"], mall.runs(begun).state, go_on_due(now=utc_now())) == (4_000, "asked", 0)
    mall.later(minutes=3)
    assert go_on_due(now=utc_now()) == 1
    assert (mall.now_is(begun).state, mall.now_is(begun).why, mall.hears()) == (states.EX_LOST, "left", 1)
    assert (mall.world.app.balances["u1"], mall.books()) == (10_000, (0, 0, 0))
    assert mall.world.faults() == {}


@pytest.mark.parametrize(("minutes", "ends"), [(3, states.EX_ORDERED), (30, states.EX_BACK)])
def test_killed_before_the_order(
    mall: Shopping, monkeypatch: pytest.MonkeyPatch, minutes: int, ends: str
) -> None:  # fmt: skip
    """The answer is kept: it goes on soon, with the hold that was said, and much later the points return."""
    mall.comes("u1", 10_000)
    begun = mall.begins("u1", hold=HoldOrder(None, timedelta(minutes=5), reasons=("new",)))

    def power_cut(name: str) -> None:
        if name == "partners.settled":
            raise KeyboardInterrupt

    monkeypatch.setattr(go_on_exchange, "reach", power_cut)
    with pytest.raises(KeyboardInterrupt):
        mall.runs(begun)
    monkeypatch.undo()
    assert mall.now_is(begun).state == states.EX_TAKEN
    mall.later(minutes=minutes)
    assert (go_on_due(now=utc_now()), mall.now_is(begun).state) == (1, ends)
    if ends == states.EX_ORDERED:
        assert orders.order_view(mall.shop_id, begun.order_id).state == "paid"
        # Not delivered: nobody is told.
        assert mall.hears() == 0
    else:
        assert (mall.hears(), mall.world.app.balances["u1"]) == (1, 10_000)
    assert mall.world.faults() == {}


def test_what_cannot_be_ordered_is_given_back(mall: Shopping) -> None:
    """Twenty codes and one more: the last one's points return, told with the number that they know."""
    mall.comes("u1", 1_000_000)
    last = None
    for n in range(16):
        last = mall.exchanges("u1", key=f"k{n}")
    assert last is not None
    assert last.state == states.EX_ORDERED
    with pytest.raises(OfferGone):
        # All of the day.
        mall.begins("u1", key="more")
    before = mall.world.app.balances["u1"]
    begun = Exchange.objects.filter(shop_id=mall.shop_id).count()
    assert (before, begun) == (1_000_000 - 16 * POINTS, 16)
    mall.offers(units=1)
    for n in range(4):
        assert mall.exchanges("u1", key=f"x{n}", units=1).state == states.EX_ORDERED
    gone = mall.exchanges("u1", key="y", units=1)
    assert (gone.state, gone.why) == (states.EX_BACK, "out_of_stock")
    mall.hears()
    mall.hears()
    assert mall.world.app.balances["u1"] == before - 4
    assert mall.world.app.taken[mall.now_is(gone).order_num].state == "back"
    assert mall.world.faults() == {}


def test_the_ladder_of_a_day(mall: Shopping) -> None:
    """Eight tries, at 2 m, 10 m, 10 m, 1 h, 2 h, 6 h and 15 h, until `ok`; then a person says `again`."""
    assert sum(LADDER, timedelta()) == timedelta(hours=24, minutes=22)
    mall.comes("u1", 10_000)
    done = mall.exchanges("u1")
    mall.world.app.fault("deaf", times=8)
    assert mall.hears() == 1
    words = Word.objects.filter(shop_id=mall.shop_id)
    for pause in LADDER:
        [waits] = words
        assert waits.next_at is not None
        assert abs(waits.next_at - utc_now() - pause) < timedelta(seconds=10)
        words.update(next_at=utc_now())
        assert (tell_due(now=utc_now()), tell_due(now=utc_now())) == (1, 0)
    [word] = mall.now_is(done).words
    assert (word.state, len(word.attempts), word.next_at) == (states.GIVEN_UP, 8, None)
    assert (tell_due(now=utc_now() + timedelta(days=3)), mall.world.app.contradictions) == (0, 0)
    assert [one.id for one in queries.exchanges(mall.shop_id, mall.account.id, only="untold")] == [done.id]
    again: dict[str, Any] = {"shop_id": mall.shop_id, "word_id": word.id, "now": utc_now()}
    mine = {"account_id": mall.account.id, "actor": "staff:1"}
    assert [tell_again(**again, **mine) for _ in range(2)] == [states.DUE, states.DUE]
    with pytest.raises(ExchangeNotFound):
        tell_again(**again, account_id=mall.world.account.id, actor="staff:1")
    assert tell_partner(**again) == states.TOLD
    assert (tell_again(**again, **mine), tell_partner(**again)) == (states.TOLD, states.TOLD)
    assert (mall.world.app.taken[mall.now_is(done).order_num].heard, mall.world.faults()) == (9, {})


def test_money_back_is_their_points_back(mall: Shopping) -> None:
    """A part takes its part off what they owe; the rest takes the rest, and they are told of it."""
    mall.comes("u1", 10_000)
    done = mall.exchanges("u1")
    relay_all(utc_now())
    refund_part(
        shop_id=mall.shop_id, order_id=done.order_id, amount=Money(1_000, "CNY"), reason="test", actor="staff:1",
        now=utc_now(),
    )  # fmt: skip
    refund_all(utc_now())
    assert mall.books() == (WORTH - WORTH * 1_000 // PRICE, 0, PRICE - 1_000 - (WORTH - WORTH * 1_000 // PRICE))
    assert mall.now_is(done).state == states.EX_DONE
    refund_order(
        shop_id=mall.shop_id, order_id=done.order_id, reason="test", actor="staff:1", by_staff=True, now=utc_now()
    )
    refund_all(utc_now())
    # The success had not been told: only the failure is.
    assert mall.hears() == 1
    seen = mall.now_is(done)
    assert (seen.state, [(one.success, one.state) for one in seen.words]) == (
        states.EX_BACK, [(True, states.DROPPED), (False, states.TOLD)],
    )  # fmt: skip
    assert (mall.books(), mall.world.app.balances["u1"]) == ((0, 0, 0), 10_000)
    month = queries.settlement(
        mall.shop_id, mall.account.id, mall.world.now - timedelta(days=1), utc_now() + timedelta(1), limit=9
    )
    assert ([one.what for one in month.rows], month.units, month.total.amount_minor) == (["sold", "back", "back"], 0, 0)
    assert not order_delivered(shop_id=mall.shop_id, order_id=done.order_id, now=utc_now())
    assert not order_back(shop_id=mall.shop_id, order_id=uuid4(), refund_id=uuid4(), now=utc_now())
    assert mall.world.faults() == {}


def test_who_may_come_in(mall: Shopping) -> None:
    assert not mall.comes("not_login").known
    with pytest.raises(EntryNeeded):
        mall.begins("not_login")
    stamp = str(int(utc_now().timestamp() * 1000) - 301_000)
    with pytest.raises(EntryNeeded):
        mall.comes("u1", timestamp=stamp)
    params = {"uid": "u1", "credits": "1", "appKey": APP_KEY, "timestamp": str(int(utc_now().timestamp() * 1000))}
    query = "&".join(f"{name}={value}" for name, value in {**params, "sign": md5_sign(params, "x" * 16)}.items())
    for code in ("app", "xinghe", "none"):
        with pytest.raises(EntryNeeded):
            enter_mall(shop_id=mall.shop_id, code=code, call=Call(query.encode(), b"", ""), now=utc_now())
    # Whoever is called 11u1 there, and reads their link anew, is not u1.
    link = urlsplit(mall.world.app.link("https://x.example/m/app/autologin", "11u1"))
    seen = {name: value for name, [value] in parse_qs(link.query).items()}
    for parts in ({"tz": "11", "uid": "u1"}, {"uid": "11u", "vip": "1"}):
        with pytest.raises(EntryNeeded):
            enter_mall(
                shop_id=mall.shop_id, code="app", call=Call(urlencode({**seen, **parts}).encode(), b"", ""),
                now=utc_now(),
            )  # fmt: skip
    assert mall.comes("11u1", redirect="/x").uid == "11u1"
    guest = mall.comes("u1", 5)
    assert queries.guest(mall.shop_id, guest.account_id, "u1", 5) == guest
    with pytest.raises(EntryNeeded):
        queries.guest(mall.shop_id, uuid4(), "u1", 5)


def test_what_is_up(mall: Shopping) -> None:
    mall.comes("u1", 10_000)
    with pytest.raises(OfferGone):
        mall.begins("u1", units=POINTS - 1)
    skus = mall.world.shop.demo.skus
    said: dict[str, Any] = {
        "shop_id": mall.shop_id,
        "account_id": mall.account.id,
        "actor": "staff:1",
        "now": utc_now(),
    }
    for sku_id, units in ((uuid4(), 5), (skus["kw-50"], 0)):
        with pytest.raises(InvalidPartner):
            set_offer(**said, sku_id=sku_id, units=units, on=True)
    set_offer(**said, sku_id=skus["kw-50"], units=POINTS, on=False)
    assert [one.on for one in queries.offers(mall.shop_id, mall.account.id)] == [False]
    assert queries.offers(mall.shop_id, mall.account.id, up=True) == []
    with pytest.raises(OfferGone):
        mall.begins("u1")


def test_a_partner_asks(mall: Shopping) -> None:
    """What became of a number, to whoever signs."""
    mall.comes("u1", 10_000)
    done = mall.exchanges("u1")
    number = mall.now_is(done).order_num
    mall.world.mall.developer = f"{mall.world.url}/partners/{mall.shop_id}/{mall.account.id}"

    def asks(number: str, secret: str = APP_SECRET) -> tuple[int, bytes]:
        params = {"orderNum": number, "appKey": APP_KEY, "timestamp": str(int(utc_now().timestamp() * 1000))}
        return call(mall.world, "status", {**params, "sign": md5_sign(params, secret)})

    assert asks(number) == (200, b'{"success": true, "status": "process"}')
    mall.hears()
    assert asks(number) == (200, b'{"success": true, "status": "success"}')
    assert asks("M1") == (200, b'{"success": false, "status": ""}')
    assert asks(number, "x" * 16)[0] == 403
    assert Word.objects.filter(shop_id=mall.shop_id).count() == 1
    # An account of the one role answers no call of the other.
    assert call(mall.world, "notice", {"orderNum": "A"})[0] == 403
    assert order_exchange(shop_id=mall.shop_id, exchange_id=done.id, now=utc_now()).state == states.EX_DONE
