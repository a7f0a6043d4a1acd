"""Group buys and bargains as buyers see them, in and out of WeChat."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from goodfor.catalog.queries import get_product
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel import relay
from goodfor.kernel.clock import utc_now
from goodfor.kit.writing import clock_time
from goodfor.orders import queries as orders
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.payments import queries as payments
from goodfor.payments.types import Fact
from goodfor.promotions import group_queries, plan_cache
from goodfor.promotions import queries as promotions
from goodfor.promotions.bargain_models import Bargain
from goodfor.promotions.group_models import Group
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.operations.make_campaign import revise_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.tests.factories import run
from goodfor.promotions.tests.factories import window as always
from goodfor.promotions.types import ACTIVITY, BY_CHOICE, PRICE, Scope, Spec, UnitPrice, Window
from goodfor.storefront.tests.account_flow import browser, plain
from goodfor.storefront.tests.test_deals import begin, flash, price_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WECHAT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"


def play(
    world: World, kind: str, price: int = 9000, channels: frozenset[str] = frozenset(), window: Window | None = None,
    **settings: object,
) -> UUID:  # fmt: skip
    plan_cache.forget()
    now, shop = utc_now(), identity.shop_by_id(world.shop_id)
    known: dict[str, object] = {"size": 2, "hours": 24} if kind == "group" else {"helpers": 2, "hours": 24}
    spec = Spec(
        play=kind, layer=ACTIVITY, window=window or always(now), scope=Scope(skus=frozenset({world.sku_id})),
        effect=UnitPrice(price), trigger=BY_CHOICE, play_settings={**known, **settings}, channels=channels,
    )  # fmt: skip
    people = who_may(shop.id)
    return run(shop, spec, people[0] if people else make_staff(shop, now).actor, now).campaign_id


def revise(world: World, campaign_id: UUID, settings: dict[str, object]) -> None:
    """From now on groups of it begin with these settings."""
    now, actor, [live] = utc_now(), who_may(world.shop_id)[0], promotions.live_campaigns(world.shop_id)
    again = revise_campaign(
        shop_id=world.shop_id, campaign_id=campaign_id, name=live.name, latest=1, actor=actor, now=now,
        spec=replace(live.spec, play_settings=settings),
    )  # fmt: skip
    submit_campaign(shop_id=world.shop_id, campaign_id=campaign_id, number=again.number, actor=actor, now=now)


def go(
    client: Client, world: World, of: UUID, kind: str = "group", one: UUID | str = "", **more: str
) -> tuple[str, str]:
    """Through the checkout: (order number, what the checkout said)."""
    asked = {"kind": kind, "campaign": str(of), "sku": str(world.sku_id), "id": str(one)}
    shown = client.get("/play/checkout", asked)
    assert shown.status_code == 200, plain(shown)
    seen = shown.context["chosen"].quoted.total.amount_minor
    answer = client.post("/play/checkout", {**asked, "seen": str(seen), "method": world.method, **more})
    assert answer.status_code == 302, plain(answer)
    return answer["Location"].split("/")[2], plain(shown)


def paid(world: World, number: str) -> None:
    """The channel of the payment that the checkout has begun says that the money came."""
    now, order = utc_now(), orders.order_by_number(world.shop_id, number)
    payment = payments.payments_of(world.shop_id, "order", order.id)[0]
    fact = Fact(
        kind="paid", provider=payment.provider, account_id=payment.account_id, our_ref=payment.number,
        channel_ref=f"T{payment.number}", amount=payment.amount, happened_at=now, source="notify",
    )  # fmt: skip
    apply_payment_fact(shop_id=world.shop_id, fact=fact, now=now)


def test_two_buyers_make_a_group(world: World) -> None:
    of = play(world, "group")
    head, other = browser(), browser(REMOTE_ADDR="198.51.100.77")
    assert "发起拼团" in plain(head.get(f"/p/{world.product_slug}"))
    number, said = go(head, world, of)
    assert "2 人付款即成团" in said
    assert "¥90.00" in said.replace(" ", "")
    group_id = Group.objects.get(shop_id=world.shop_id).id
    # Whose first buyer has not paid is nobody's business.
    assert other.get(f"/group/{group_id}").status_code == 404
    paid(world, number)
    mine = plain(head.get(f"/o/{number}"))
    assert "还差 1 人成团" in mine
    assert "核验" not in mine
    seen = plain(other.get(f"/group/{group_id}"))
    assert "还差 1 人成团" in seen
    assert "参团" in seen
    assert number not in seen
    assert "你已付款入团" in plain(head.get(f"/group/{group_id}"))
    assert "去参团" in plain(other.get(f"/p/{world.product_slug}"))
    # Whoever joins is told of this group, whatever the campaign says by now.
    Group.objects.filter(id=group_id).update(expires_at=utc_now() + timedelta(hours=2))
    revise(world, of, {"size": 5, "hours": 48})
    second, said = go(other, world, of, one=group_id)
    assert "2 人付款即成团" in said
    assert f"{clock_time(Group.objects.get(id=group_id).expires_at)} 前没成团" in said
    paid(world, second)
    while relay.relay_batch(utc_now()):
        pass
    assert [orders.order_by_number(world.shop_id, one).state for one in (number, second)] == ["delivered"] * 2
    assert "已成团" in plain(other.get(f"/group/{group_id}"))


def test_what_was_seen_is_what_is_paid(world: World) -> None:
    of = play(world, "group")
    client = browser()
    asked = {"kind": "group", "campaign": str(of), "sku": str(world.sku_id), "method": world.method}
    answer = client.post("/play/checkout", {**asked, "seen": "8000"})
    assert answer.status_code == 409
    assert Group.objects.filter(shop_id=world.shop_id).count() == 0
    for wrong in ({"kind": "x"}, {"campaign": str(UUID(int=1))}, {"sku": "x"}):
        assert client.get("/play/checkout", {**asked, **wrong}).status_code == 404


@pytest.mark.parametrize("switched", [False, True])
def test_inside_of_wechat_nobody_is_asked_to_share(world: World, switched: bool) -> None:
    group, bargain = play(world, "group", wechat=switched), play(world, "bargain", wechat=switched)
    owner = browser()
    number, _said = go(owner, world, group)
    paid(world, number)
    group_id = Group.objects.get(shop_id=world.shop_id).id
    started = owner.post("/bargain/new", {"campaign": str(bargain), "sku": str(world.sku_id)})
    page, team = started["Location"], f"/group/{group_id}"
    friend = browser(REMOTE_ADDR="198.51.100.78")
    for agent, asks in (("Mozilla/5.0", True), (WECHAT, switched)):
        told = {"user-agent": agent}
        assert ("邀请好友参团" in plain(friend.get(team, headers=told))) is asks
        # Joining itself, and the plain link, are there for everybody.
        assert "参团" in plain(friend.get(team, headers=told))
        assert team in plain(friend.get(team, headers=told))
        assert ("帮他砍一刀" in plain(friend.get(page, headers=told))) is asks
        assert ("请朋友帮忙" in plain(owner.get(page, headers=told))) is asks
    helped = friend.post(f"{page}/help", headers={"user-agent": WECHAT})
    assert helped.status_code == (302 if switched else 404)


def test_a_friend_brings_the_price_down_once(world: World) -> None:
    of = play(world, "bargain", price=9000)
    owner, friend = browser(), browser(REMOTE_ADDR="198.51.100.79")
    assert "最低可砍到¥90.00" in plain(owner.get(f"/p/{world.product_slug}")).replace(" ", "")
    started = owner.post("/bargain/new", {"campaign": str(of), "sku": str(world.sku_id)})
    page = started["Location"]
    bargain_id = UUID(page.rsplit("/", 1)[1])
    # Asked again it is the same one.
    assert owner.post("/bargain/new", {"campaign": str(of), "sku": str(world.sku_id)})["Location"] == page
    assert owner.post(f"{page}/help").status_code == 409
    assert friend.post(f"{page}/help").status_code == 302
    again = friend.post(f"{page}/help")
    assert again.status_code == 409
    assert "已经帮过了" in plain(again)
    view = group_queries.bargain(world.shop_id, bargain_id)
    assert (view.helped, view.price_minor) == (1, 9700 - view.cuts[0])
    number, _said = go(owner, world, of, "bargain", bargain_id)
    order = orders.order_by_number(world.shop_id, number)
    assert order.total.amount_minor == view.price_minor
    paid(world, number)
    assert orders.order_by_number(world.shop_id, number).state == "delivered"
    assert "已按砍后价买下" in plain(owner.get(page))


def test_what_counts_in_wechat_alone_is_offered_and_sold_there_alone(world: World) -> None:
    inside = {"user-agent": WECHAT}
    of = play(world, "group", channels=frozenset({"wechat"}))
    asked = {"kind": "group", "campaign": str(of), "sku": str(world.sku_id), "method": world.method, "seen": "9000"}
    client = browser()
    assert "发起拼团" not in plain(client.get(f"/p/{world.product_slug}"))
    assert client.post("/play/checkout", asked).status_code == 409
    assert "发起拼团" in plain(client.get(f"/p/{world.product_slug}", headers=inside))
    assert client.post("/play/checkout", asked, headers=inside).status_code == 302
    assert Group.objects.filter(shop_id=world.shop_id).count() == 1


def test_a_bargain_begins_where_its_campaign_counts_alone(world: World) -> None:
    now = utc_now()
    other = next(sku.id for sku in get_product(world.shop_id, world.product_slug).skus if sku.id != world.sku_id)
    soon = play(world, "bargain", window=Window(now + timedelta(hours=1), now + timedelta(days=1)))
    inside = play(world, "bargain", channels=frozenset({"wechat"}))
    for campaign, sku in ((soon, world.sku_id), (inside, world.sku_id), (play(world, "bargain"), other)):
        answer = browser().post("/bargain/new", {"campaign": str(campaign), "sku": str(sku)})
        assert answer.status_code == 404
    assert Bargain.objects.filter(shop_id=world.shop_id).count() == 0
    asked = {"campaign": str(inside), "sku": str(world.sku_id)}
    assert browser().post("/bargain/new", asked, headers={"user-agent": WECHAT}).status_code == 302


def test_one_network_is_not_all_friends(world: World) -> None:
    of = play(world, "bargain", helpers=20)
    started = browser().post("/bargain/new", {"campaign": str(of), "sku": str(world.sku_id)})
    page = started["Location"]
    # A new browser each time, as a program has them for nothing.
    said = [browser(REMOTE_ADDR="198.51.100.80").post(f"{page}/help").status_code for _ in range(6)]
    assert said == [302] * 5 + [429]
    assert group_queries.bargain(world.shop_id, UUID(page.rsplit("/", 1)[1])).helped == 5


def test_what_is_no_cheaper_than_today_is_not_offered_and_says_so(world: World) -> None:
    group, _bargain = play(world, "group", price=9000), play(world, "bargain", price=8900)
    client = browser()
    page = plain(client.get(f"/p/{world.product_slug}"))
    assert "发起拼团" in page
    assert "发起砍价" in page
    begin(world, flash(world, off=price_of(world) - 8950), "周末秒杀")
    page = plain(client.get(f"/p/{world.product_slug}"))
    # 89.50 today: the group at 90 is gone from the page, the bargain down to 89 is not.
    assert "发起拼团" not in page
    assert "发起砍价" in page
    asked = {"kind": "group", "campaign": str(group), "sku": str(world.sku_id), "method": world.method, "seen": "9000"}
    for answer in (client.get("/play/checkout", asked), client.post("/play/checkout", asked)):
        assert answer.status_code == 409
        assert "现在直接买不比活动价贵" in plain(answer)
        assert "抢完" not in plain(answer)
    assert Group.objects.filter(shop_id=world.shop_id).count() == 0


def test_a_cheaper_price_of_the_next_layer_takes_a_group_off_the_page(world: World) -> None:
    play(world, "group", price=9000)
    client = browser()
    assert "发起拼团" in plain(client.get(f"/p/{world.product_slug}"))
    begin(world, replace(flash(world, off=price_of(world) - 9000), play="limited_price", layer=PRICE), "限时价")
    assert "发起拼团" not in plain(client.get(f"/p/{world.product_slug}"))
