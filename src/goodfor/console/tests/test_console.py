"""The data browser: owners only, one shop, nothing to write, nothing secret."""

import re
from datetime import datetime

import pytest
from django.urls import reverse

from goodfor.catalog.models import Product
from goodfor.cli import world
from goodfor.console.site import site
from goodfor.console.tests.helpers import inside
from goodfor.identity.models import ApiClient
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


def _list(model: type) -> str:
    return reverse(f"console:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _page(model: type, kind: str, pk: object) -> str:
    return reverse(f"console:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=[pk])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_and_detail_renders_without_secrets(demo: world.DemoShop, language: str) -> None:
    client = inside(demo.shop_id)
    client.cookies["gf_lang"] = language
    secrets = [demo.api_key.split("_", 2)[-1]]
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
    client = inside(demo.shop_id)
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
    client = inside(demo.shop_id)
    for model in MODELS:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        assert client.post(reverse(f"console:{label}_add"), {}).status_code == 403
        for row in model.objects.filter(shop_id=demo.shop_id)[:1]:
            assert client.post(_page(model, "change", row.pk), {"name": "x"}).status_code == 403
            assert client.post(_page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert Product.objects.filter(name="x").count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_it_is_for_owners(demo: world.DemoShop, role: str) -> None:
    client = inside(demo.shop_id, role)
    for path in ("/console/data/", *(_list(model) for model in MODELS)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].startswith("/console/")) == (302, True), path


def test_only_here_scripts_may_be_compiled(demo: world.DemoShop) -> None:
    client = inside(demo.shop_id)
    assert "unsafe-eval" in client.get("/console/data/").headers["Content-Security-Policy"]
    assert "unsafe" not in client.get("/console/").headers["Content-Security-Policy"]


def test_columns_cannot_be_probed(demo: world.DemoShop) -> None:
    client = inside(demo.shop_id)
    assert client.get(_list(ApiClient), {"secret_hash__isnull": "0"}).status_code == 400
    assert client.get(_list(Order), {"state": "delivered"}).status_code == 200
