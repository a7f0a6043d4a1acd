"""The console: one-time links, one shop, roles, nothing to write, nothing secret."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.catalog.models import Product
from goodfor.cli import world
from goodfor.console.site import site
from goodfor.identity.models import ApiClient
from goodfor.identity.operations import add_staff, create_user, issue_signin_link
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.models import Order
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.types import LineRequest
from goodfor.vault.models import Batch, Code

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = sorted(site._registry, key=lambda model: model._meta.label)
SECRET_COLUMN = re.compile(r"hash|blob|fingerprint|secret_key|sha256|contact|buyer_ref|config|instruction|headers|body")


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def demo(transactional_db: None, now: datetime) -> world.DemoShop:
    """Two shops' worth of rows: the one returned, with stock and an order, and another like it."""
    return [_shop(code, now) for code in ("other", "demo")][1]


def _shop(code: str, now: datetime) -> world.DemoShop:
    made = world.make_shop(now, code=code)
    world.load_codes(made.shop_id, made.skus["kw-50"], world.random_codes(3), now, cost_minor=800)
    buy_with_balance(
        shop_id=made.shop_id, client_id=made.client_id, wallet_account=made.wallet_account, currency="CNY",
        lines=[LineRequest(made.skus["kw-50"], 2)], external_ref=f"ref-{code}", now=utc_now(),
    )  # fmt: skip
    return made


def _token(shop_id: UUID, role: str, now: datetime) -> str:
    user_id = create_user(username=f"{role}-{shop_id}")
    staff = add_staff(shop_id=shop_id, user_id=user_id, role=role, actor="test", now=now)
    return issue_signin_link(shop_id=shop_id, staff_id=staff.id, actor="test", now=now).token


def _inside(shop_id: UUID, role: str = Role.OWNER, now: datetime | None = None) -> Client:
    client = Client()
    assert client.post("/console/signin", {"token": _token(shop_id, role, now or utc_now())}).status_code == 302
    return client


def _list(model: type) -> str:
    return reverse(f"console:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _page(model: type, kind: str, pk: object) -> str:
    return reverse(f"console:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=[pk])


def test_a_link_works_once(demo: world.DemoShop, now: datetime) -> None:
    token, client = _token(demo.shop_id, Role.OWNER, now), Client()
    for _ in range(2):
        assert client.get("/console/signin", {"token": token}).status_code == 200
    assert client.get("/console/").status_code == 302
    assert client.post("/console/signin", {"token": token}).headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    second = Client()
    refused = second.post("/console/signin", {"token": token})
    assert refused.status_code == 403
    assert "./goodfor up" in refused.content.decode()
    assert second.get("/console/").status_code == 302
    assert client.get("/console/logout/").status_code == 405
    assert client.post("/console/logout/").status_code == 200
    assert client.get("/console/").status_code == 302


def test_an_expired_link_is_refused(demo: world.DemoShop, now: datetime) -> None:
    token = _token(demo.shop_id, Role.OWNER, now - timedelta(hours=1))
    assert Client().post("/console/signin", {"token": token}).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_and_detail_renders_without_secrets(demo: world.DemoShop, language: str) -> None:
    client = _inside(demo.shop_id)
    client.cookies["gf_lang"] = language
    secrets = [demo.api_key.split("_")[-1]]
    secrets += [bytes(row.secret_hash).hex() for row in ApiClient.objects.filter(shop_id=demo.shop_id)]
    secrets += [bytes(row.file_sha256).hex() for row in Batch.objects.filter(shop_id=demo.shop_id)]
    for row in Code.objects.filter(shop_id=demo.shop_id):
        secrets += [bytes(row.blob).hex(), bytes(row.fingerprint).hex()]
    for model in MODELS:
        answer = client.get(_list(model))
        assert answer.status_code == 200, model
        pages = [answer.content.decode()]
        for row in model.objects.filter(shop_id=demo.shop_id)[:2]:
            detail = client.get(_page(model, "change", row.pk))
            assert detail.status_code == 200, model
            pages.append(detail.content.decode())
            assert "(&#x27;" not in pages[-1]
            assert "+00:00</" not in pages[-1]
        assert not [secret for secret in secrets for page in pages if secret in page]


def test_no_column_is_a_secret() -> None:
    for model in MODELS:
        admin = site._registry[model]
        names = [column.__name__ for column in (*admin.columns, *admin.detail)]
        assert not [name for name in names if SECRET_COLUMN.search(name)], model
        assert Code not in site._registry


def test_other_shops_do_not_exist(demo: world.DemoShop) -> None:
    client = _inside(demo.shop_id)
    page = client.get(_list(Order)).content.decode()
    mine, theirs = Order.objects.get(shop_id=demo.shop_id), Order.objects.exclude(shop_id=demo.shop_id).get()
    assert mine.number in page
    assert theirs.number not in page
    assert theirs.number not in client.get(_list(Order), {"q": "ref-other"}).content.decode()
    for model in MODELS:
        for row in model.objects.exclude(shop_id=demo.shop_id)[:2]:
            assert client.get(_page(model, "change", row.pk)).status_code == 404, model
            assert client.get(_page(model, "history", row.pk)).status_code == 404, model


def test_nothing_can_be_written(demo: world.DemoShop) -> None:
    client = _inside(demo.shop_id)
    for model in MODELS:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        assert client.post(reverse(f"console:{label}_add"), {}).status_code == 403
        for row in model.objects.filter(shop_id=demo.shop_id)[:1]:
            assert client.post(_page(model, "change", row.pk), {"name": "x"}).status_code == 403
            assert client.post(_page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert Product.objects.filter(name="x").count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_lists_follow_the_role(demo: world.DemoShop, role: str) -> None:
    client = _inside(demo.shop_id, role)
    for model in MODELS:
        expected = 200 if site._registry[model].permission in _granted(role) else 403
        assert client.get(_list(model)).status_code == expected, model


def _granted(role: str) -> set[str]:
    seen = {"catalog.view", "stock.view", "orders.view", "payments.view"}
    more = {"operator": {"api_clients.view"}, "finance": {"ledger.view", "audit.view", "api_clients.view"}}
    more["owner"] = more["finance"] | {"staff.view"}
    return seen | more.get(role, set())


def test_columns_cannot_be_probed(demo: world.DemoShop) -> None:
    client = _inside(demo.shop_id)
    assert client.get(_list(ApiClient), {"secret_hash__isnull": "0"}).status_code == 400
    assert client.get(_list(Order), {"state": "delivered"}).status_code == 200
