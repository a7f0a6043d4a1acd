"""Pages of partners in points: the form, the secret that no page shows, what was exchanged and told, and the month."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved
from goodfor.console.tests.partner_things import SECRET, partner_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.partners import queries as partners
from goodfor.partners import states
from goodfor.partners.models import Account, Person
from goodfor.partners.operations.begin_exchange import begin_exchange
from goodfor.partners.operations.go_on_exchange import run_exchange
from goodfor.partners.operations.go_to_mall import go_to_mall
from goodfor.partners.operations.hear_result import hear_result
from goodfor.partners.operations.take_points import take_points
from goodfor.partners.operations.tell_partner import tell_due
from goodfor.partners.protocol import NoticeCall, PointsCall
from goodfor.partners.types import AccountView, ExchangeView, ExchangeWish

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "code": "xinghe", "role": "developer", "name": "星河商城", "app_key": "xinghe-key", "secret": SECRET,
    "signing": "md5", "login_url": "https://mall.example/in", "query_url": "", "deduct_url": "", "notice_url": "",
    "ips": "198.51.100.7\n203.0.113.0/24", "value_centi": "100", "call_most": "500", "day_most": "900",
    "add_call_most": "0", "add_day_most": "0", "enabled": "on",
}  # fmt: skip


def test_a_partner_is_made_and_changed(shop: Shop) -> None:
    owner = proved(shop.id, Role.OWNER)
    new = reverse("desk:partner-new")
    for wrong in ({"code": "A B"}, {"secret": ""}, {"secret": "short"}, {"login_url": "http://x.example"},
                  {"ips": "here"}, {"value_centi": "0"}, {"role": "mall"}, {"app_key": "a b"}):  # fmt: skip
        assert owner.post(new, {**FORM, **wrong}).status_code == 422, wrong
    made = owner.post(new, FORM)
    assert made.status_code == 302
    [view] = partners.accounts(shop.id)
    assert (view.code, view.wish.ips, view.wish.enabled) == ("xinghe", ("198.51.100.7", "203.0.113.0/24"), True)
    assert owner.post(new, FORM).status_code == 422
    edit = reverse("desk:partner-edit", args=[view.id])
    page = owner.get(edit).content.decode()
    assert ("xinghe-key" in page, SECRET in page, 'name="code"' in page) == (True, False, False)
    before = bytes(Account.objects.get(shop_id=shop.id).secret_blob)
    kept = {**FORM, "secret": "", "name": "新名字"}
    assert owner.post(edit, kept).status_code == 302
    assert bytes(Account.objects.get(shop_id=shop.id).secret_blob) == before
    assert owner.post(edit, {**kept, "secret": "another-secret-of-theirs", "enabled": ""}).status_code == 302
    assert bytes(Account.objects.get(shop_id=shop.id).secret_blob) != before
    listed = owner.get(reverse("desk:partners")).content.decode()
    one = owner.get(reverse("desk:partner", args=[view.id])).content.decode()
    assert ("新名字" in listed, "停用" in listed, f"/partners/{shop.id}/{view.id}/deduct" in one) == (True, True, True)
    assert "another-secret" not in listed + one


def test_who_may(shop: Shop) -> None:
    """Looking is for who sees points, setting wants the right and a fresh proof, the month is of the books."""
    view = partner_of(shop)
    support, owner = inside(shop.id, Role.SUPPORT), inside(shop.id, Role.OWNER)
    assert support.get(reverse("desk:partners")).status_code == 200
    for name in ("partner-edit", "partner-month"):
        assert support.get(reverse(f"desk:{name}", args=[view.id])).status_code == 403, name
    for name in ("partner-offer", "partner-again", "partner-month-file"):
        assert support.post(reverse(f"desk:{name}", args=[view.id])).status_code == 403, name
    for name in ("partner-edit", "partner-offer", "partner-month-file"):
        asked = owner.post(reverse(f"desk:{name}", args=[view.id]), FORM)
        assert "/console/prove" in asked["Location"], name


def spends(shop: Shop, view: AccountView) -> None:
    """One that arrived, one that failed, one that nobody told of, and one that was told of only."""
    now, owner = utc_now(), uuid4()
    set_terms(shop_id=shop.id, terms=Terms(on=True), actor="staff:test", now=now)
    minor, _ends = loyalty.present(shop.id, 900, now)
    give_units(
        shop_id=shop.id, holder=Holder(owner), units=900, source=Source("test", "1"), currency="CNY", minor=minor,
        now=now,
    )  # fmt: skip
    go_to_mall(shop_id=shop.id, account_id=view.id, owner=owner, now=now)
    uid = Person.objects.get(shop_id=shop.id, owner=owner).uid
    for number in ("A1", "A2", "A3"):
        asked = PointsCall(number, uid, 200, 150, description="=cmd")
        take_points(shop_id=shop.id, account_id=view.id, kind=states.DEDUCT, asked=asked, now=now)
    for number, success in (("A1", True), ("A2", False), ("A9", True), ("A1", False)):
        hear_result(shop_id=shop.id, account_id=view.id, told=NoticeCall(number, success), now=now)


def test_a_malls_orders_and_month(shop: Shop) -> None:
    view = partner_of(shop)
    spends(shop, view)
    owner = proved(shop.id, Role.OWNER)
    here = reverse("desk:partner", args=[view.id])
    page = owner.get(here).content.decode()
    assert all(one in page for one in ("A1", "A2", "A3", "A9", "兑换成功", "失败，积分已退", "已扣，等结果"))
    still = owner.get(f"{here}?only=open").content.decode()
    # As a cell holds it: a form's token may hold any two signs.
    assert (">A3<" in still, ">A1<" in still) == (True, False)
    odd = owner.get(f"{here}?only=odd").content.decode()
    assert ("对方后来又说了相反的结果" in odd, "没有扣过，对方却说成功" in odd, ">A2<" in odd) == (True, True, False)
    month = reverse("desk:partner-month", args=[view.id])
    seen = re.sub(r"<[^>]+>", "", owner.get(month).content.decode())
    assert ("3.00" in seen, seen.count("1.50")) == (True, 4)
    assert "这个月没有兑换" in owner.get(f"{month}?month=2020-01").content.decode()
    file = owner.post(reverse("desk:partner-month-file", args=[view.id]), {"month": f"{utc_now():%Y-%m}"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0], sum(int(float(one.split(",")[4]) * 100) for one in lines[1:])) == (
        5, "时间,项目,订单号,积分,金额,币种", 300,
    )  # fmt: skip


@pytest.fixture
def exchange(shop: Shop) -> tuple[AccountView, ExchangeView]:
    """One whose partner cannot be reached: it failed, and that could not be told."""
    view = partner_of(shop, states.MALL)
    owner = proved(shop.id, Role.OWNER)
    here = reverse("desk:partner-offer", args=[view.id])
    for wrong in ({"sku": "nothing", "units": "5"}, {"sku": "kw-50", "units": "0"}, {"down": str(uuid4())}):
        assert owner.post(here, wrong).status_code == 422, wrong
    assert owner.post(here, {"sku": "kw-50", "units": "4,850"}).status_code == 302
    sku_id = shop.demo.skus["kw-50"]
    wish = ExchangeWish("u1", sku_id, 4_850, "k", uuid4())
    begun = begin_exchange(shop_id=shop.id, account_id=view.id, wish=wish, now=utc_now())
    return view, run_exchange(shop_id=shop.id, exchange_id=begun.id, ip="192.0.2.1", now=utc_now())


def test_words_that_nobody_heard(shop: Shop, exchange: tuple[AccountView, ExchangeView]) -> None:
    view, lost = exchange
    assert (lost.state, tell_due(now=utc_now())) == (states.EX_LOST, 1)
    owner = proved(shop.id, Role.OWNER)
    here = reverse("desk:partner", args=[view.id])
    page = owner.get(f"{here}?only=untold").content.decode()
    assert all(one in page for one in (lost.order_num, "对方没有答复", "还在通知", "30 秒内没有答复"))
    [word] = partners.exchanges(shop.id, view.id)[0].words
    assert (len(word.attempts), tell_due(now=utc_now())) == (1, 0)
    again: Any = reverse("desk:partner-again", args=[view.id])
    assert owner.post(again, {"word": str(word.id)}).status_code == 302
    assert tell_due(now=utc_now()) == 1
    assert (owner.post(again, {"word": str(uuid4())}).status_code, owner.post(again, {}).status_code) == (404, 422)
    other = partner_of(shop, states.MALL)
    assert owner.post(reverse("desk:partner-again", args=[other.id]), {"word": str(word.id)}).status_code == 404
    down = {"down": str(shop.demo.skus["kw-50"])}
    assert owner.post(reverse("desk:partner-offer", args=[view.id]), down).status_code == 302
    assert partners.offers(shop.id, view.id, up=True) == []
