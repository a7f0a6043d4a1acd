"""What the OpenAPI document allows, and what it forbids, is thrown at the API: no answer is a 5xx."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoDbBlocker

from goodfor.cli import world
from goodfor.config.wsgi import application
from goodfor.kernel import crypto
from goodfor.kernel.clock import utc_now
from goodfor.openapi.urls import api
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, buy, forget_all

SCHEMA = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}


@dataclass(frozen=True)
class Target:
    """A shop with stock, and an order of its client."""

    headers: dict[str, str]
    number: str
    sku_id: str


@pytest.fixture(scope="module")
def target(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Target]:
    """Made once; what the examples buy adds up, and the audit is asked at the end."""
    with django_db_blocker.unblock():
        crypto.forget_keys()
        now = utc_now()
        demo = world.make_shop(now)
        world.load_codes(demo.shop_id, demo.skus["kw-50"], world.random_codes(200), now, cost_minor=800)
        order = buy(Shop(demo, demo.skus["kw-50"], []), now, 2)
        try:
            yield Target({"Authorization": f"Bearer {demo.api_key}"}, order.number, str(demo.skus["kw-50"]))
            assert broken(utc_now()) == {}
        finally:
            forget_all()


@pytest.mark.django_db
def test_every_operation_is_thrown_at() -> None:
    """The mark makes the test database, which the module's own fixture then uses."""
    assert len(OPERATIONS) >= 12
    assert "POST /api/v1/orders" in OPERATIONS


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_answer_is_a_5xx(target: Target, label: str, mode: str) -> None:
    operation = OPERATIONS[label]
    answers: list[int] = []

    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def throw(case: Any) -> None:
        if mode == "positive" and case.path_parameters and "number" in case.path_parameters:
            case.path_parameters["number"] = target.number
        if mode == "positive" and isinstance(case.body, dict):
            for line in case.body.get("lines", [])[:1]:
                line["sku_id"] = target.sku_id
        case.headers.pop("Authorization", None)
        response = case.call(app=application, headers=target.headers, base_url="http://localhost")
        answers.append(response.status_code)
        assert response.status_code < 500, (label, response.status_code, response.content[:500])
        kind = response.headers.get("content-type", [""])[0]
        assert kind in ("application/json", "application/problem+json"), (
            kind,
            response.status_code,
            response.request.url,
        )
        if response.status_code >= 400:
            assert response.json()["code"]

    throw()
    assert answers
