"""Our points in a mall, over HTTP: taken once, spent or back once, whatever is late, lost, repeated or out of order."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder
from goodfor.orders import queries as orders
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.tests.factories import refund_all, relay_all, stock, together
from goodfor.partners import queries, states
from goodfor.partners.errors import InvalidPartner, PartnerNotFound
from goodfor.partners.models import Account, Nonce, Notice, Spend
from goodfor.partners.operations import hear_call
from goodfor.partners.operations.ask_mall import ask_due
from goodfor.partners.operations.forget_member import forget_member
from goodfor.partners.operations.forget_nonces import forget_nonces
from goodfor.partners.operations.go_to_mall import go_to_mall
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.operations.take_points import take_points
from goodfor.partners.protocol import PointsCall
from goodfor.partners.tests.conftest import TERMS, World
from goodfor.sandbox.partners.server import MALL_KEY, MALL_SECRET

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(world: World, number: str) -> str:
    return next(one.state for one in world.spends() if one.order_num == number)


def test_points_are_spent_there(world: World) -> None:
    """Taken, arrived, told eight times; the mall's books and ours agree to the fen."""
    owner = world.member(1_000)
    assert world.booked("2203:points") == 900
    uid = world.uid(owner)
    assert (owner.hex not in uid, world.mall.visits[-1]["credits"]) == (True, "1000")
    order = world.mall.exchange(uid, 400, actual=350)
    assert (order.state, order.said) == ("taken", "")
    assert world.holds(owner) == 600
    # For 400 points 360 were owed; the mall gets 350 for them, and the rest was owed too much.
    assert (world.owed(), world.booked("2203:points"), world.booked("5002:points")) == (350, 540, -10)
    assert [one.order_num for one in queries.spends(world.shop_id, world.account.id, only="open")] == [order.number]
    world.mall.end(order, success=True)
    assert (world.mall.tell(order, every=True), order.notices) == ("ok", ["ok"] * 8)
    [seen] = world.spends()
    assert (seen.state, seen.owner, seen.units, seen.odd, seen.notices[0].times) == (states.DONE, owner, 400, "", 8)
    assert loyalty.said(loyalty.statement(world.shop_id, Holder(owner))[0]) == "在合作方商城兑换"
    assert (world.holds(owner), world.owed(), world.mall.owed()) == (600, 350, 350)
    assert world.faults() == {}


def test_a_failure_is_back_once_to_its_lots(world: World) -> None:
    owner = world.member(1_000)
    ends = loyalty.expiring(world.shop_id, Holder(owner), world.now, within=timedelta(days=500))
    order = world.mall.exchange(world.uid(owner), 1_000, actual=900)
    assert world.holds(owner) == 0
    world.mall.end(order, success=False)
    world.mall.tell(order, every=True)
    assert (order.notices, world.holds(owner), state_of(world, order.number)) == (["ok"] * 8, 1_000, states.UNDONE)
    assert loyalty.expiring(world.shop_id, Holder(owner), world.now, within=timedelta(days=500)) == ends
    assert (world.owed(), world.mall.owed(), world.booked("2203:points")) == (0, 0, 900)
    # The other word later changes nothing, and somebody looks at it.
    world.mall.end(order, success=True)
    assert world.mall.tell(order) == "ok"
    assert [one.order_num for one in queries.spends(world.shop_id, world.account.id, only="odd")] == [order.number]
    assert (world.holds(owner), state_of(world, order.number)) == (1_000, states.UNDONE)
    # Nor is anything taken under the number again.
    assert world.mall.ask(order).state == "refused"
    assert world.holds(owner) == 1_000
    assert world.faults() == {}


def test_a_lost_answer_is_a_failed_order(world: World) -> None:
    """Taken here, and the answer is lost on its way: the mall tells a failure and knows no number of ours."""
    owner = world.member(500)
    uid = world.uid(owner)
    order = world.mall.begin(uid, 200, 150)
    asked = PointsCall(order.number, uid, 200, 150)
    take_points(shop_id=world.shop_id, account_id=world.account.id, kind=states.DEDUCT, asked=asked, now=utc_now())
    assert world.holds(owner) == 300
    order.state = "failed"
    assert (order.biz_id, world.mall.tell(order, every=True)) == ("", "ok")
    assert (world.holds(owner), world.owed(), state_of(world, order.number)) == (500, 0, states.UNDONE)
    assert world.faults() == {}


def test_a_slow_answer_is_a_failed_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with a call that outlasts the mall's patience: a moment here, 30 s there."""
    owner = world.member(500)
    order = world.mall.begin(world.uid(owner), 200, 150)
    real = hear_call.take_points

    def slow(**said: Any) -> Any:
        answer = real(**said)
        time.sleep(0.6)
        return answer

    monkeypatch.setattr(hear_call, "take_points", slow)
    world.mall.wait = 0.25
    assert world.mall.ask(order).state == "failed"
    world.mall.wait = 5.0
    assert world.holds(owner) == 300
    assert world.mall.tell(order, every=True) == "ok"
    assert (world.holds(owner), world.owed(), state_of(world, order.number)) == (500, 0, states.UNDONE)
    assert world.faults() == {}


def test_a_notice_before_its_deduction(world: World) -> None:
    """What was told failed is never taken afterwards."""
    owner = world.member(500)
    order = world.mall.begin(world.uid(owner), 200, 100)
    order.state = "failed"
    assert world.mall.tell(order, every=True) == "ok"
    assert state_of(world, order.number) == states.BARRED
    assert world.mall.ask(order).state == "refused"
    assert (world.holds(owner), world.owed()) == (500, 0)
    # A success of what nobody asked for is written down, and looked at.
    odd = world.mall.end(world.mall.begin("x", 1, 1), success=True)
    assert world.mall.tell(odd) == "ok"
    assert queries.spends(world.shop_id, world.account.id, only="odd")[0].odd == "unasked"
    assert world.faults() == {}


def test_the_same_number_is_the_same_order(world: World) -> None:
    owner = world.member(500)
    order = world.mall.exchange(world.uid(owner), 200, actual=100)
    first = order.biz_id
    for _ in range(3):
        assert (world.mall.ask(order).state, order.biz_id) == ("taken", first)
    assert world.holds(owner) == 300
    for other in ({"credits": "201"}, {"actualPrice": "99"}, {"uid": world.uid(world.member(900))}):
        assert world.mall.ask(world.mall.orders[order.number], **other).state == "refused"
    assert (world.holds(owner), world.owed()) == (300, 100)
    assert world.faults() == {}


def test_what_is_refused_and_what_is_told_of_it(world: World) -> None:
    """Three answers for all reasons; each refusal is kept, so that the number cannot do it later."""
    owner = world.member(900)
    uid = world.uid(owner)
    world.set(call_most=500, day_most=600)
    cases: list[tuple[str, int, int, str, str]] = [
        (uid, 501, 1, "call_cap", "暂时不能兑换"),
        ("nobody", 5, 1, "uid", "暂时不能兑换"),
        (uid, 100, 101, "price", "暂时不能兑换"),
        (world.uid(world.member(10)), 11, 0, "short", "积分不足"),
    ]
    for who, units, actual, why, said in cases:
        order = world.mall.exchange(who, units, actual)
        assert (order.state, order.said) == ("refused", said), why
        assert (world.spends()[0].state, world.spends()[0].why) == (states.REFUSED, why)
    assert world.mall.exchange(uid, 400, 0).state == "taken"
    assert world.mall.exchange(uid, 300, 0).state == "refused"
    assert world.spends()[0].why == "day_cap"
    assert world.mall.exchange(uid, 200, 0).state == "taken"
    set_terms(shop_id=world.shop_id, terms=replace(TERMS, on=False), actor="staff:1", now=utc_now())
    assert (world.mall.exchange(uid, 1, 0).state, world.spends()[0].why) == ("refused", "off")
    set_terms(shop_id=world.shop_id, terms=TERMS, actor="staff:1", now=utc_now())
    short = world.mall.begin(uid, 400, 0)
    world.set(day_most=10_000)
    assert world.mall.ask(short).state == "refused"
    assert world.mall.tell(world.mall.end(short, success=False)) == "ok"
    assert world.holds(owner) == 300
    assert world.faults() == {}


def call(world: World, name: str, params: dict[str, str], *, post: bool = False) -> tuple[int, bytes]:
    url, text = f"{world.mall.developer}/{name}", urlencode(params)
    asked = Request(url, text.encode()) if post else Request(f"{url}?{text}")
    try:
        with urlopen(asked, timeout=5) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def test_who_cannot_prove_it_is_told_one_thing(world: World) -> None:
    owner = world.member(900)
    uid = world.uid(owner)
    good = {"uid": uid, "credits": "10", "orderNum": "A1"}
    signed = world.mall.signed(good)
    old = world.mall.signed({**good, "timestamp": str(int(signed["timestamp"]) - 301_000)})
    wrong: list[dict[str, str]] = [
        {**signed, "credits": "11"}, {**signed, "sign": ""}, {**signed, "appKey": "demo"}, old,
        {name: value for name, value in signed.items() if name != "sign"}, world.mall.signed({**good, "credits": "x"}),
        {**signed, "extra": "1"},
    ]  # fmt: skip
    for params in wrong:
        status, body = call(world, "deduct", params)
        assert (status, json.loads(body)) == (
            200, {"status": "fail", "errorMessage": "请求无效", "bizId": "", "credits": "0"},
        )  # fmt: skip
        assert call(world, "notice", {**params, "sign": "0" * 32, "success": "true"}) == (403, b"fail")
    world.set(ips=("198.51.100.0/24",))
    assert json.loads(call(world, "deduct", signed)[1])["errorMessage"] == "请求无效"
    world.set(ips=("198.51.100.0/24", "127.0.0.1"), enabled=False)
    assert json.loads(call(world, "deduct", signed)[1])["errorMessage"] == "请求无效"
    assert (world.holds(owner), Spend.objects.filter(shop_id=world.shop_id).count()) == (900, 0)
    world.set(enabled=True)
    assert json.loads(call(world, "deduct", signed, post=True)[1])["status"] == "ok"
    assert call(world, "nothing", signed)[0] == 404
    assert call(world, "deduct", {"a": "x" * 20_000}, post=True)[0] == 413
    developer = world.mall.developer
    world.mall.developer = developer.replace(str(world.account.id), str(uuid4()))
    assert json.loads(call(world, "deduct", signed)[1])["errorMessage"] == "请求无效"
    assert (world.holds(owner), world.faults()) == (890, {})


def test_a_notice_may_be_as_old_as_a_day(world: World) -> None:
    """And it counts for what was taken before the partner was switched off."""
    owner = world.member(100)
    order = world.mall.exchange(world.uid(owner), 100)
    world.set(enabled=False)
    params = {"orderNum": order.number, "success": "false", "bizId": "", "uid": order.uid}
    old = world.mall.signed({**params, "timestamp": str(int(world.mall.signed({})["timestamp"]) - 80_000_000)})
    assert call(world, "notice", old) == (200, b"ok")
    assert world.holds(owner) == 100


def test_signed_by_names_each_call_is_heard_once(world: World) -> None:
    owner = world.member(900)
    uid = world.uid(owner)
    world.set(signing=states.HMAC)
    params = {"uid": uid, "credits": "10", "orderNum": "A1"}
    assert json.loads(call(world, "deduct", world.mall.signed(params))[1])["status"] == "fail"
    world.mall.hmac = True
    signed = world.mall.signed(params)
    assert json.loads(call(world, "deduct", signed)[1])["status"] == "ok"
    assert json.loads(call(world, "deduct", signed)[1])["status"] == "fail"
    assert json.loads(call(world, "deduct", world.mall.signed(params))[1])["status"] == "ok"
    told = world.mall.signed({"orderNum": "A1", "success": "true", "bizId": "", "uid": uid})
    assert (call(world, "notice", told), call(world, "notice", told)) == ((200, b"ok"), (403, b"fail"))
    assert (world.holds(owner), Nonce.objects.filter(shop_id=world.shop_id).count()) == (890, 3)
    assert (forget_nonces(before=utc_now()), forget_nonces(before=utc_now())) == (3, 0)


def test_a_members_link_is_no_call_of_the_mall(world: World) -> None:
    """It is signed by the same secret over values alone: 1000 points of a link are 100 that are given as number 0."""
    world.set(add_call_most=100_000, add_day_most=100_000)
    owner = world.member(1_000)
    link = go_to_mall(shop_id=world.shop_id, account_id=world.account.id, owner=owner, now=utc_now())
    seen = {name: value for name, [value] in parse_qs(urlsplit(link).query).items()}
    assert seen["credits"] == "1000"
    for more in ({"credits": "100", "orderNum": "0"}, {"credits": "10", "orderNum": "00", "actualPrice": ""}):
        for name in ("add", "deduct"):
            assert json.loads(call(world, name, {**seen, **more})[1])["status"] == "fail"
    goods = {"credits": "", "orderNum": "10", "params": "00"}
    assert json.loads(call(world, "virtual", {**seen, **goods})[1])["status"] == "fail"
    assert (world.holds(owner), world.spends()) == (1_000, [])
    given = world.mall.signed({"uid": seen["uid"], "credits": "100", "orderNum": "A0"})
    assert json.loads(call(world, "add", given)[1])["status"] == "ok"
    assert world.holds(owner) == 1_100


def test_all_at_once(world: World) -> None:
    """Twelve calls under one number, and notices among them: taken once, back once, and never more than is there."""
    owner = world.member(1_000)
    uid = world.uid(owner)
    order = world.mall.begin(uid, 700, 600)
    together(lambda _n: world.mall.ask(order), 12)
    assert (world.holds(owner), order.state) == (300, "taken")
    assert sorted(together(lambda n: world.mall.exchange(uid, 100 + n).state, 6)).count("taken") == 2
    world.mall.end(order, success=False)
    together(lambda _n: world.mall.tell(order, tries=1), 12)
    assert state_of(world, order.number) == states.UNDONE
    # Both ends of another at once: one of them.
    other = world.mall.exchange(uid, 500)
    two = [world.mall.begin(uid, 1, 0), world.mall.begin(uid, 1, 0)]
    for one, state in zip(two, ("success", "fail"), strict=True):
        one.number, one.state = other.number, state
    together(lambda n: world.mall.tell(two[n % 2], tries=1), 12)
    assert state_of(world, other.number) in (states.DONE, states.UNDONE)
    assert Notice.objects.filter(shop_id=world.shop_id, order_num=other.number).count() == 2
    assert world.faults() == {}


def test_a_mall_is_asked_what_it_did_not_tell(world: World) -> None:
    owner = world.member(1_000)
    uid = world.uid(owner)
    ends, fails, stays = (world.mall.exchange(uid, 100, actual=50) for _ in range(3))
    world.mall.end(ends, success=True)
    world.mall.end(fails, success=False)
    waits = Spend.objects.filter(shop_id=world.shop_id, ask_at__isnull=False)
    assert ask_due(now=utc_now() + timedelta(minutes=59)) == 0
    waits.update(ask_at=utc_now())
    assert ask_due(now=utc_now()) == 3
    assert [state_of(world, one.number) for one in (ends, fails, stays)] == [states.DONE, states.UNDONE, states.TAKEN]
    # `process` is no end: it is asked about again, hours later.
    [left] = waits
    assert left.ask_at is not None
    assert timedelta(hours=4.9) < left.ask_at - utc_now() < timedelta(hours=5)
    waits.update(ask_at=utc_now())
    # What says no word of the protocol says nothing.
    world.mall.secret = "another-secret-of-it"
    assert ask_due(now=utc_now()) == 1
    assert queries.spends(world.shop_id, world.account.id, only="open")[0].questions == 2
    assert (world.holds(owner), world.owed(), world.mall.owed()) == (800, 100, 100)
    world.set(query_url="")
    waits.update(ask_at=utc_now())
    assert (ask_due(now=utc_now()), waits.count()) == (1, 0)
    assert world.faults() == {}


def test_points_that_a_mall_gives(world: World) -> None:
    """Off unless it is said how many; once a number; presents in the books."""
    owner = world.member(0)
    uid = world.uid(owner)
    assert world.mall.give(uid, 10, "G1")["status"] == "fail"
    world.set(add_call_most=100, add_day_most=150)
    assert [world.mall.give(uid, 100, number)["status"] for number in ("G1", "G2", "G2", "G3")] == [
        "fail", "ok", "ok", "fail",
    ]  # fmt: skip
    assert world.mall.give(uid, 50, "G4")["credits"] == "150"
    assert world.mall.give(uid, 101, "G5")["status"] == "fail"
    assert (world.holds(owner), world.booked("6601:marketing"), world.booked("2203:points")) == (150, 135, 135)
    assert loyalty.said(loyalty.statement(world.shop_id, Holder(owner))[0]) == "合作方赠送积分"
    # The number of a gift is no number to take by.
    order = world.mall.begin(uid, 50, 0)
    order.number = "G4"
    assert world.mall.ask(order).state == "refused"
    assert world.faults() == {}


def test_who_has_gone_is_nobody(world: World) -> None:
    owner = world.member(500)
    uid = world.uid(owner)
    assert world.uid(owner) == uid
    assert [forget_member(shop_id=world.shop_id, owner=owner, now=world.now) for _ in range(2)] == [1, 0]
    assert world.mall.exchange(uid, 10).state == "refused"
    with pytest.raises(PartnerNotFound):
        world.uid(owner)
    world.set(login_url="")
    assert queries.malls(world.shop_id) == []
    with pytest.raises(PartnerNotFound):
        go_to_mall(shop_id=world.shop_id, account_id=world.account.id, owner=uuid4(), now=world.now)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("app_key", "a b c d"), ("secret", "short"), ("signing", "none"), ("login_url", "ftp://x.example"),
     ("login_url", "https://mall.example/in?x=1"), ("query_url", "https://10.0.0.1/q"), ("ips", ("here",)),
     ("value_centi", 0), ("call_most", -1), ("add_day_most", 10**13)],
)  # fmt: skip
def test_settings_that_cannot_be(world: World, field: str, value: Any) -> None:
    with pytest.raises(InvalidPartner) as wrong:
        world.set(**{field: value})
    assert wrong.value.data["field"] == field


def test_a_secret_is_written_and_never_read(world: World) -> None:
    uid = world.uid(world.member(100))
    assert MALL_SECRET not in repr(world.account) + repr(queries.account(world.shop_id, world.account.id))
    with platform_job("test"):
        row = Account.objects.get(id=world.account.id)
    assert MALL_SECRET.encode() not in bytes(row.secret_blob)
    world.set(secret="another-secret-of-it")
    assert world.mall.exchange(uid, 10).state == "refused"
    world.mall.secret = "another-secret-of-it"
    assert world.mall.exchange(uid, 10).state == "taken"


def test_a_month_of_a_mall(world: World) -> None:
    """The list adds up to what the books owe, and to the mall's own."""
    uid = world.uid(world.member(1_000))
    one, two = world.mall.exchange(uid, 300, actual=200), world.mall.exchange(uid, 100, actual=90)
    world.mall.tell(world.mall.end(two, success=False))
    now = utc_now()
    month = queries.settlement(world.shop_id, world.account.id, world.now, now + timedelta(days=1), limit=2)
    assert (month.count, len(month.rows), month.units, month.total.amount_minor) == (3, 2, 300, 200)
    assert (month.opening.amount_minor, month.closing, month.booked) == (0, month.total, month.total)
    assert (world.mall.owed(), one.state) == (200, "taken")
    later = queries.settlement(world.shop_id, world.account.id, now + timedelta(days=1), now + timedelta(2), limit=9)
    assert (later.rows, later.opening, later.closing) == ((), month.total, month.total)
    with pytest.raises(PartnerNotFound):
        queries.settlement(UUID(int=1), world.account.id, world.now, now, limit=1)


def offers(world: World, units: int, *, on: bool = True) -> None:
    set_offer(
        shop_id=world.shop_id, account_id=world.account.id, sku_id=world.shop.sku_id, units=units, on=on,
        actor="staff:1", now=utc_now(),
    )  # fmt: skip


def test_goods_of_ours_for_a_malls_order(world: World) -> None:
    """Supplied once, into the member's account, and paid by the points that were taken."""
    offers(world, 5_000)
    owner = world.member(6_000)
    order = world.mall.exchange(world.uid(owner), 5_000)
    assert world.booked("2203:points") == 900
    said = [world.mall.supply(order, "kw-50") for _ in range(3)]
    assert [(one["status"], one["credits"]) for one in said] == [("success", "1000")] * 3
    assert len({one["supplierBizId"] for one in said}) == 1
    supply = world.spends()[0].supply
    assert supply is not None
    view = orders.order_view(world.shop_id, supply.order_id)
    assert (view.state, orders.buyer_of(world.shop_id, view.id)) == ("delivered", f"buyer:{owner.hex}")
    assert len(delivery.masked_codes(world.shop_id, [line.line_id for line in view.lines])) == 1
    # For points that 4500 was owed for goods of 4850 went out.
    assert (world.booked("2203:redeemed"), world.booked("5002:points"), world.owed()) == (0, 4_850 - 4_500, 0)
    # Whatever the mall says, the member has them.
    assert world.mall.tell(world.mall.end(order, success=False)) == "ok"
    assert (world.holds(owner), world.spends()[0].state, world.spends()[0].odd) == (1_000, states.TAKEN, "supplied")
    assert world.mall.tell(world.mall.end(order, success=True)) == "ok"
    assert state_of(world, order.number) == states.DONE
    assert world.faults() == {}
    refund_order(shop_id=world.shop_id, order_id=view.id, reason="x", actor="staff:1", by_staff=True, now=utc_now())
    refund_all(utc_now())
    relay_all(utc_now())
    assert (world.holds(owner), state_of(world, order.number)) == (6_000, states.UNDONE)
    assert (world.booked("2203:points"), world.booked("5002:points")) == (5_400, 0)
    assert (world.mall.supply(order, "kw-50")["status"], world.faults()) == ("fail", {})


def test_goods_that_are_not_supplied(world: World) -> None:
    """Unknown numbers and goods, too few points, ended numbers, nothing left: `fail`, and it stays that."""
    offers(world, 500)
    owner = world.member(3_000)
    uid = world.uid(owner)
    assert world.mall.supply(world.mall.begin(uid, 500, 0), "kw-50")["status"] == "fail"
    cheap, other, ended, gone, held = (world.mall.exchange(uid, units) for units in (499, 500, 500, 500, 500))
    assert [world.mall.supply(one, goods)["status"] for one, goods in ((cheap, "kw-50"), (other, "nothing"))] == [
        "fail", "fail",
    ]  # fmt: skip
    assert world.mall.supply(other, "kw-50")["status"] == "fail"
    assert world.mall.tell(world.mall.end(cheap, success=False)) == "ok"
    assert (world.mall.tell(world.mall.end(ended, success=True)), world.mall.supply(ended, "kw-50")["status"]) == (
        "ok", "fail",
    )  # fmt: skip
    offers(world, 500, on=False)
    assert world.mall.supply(gone, "kw-50")["status"] == "fail"
    offers(world, 500)
    together(lambda _n: world.mall.supply(held, "kw-50"), 6)
    assert (world.mall.supply(held, "kw-50")["status"], stock(world.shop)[2]) == ("success", 1)
    assert (world.holds(owner), world.faults()) == (3_000 - 4 * 500, {})


def test_the_ten_lines_of_the_docs(world: World) -> None:
    """docs/partners.md: the values by their names, written one after another."""
    uid, stamp = world.uid(world.member(500)), str(int(utc_now().timestamp() * 1000))

    def mark(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    both = f"{MALL_KEY}{MALL_SECRET}"
    asked = {
        "uid": uid,
        "credits": "100",
        "orderNum": "A1",
        "actualPrice": "90",
        "appKey": MALL_KEY,
        "timestamp": stamp,
    }
    said = call(world, "deduct", {**asked, "sign": mark(f"90{both}100A1{stamp}{uid}")})
    assert json.loads(said[1]) == {
        "status": "ok", "errorMessage": "", "bizId": world.spends()[0].id.hex, "credits": "400",
    }  # fmt: skip
    told = {"uid": uid, "orderNum": "A1", "success": "true", "bizId": "", "appKey": MALL_KEY, "timestamp": stamp}
    assert call(world, "notice", {**told, "sign": mark(f"{both}A1true{stamp}{uid}")}) == (200, b"ok")
