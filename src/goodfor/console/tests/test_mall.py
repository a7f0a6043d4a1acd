"""The pages of the mall: rewards and draws by those who may, what was redeemed, and a play told again."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved
from goodfor.console.tests.mall_things import draw_of, mall_things
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.mall import queries as mall
from goodfor.mall.operations.redeem import redeem
from goodfor.orders.types import Buyer

pytestmark = pytest.mark.django_db(transaction=True)


def reward(shop: Shop, **more: str) -> dict[str, str]:
    return {
        "sku": str(shop.demo.skus["kw-50"]), "points": "100", "cash": "", "stock": "5", "most": "1", "period": "month",
        "rank": "0", "starts_at": "", "ends_at": "", "position": "0", "words": "", **more,
    }  # fmt: skip


def test_a_reward_from_its_draft_to_its_redemptions(shop: Shop) -> None:
    client, looks = proved(shop.id, Role.OPERATOR), inside(shop.id, Role.VIEWER)
    new = reverse("desk:mall-reward-new")
    for wrong in ({"points": "0"}, {"cash": "48.50"}, {"cash": "x"}, {"sku": str(uuid4())}, {"exclusive": "on"}):
        assert client.post(new, reward(shop, **wrong)).status_code == 422, wrong
    here = client.post(new, reward(shop))["Location"]
    [made] = mall.rewards(shop.id)
    assert (made.state, made.wish.points, made.wish.most) == ("draft", 100, 1)
    assert looks.get(here).status_code == 200
    assert looks.post(new, reward(shop)).status_code == 403
    looks.post(here, reward(shop, points="1"))
    turn = reverse("desk:mall-reward-turn", args=[made.id])
    assert looks.post(turn, {"on": "1"}).status_code == 403
    assert client.post(turn, {"on": "1"}).status_code == 302
    assert client.post(here, reward(shop, points="90", words="限量")).status_code == 302
    now, owner = utc_now(), uuid4()
    set_terms(shop_id=shop.id, terms=Terms(on=True), actor="staff:1", now=now)
    give_units(shop_id=shop.id, holder=Holder(owner), units=90, source=Source("test", "x"), currency="CNY", now=now)
    done = redeem(
        shop_id=shop.id, reward_id=made.id, owner=owner, buyer=Buyer(f"buyer:{owner.hex}"), request_key="1", now=now
    )
    listed = looks.get(reverse("desk:mall")).content.decode()
    assert "本月兑换" in listed
    assert ">90<" in listed
    told = looks.get(reverse("desk:mall-redeemed") + f"?reward={made.id}").content.decode()
    assert done.number in told
    assert "看会员" not in told
    assert "看会员" in client.get(reverse("desk:mall-redeemed")).content.decode()
    stale = inside(shop.id, Role.OPERATOR)
    assert "/console/prove" in stale.post(here, reward(shop, points="1"))["Location"]
    assert mall.reward(shop.id, made.id).wish.points == 90
    assert client.post(here, reward(shop, stock="5", sku=str(shop.demo.skus["xh-month"]))).status_code == 422
    assert client.post(turn, {"on": "0"}).status_code == 302
    assert mall.reward(shop.id, made.id).state == "off"
    assert stale.post(here, reward(shop, points="120"))["Location"] == here


def test_a_draw_is_kept_once_it_is_announced(shop: Shop) -> None:
    client, looks = proved(shop.id, Role.OPERATOR), inside(shop.id, Role.VIEWER)
    here = utc_now().astimezone(ZoneInfo("Asia/Shanghai"))
    form = {
        "name": "周末抽奖", "words": "", "cost": "10", "per_day": "3", "rank": "0",
        "starts_at": f"{here - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "ends_at": f"{here + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "name_0": "50 元卡", "kind_0": "goods", "weight_0": "1", "stock_0": "2", "sku_0": str(shop.demo.skus["kw-50"]),
        "name_1": "5 积分", "kind_1": "points", "weight_1": "9", "units_1": "5",
        "name_3": "谢谢参与", "kind_3": "nothing", "weight_3": "90", "consolation": "3",
    }  # fmt: skip
    new = reverse("desk:draw-new")
    for wrong, said in (
        ({"consolation": ""}, "保底奖"), ({"weight_1": "0"}, "1 到 1000000"), ({"units_1": ""}, "请填写积分"),
        ({"sku_0": ""}, "在售的规格"), ({"cost": "0"}, ""), ({"ends_at": form["starts_at"]}, "结束时间"),
    ):  # fmt: skip
        answer = client.post(new, {**form, **wrong})
        assert answer.status_code == 422, wrong
        assert said in answer.content.decode(), wrong
    assert looks.post(new, form).status_code == 403
    page = client.post(new, form)["Location"]
    [draw] = mall.draws(shop.id)
    assert [one.wish.name for one in draw.prizes] == ["50 元卡", "5 积分", "谢谢参与"]
    edit = reverse("desk:draw-edit", args=[draw.id])
    assert "周末抽奖" in client.get(edit).content.decode()
    assert client.post(edit, {**form, "cost": "20"})["Location"] == page
    assert mall.draw(shop.id, draw.id).wish.cost == 20
    turn = reverse("desk:draw-turn", args=[draw.id])
    assert looks.post(turn, {"on": "1"}).status_code == 403
    assert client.post(turn, {"on": "1"}).status_code == 302
    assert "1.00%" in looks.get(page).content.decode()
    assert client.post(edit, {**form, "cost": "30"})["Location"] == page
    assert mall.draw(shop.id, draw.id).wish.cost == 20
    assert client.post(turn, {"on": "0"}).status_code == 302
    assert "周末抽奖" in looks.get(reverse("desk:draws")).content.decode()


def test_a_play_is_told_again(shop: Shop) -> None:
    things = mall_things(shop)
    client = inside(shop.id, Role.VIEWER)
    play = mall.play(shop.id, things["play_id"])
    told = client.get(reverse("desk:draw-play", args=[play.id])).content.decode()
    assert f"{play.roll + 1} / 2" in told
    assert "号码在这里" in told
    assert client.get(reverse("desk:draw-play", args=[uuid4()])).status_code == 404
    assert client.get(reverse("desk:draw", args=[draw_of(shop)])).status_code == 200
