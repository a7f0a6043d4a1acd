"""A member's points and tier over HTTP: what the page tells, paying with points, and what others must not."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from goodfor.catalog.models import Sku
from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.earn_by_order import earn_by_order
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Holder, Source, Task, TaskSet, Terms, Tier, TierSet
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import relay_all
from goodfor.payments.operations.open_account import open_account
from goodfor.promotions.types import Compare
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.test_account_pages import buy
from goodfor.storefront.tests.test_deals import begin, flash, price_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TIERS = TierSet((Tier("普通"), Tier("银卡", 100, 80, points_bp=15_000, words="专属客服"), Tier("金卡", 1000, 500)))


def gives_points(world: World) -> None:
    long_ago = utc_now() - timedelta(days=100)
    set_terms(shop_id=world.shop_id, terms=Terms(on=True, checkin=(3,)), actor="staff:test", now=long_ago)
    set_tiers(shop_id=world.shop_id, tiers=TIERS, actor="staff:test", now=long_ago)
    open_account(
        shop_id=world.shop_id, provider="balance", code="balance", name="余额", currency="CNY", config={}, secrets={},
        methods=("balance",), enabled=True, actor="staff:test", now=utc_now(),
    )  # fmt: skip


def holds(world: World, owner: UUID, units: int) -> None:
    give_units(
        shop_id=world.shop_id, holder=Holder(owner), units=units, source=Source("test", str(units)), currency="CNY",
        minor=units, reason="新年礼", expires_at=utc_now() + timedelta(days=20), now=utc_now(),
    )  # fmt: skip


def member(world: World, client: Client, box: Mailbox, contact: str) -> UUID:
    known = set(Buyer.objects.filter(shop_id=world.shop_id).values_list("id", flat=True))
    sign_in(client, box, contact)
    found: UUID = Buyer.objects.filter(shop_id=world.shop_id).exclude(id__in=known).get().id
    return found


def test_the_page_tells_where_one_stands_and_points_pay(world: World, box: Mailbox) -> None:
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    assert "积分" not in plain(client.get("/me"))
    assert client.get("/me/points").status_code == 404
    gives_points(world)
    now = utc_now()
    earn_by_order(
        shop_id=world.shop_id, owner=owner, order_id=UUID(int=5), paid_minor=30_000, top_up=False, placed_at=now,
        delivered_at=now, now=now,
    )  # fmt: skip
    assert "签到得 3 积分" in plain(client.get("/me"))
    for _twice in range(2):
        assert client.post("/me/points/checkin")["Location"] == "/me"
    assert "今天已签到，连续 1 天" in plain(client.get("/me"))
    number = buy(client, world)
    total = orders.order_by_number(world.shop_id, number).total.amount_minor
    assert 'value="points"' not in client.get(f"/o/{number}/pay").content.decode()
    holds(world, owner, total + 4)
    told = plain(client.get("/me"))
    # Tier, what is missing, what ends, what comes next: on one page.
    for words in (
        "银卡",
        "还差 700 成长值 升到金卡",
        "购物得 1.5 倍积分",
        "购物就得成长值，算最近 365 天的",
        "专属客服",
        f"{total + 7:,} 积分",
        "300 分待到账",
        "到期",
    ):
        assert words in told, words
    stranger = browser()
    member(world, stranger, box, "mei@example.com")
    assert stranger.post(f"/o/{number}/pay", {"method": "points"}).status_code in (302, 404)
    assert orders.order_by_number(world.shop_id, number).state == "placed"
    assert 'value="points"' in client.get(f"/o/{number}/pay").content.decode()
    client.post(f"/o/{number}/pay", {"method": "points"})
    assert orders.order_by_number(world.shop_id, number).state == "delivered"
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 7
    listed = plain(client.get("/me/points"))
    for words in ("积分付款", f"-{total:,}", "购物得积分", "+300", "新年礼"):
        assert words in listed, words
    assert "积分付款" not in plain(stranger.get("/me/points"))
    assert stranger.post("/me/points/checkin").status_code == 409
    assert "/signin" in browser().get("/me/points")["Location"]


def test_tasks_are_taken_with_a_tap_once(world: World, box: Mailbox) -> None:
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    assert client.get("/me/tasks").status_code == 404
    gives_points(world)
    tasks = (Task("mail", "email", 15, bought=False), Task("two", "orders", 9, "monthly", need=2, least_minor=100))
    set_tasks(shop_id=world.shop_id, tasks=TaskSet(tasks, 20), actor="staff:test", now=utc_now())
    assert "任务中心 · 1 个可领" in plain(client.get("/me"))
    told = plain(client.get("/me/tasks"))
    for words in ("验证邮箱", "下单并完成 × 2", "0 / 2", "每单至少实付", "完成第一笔订单后可领", "最多得 20 积分"):
        assert words in told, words
    for _twice in range(2):
        assert client.post("/me/tasks/claim", {"task": "mail"})["Location"] == "/me/tasks?got=15"
    assert "15 积分已到账" in plain(client.get("/me/tasks?got=15"))
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 15
    refused = client.post("/me/tasks/claim", {"task": "two"})
    assert (refused.status_code, "任务还没完成" in plain(refused)) == (409, True)
    assert client.post("/me/tasks/claim", {"task": "x\0"}).status_code == 409
    assert "/signin" in browser().get("/me/tasks")["Location"]
    assert "任务积分" in plain(client.get("/me/points"))


def test_what_is_for_members_says_so_to_everybody(world: World, box: Mailbox) -> None:
    """A campaign and a face value for silver: named to both, had by one; what comes of trying is said, too."""
    gives_points(world)
    begin(world, flash(world, audience=Compare("tier", "ge", 1)), "银卡日")
    guest, client = browser(), browser()
    owner = member(world, client, box, "lin@example.com")
    page = f"/p/{world.product_slug}?sku={world.sku_id}"
    listed = price_of(world)
    for shown in (plain(guest.get(page)), plain(client.get(page))):
        assert "银卡会员专享 银卡日" in shown
        assert "看看怎么升级" in shown
    assert "银卡会员专享" in plain(guest.get("/"))
    now = utc_now()
    grant_tier(
        shop_id=world.shop_id,
        owner=owner,
        rank=1,
        until=now + timedelta(days=9),
        reason="test",
        actor="staff:1",
        now=now,
    )
    answer = client.get(page)
    assert (answer.context["pay"].amount_minor, "看看怎么升级" in plain(answer)) == (listed - 800, False)
    assert "银卡会员专享" in plain(answer)
    Sku.objects.filter(id=world.sku_id).update(least_tier=1)
    assert client.get(page).context["offer"].buyable
    locked = guest.get(page)
    assert "银卡会员专享，你的等级还不够" in plain(locked)
    assert not locked.context["offer"].buyable
    form = {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": world.method}
    refused = guest.post("/checkout", form)
    assert refused.status_code == 409
    assert "需要 银卡" in plain(refused)


def test_english(world: World, box: Mailbox) -> None:
    gives_points(world)
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    holds(world, owner, 1200)
    client.post("/language", {"language": "en"})
    told = plain(client.get("/me"))
    assert "1,200 points" in told
    assert "more to reach 银卡" in told
    assert "Points history" in plain(client.get("/me/points"))


def test_points_meet_a_part_at_the_checkout(world: World, box: Mailbox) -> None:
    """As much as the terms say and the page has shown, or nothing; with the money it is delivered, else both return."""
    gives_points(world)
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    holds(world, owner, 400)
    asked = {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1"}
    assert 'name="points"' not in client.get("/checkout", asked).content.decode()
    set_terms(shop_id=world.shop_id, terms=Terms(on=True, meet_bp=2_000), actor="staff:test", now=utc_now())
    assert 'name="points"' not in browser().get("/checkout", asked).content.decode()
    page = client.get("/checkout", asked).content.decode()
    shown = dict(re.findall(r'name="(points|priced)" value="(\d+)"', page))
    price = int(shown["priced"])
    points = min(400, price * 2_000 // 10_000)
    assert shown["points"] == str(points)
    sent = {**asked, **shown, "contact": "", "method": world.method}
    for wrong in ({"points": str(points - 1)}, {"qty": "2"}, {"priced": str(price + 1)}, {"priced": ""}):
        answer = client.post("/checkout", {**sent, **wrong})
        assert answer.status_code == 409, wrong
        assert "没有扣" in plain(answer)
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 400
    done = client.post("/checkout", sent)
    number = done["Location"].split("/")[2]
    assert orders.order_by_number(world.shop_id, number).total.amount_minor == price - points
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 400 - points
    bill = plain(client.get(f"/o/{number}/pay"))
    assert "积分抵付" in bill
    assert "已优惠" not in bill
    client.post(f"/o/{number}/cancel")
    relay_all(utc_now())
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 400
    # Who does not want to is not asked again: the same form without the tick is an order as ever.
    del sent["points"]
    again = client.post("/checkout", {**sent, "qty": "2"})
    number = again["Location"].split("/")[2]
    assert orders.order_by_number(world.shop_id, number).total.amount_minor == 2 * price
