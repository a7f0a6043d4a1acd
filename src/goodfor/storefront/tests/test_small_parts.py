"""The pieces that pages are made of."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from goodfor.storefront import grants
from goodfor.storefront.client import device_of
from goodfor.storefront.forms import CheckoutForm, LookupForm
from goodfor.storefront.types import Grant, PayHint

ROOM = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def carried(response: HttpResponse) -> dict[str, str]:
    return {name: morsel.value for name, morsel in response.cookies.items()}


def request_with(cookies: dict[str, str]):  # noqa: ANN201
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return request


def test_device() -> None:
    make = RequestFactory().get
    assert device_of(make("/", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Mobile")) == "mobile"
    assert device_of(make("/", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux)")) == "pc"


def test_grant_survives_the_cookie_and_no_other_shop_reads_it() -> None:
    shop, other, grant = uuid4(), uuid4(), Grant(uuid4(), "G260101AAAAAAAAAA", NOW)
    response = HttpResponse()
    grants.remember(response, request_with({}), shop, grant, "the-secret")
    back = request_with(carried(response))
    assert grants.grants_of(back, shop) == [grant]
    assert grants.grants_of(back, other) == []
    assert grants.fresh_secret(back, shop, grant.number) == "the-secret"
    assert grants.fresh_secret(back, shop, "G260101BBBBBBBBBB") is None
    cookie = response.cookies[grants.ORDERS_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert response.cookies[grants.KEY_COOKIE]["path"] == f"/o/{grant.number}"
    assert response.cookies[grants.KEY_COOKIE]["max-age"] == 1800


def test_forged_grant_is_no_grant() -> None:
    shop, response = uuid4(), HttpResponse()
    grants.remember(response, request_with({}), shop, Grant(uuid4(), "G260101AAAAAAAAAA", NOW), "s")
    value = response.cookies[grants.ORDERS_COOKIE].value
    forged = value[:-1] + ("A" if value[-1] != "A" else "B")
    assert grants.grants_of(request_with({grants.ORDERS_COOKIE: forged}), shop) == []
    assert grants.grants_of(request_with({grants.ORDERS_COOKIE: "rubbish"}), shop) == []


def test_browser_remembers_the_latest_thirty_orders_within_one_cookie() -> None:
    shop, cookies = uuid4(), {}
    for i in range(40):
        response = HttpResponse()
        grant = Grant(uuid4(), f"G260101{i:010d}", NOW + timedelta(seconds=i))
        grants.remember(response, request_with(cookies), shop, grant, "s")
        cookies = carried(response)
    kept = grants.grants_of(request_with(cookies), shop)
    assert [g.number[-2:] for g in kept] == [f"{i:02d}" for i in range(39, 9, -1)]
    assert len(cookies[grants.ORDERS_COOKIE]) < 4000


@pytest.mark.parametrize(("age", "fresh"), [(0, True), (29 * 60 + 59, True), (30 * 60, False), (-1, False)])
def test_proof_is_fresh_for_thirty_minutes(age: int, fresh: bool) -> None:
    assert grants.is_fresh(Grant(uuid4(), "G", NOW), NOW + timedelta(seconds=age)) is fresh


def test_payment_hint_belongs_to_its_order() -> None:
    shop, response = uuid4(), HttpResponse()
    hint = PayHint("qr", "alipay", "https://pay.example/x", {"a": "1"})
    grants.remember_payment(response, request_with({}), shop, "G1", hint)
    assert grants.payment_of(request_with(carried(response)), shop, "G1") == hint
    assert grants.payment_of(request_with(carried(response)), shop, "G2") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" a@b.cn ", "a@b.cn"), ("138 0013-8000", "13800138000"), ("+86 13800138000", "+8613800138000")],
)
def test_contact(typed: str, kept: str) -> None:
    form = CheckoutForm({"contact": typed, "method": "m"}, methods=[("m", "M")])
    assert form.is_valid()
    assert form.cleaned_data["contact"] == kept


@pytest.mark.parametrize("typed", ["nobody", "a@b", "123", "<script>", "x" * 200])
def test_wrong_contact_is_refused(typed: str) -> None:
    assert not CheckoutForm({"contact": typed, "method": "m"}, methods=[("m", "M")]).is_valid()


def test_unknown_method_is_refused() -> None:
    assert not CheckoutForm({"contact": "", "method": "other"}, methods=[("m", "M")]).is_valid()


def test_order_number_is_forgiving_about_case_and_dashes() -> None:
    form = LookupForm({"number": "g260101-k7m3q9xw2t", "secret": "s"})
    assert form.is_valid()
    assert form.cleaned_data["number"] == "G260101K7M3Q9XW2T"


def test_weight_and_size_of_what_is_served() -> None:
    served = ROOM / "static" / "storefront"
    assert (served / "storefront.js").stat().st_size < 10_000
    for sheet in served.glob("css/*.css"):
        assert len(sheet.read_text(encoding="utf-8").splitlines()) <= 400, sheet.name
    assert sum(f.stat().st_size for f in served.rglob("*") if f.is_file()) < 60_000


def test_templates_trust_nothing_and_carry_no_inline_code() -> None:
    for template in (ROOM / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for word in ("|safe", "autoescape off", " style=", "onclick", "javascript:", "<style"):
            assert word not in text, f"{template.name}: {word}"
        assert "<script>" not in text, template.name
