"""The page of invitations: who may set terms, and how an odd reward is decided."""

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.referrals import queries as referrals
from goodfor.referrals import states
from goodfor.referrals.models import ProgrammeRevision, Review

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "desk:referrals"
FORM = {
    "on": "1", "first": "10", "first_minor": "", "friend_minor": "2.00", "second": "0", "floor": "1.00", "least": "0",
    "freeze": "15", "window": "30", "orders": "1", "sticky": "1", "day": "20", "month": "500.00", "alone": "100.00",
}  # fmt: skip


def test_terms_are_set_by_those_who_may(shop: Shop) -> None:
    save = reverse("desk:referral-terms")
    assert inside(shop.id, Role.VIEWER).get(reverse(PAGE)).status_code == 403
    before = state_of_all()
    assert inside(shop.id, Role.SUPPORT).post(save, FORM).status_code == 403
    assert "/prove" in inside(shop.id, Role.OPERATOR).post(save, FORM)["Location"]
    client = proved(shop.id, Role.OPERATOR)
    for wrong in ({"first": "40"}, {"first": "x"}, {"freeze": "999"}, {"floor": "-1"}):
        assert client.post(save, {**FORM, **wrong}).status_code == 422, wrong
    assert state_of_all().get("referrals_revision") == before.get("referrals_revision")
    assert client.post(save, FORM).status_code == 302
    for _ in range(2):
        assert proved(shop.id, Role.OPERATOR).post(save, FORM).status_code == 302
    [row] = ProgrammeRevision.objects.filter(shop_id=shop.id)
    assert row.terms["first"] == {"bp": 1000, "minor": 0}
    assert (row.terms["friend"]["minor"], row.terms["wechat_prompts"]) == (200, False)
    page = client.get(reverse(PAGE)).content.decode()
    assert "没有等待复核的" in page
    assert "永久封禁" in page


def test_nobody_sets_alone_what_is_given_more(shop: Shop) -> None:
    save = reverse("desk:referral-terms")
    one, other = proved(shop.id, Role.OPERATOR), proved(shop.id, Role.OPERATOR)
    for _ in range(2):
        assert one.post(save, FORM).status_code == 302
    assert ProgrammeRevision.objects.filter(shop_id=shop.id).count() == 0
    assert "想改成下面这样" in other.get(reverse(PAGE)).content.decode()
    # Something else is another wish, and the first one is over.
    assert other.post(save, {**FORM, "first": "12"}).status_code == 302
    assert ProgrammeRevision.objects.filter(shop_id=shop.id).count() == 0
    assert one.post(save, {**FORM, "first": "12"}).status_code == 302
    [row] = ProgrammeRevision.objects.filter(shop_id=shop.id)
    assert row.terms["first"]["bp"] == 1200
    assert sql("SELECT count(*) FROM referrals_wish") == [(0,)]
    # Less, and nothing any more, is said by one person.
    assert one.post(save, {**FORM, "first": "5", "month": "100.00"}).status_code == 302
    assert one.post(save, {name: value for name, value in FORM.items() if name != "on"}).status_code == 302
    rows = ProgrammeRevision.objects.filter(shop_id=shop.id).order_by("number")
    assert [row.terms["on"] for row in rows] == [True, True, False]


def test_an_odd_one_is_taken_and_decided(shop: Shop) -> None:
    order_id = uuid7()
    Review.objects.create(
        id=order_id, shop_id=shop.id, score=60, reasons=["device"], inviter=uuid7(), friend=uuid7(), number="GODD",
        asked_at=utc_now(),
    )  # fmt: skip
    record_history(
        shop_id=shop.id, machine=states.REVIEW, subject_id=order_id, moves=[(None, states.WAITING)], actor="system",
        cause="score", now=utc_now(),
    )  # fmt: skip
    act = reverse("desk:referral-act", args=[order_id])
    page = inside(shop.id, Role.SUPPORT).get(reverse(PAGE)).content.decode()
    assert "共用设备" in page
    assert "GODD" in page
    assert inside(shop.id, Role.FINANCE).post(act, {"act": "take"}).status_code == 403
    client = proved(shop.id, Role.SUPPORT)
    assert client.post(act, {"act": "approve", "reason": "x"}).status_code == 409
    assert client.post(act, {"act": "take"}).status_code == 302
    assert client.post(act, {"act": "x"}).status_code == 422
    assert client.post(act, {"act": "reject", "reason": " "}).status_code == 422
    assert client.post(act, {"act": "reject", "reason": "同一个人"}).status_code == 302
    assert referrals.review(shop.id, order_id).state == states.DONE
    assert client.post(act, {"act": "take"}).status_code == 409
    assert sql("SELECT verdict, reason FROM referrals_review") == [("reject", "同一个人")]
    assert "同一个人" in client.get(reverse(PAGE)).content.decode()
