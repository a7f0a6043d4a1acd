"""The OpenAPI document: current, complete, and true to what presenters and examples show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import goodfor
from goodfor.identity.types import Scope
from goodfor.kernel.errors import DomainError
from goodfor.openapi.dump import document_text
from goodfor.openapi.urls import api

COMMITTED = Path(goodfor.__file__).parents[2] / "docs" / "openapi.json"
EXPECTED = {
    ("get", "/products"): "products:read",
    ("get", "/products/{product_id}"): "products:read",
    ("get", "/stock"): "stock:read",
    ("post", "/orders"): "orders:write",
    ("get", "/categories"): "products:read",
    ("get", "/orders"): "orders:read",
    ("get", "/orders/{number}"): "orders:read",
    ("post", "/orders/{number}/cancel"): "orders:write",
    ("post", "/orders/{number}/payments"): "orders:write",
    ("get", "/orders/{number}/codes"): "orders:read",
    ("post", "/orders/{number}/codes/reveal"): "codes:reveal",
    ("post", "/orders/{number}/claims"): "refunds:write",
    ("get", "/orders/{number}/claims"): "orders:read",
    ("get", "/orders/{number}/claims/{claim_id}"): "orders:read",
    ("post", "/orders/{number}/claims/{claim_id}/withdraw"): "refunds:write",
    ("post", "/orders/{number}/claims/{claim_id}/objection"): "refunds:write",
    ("post", "/orders/{number}/claims/{claim_id}/messages"): "refunds:write",
    ("get", "/balance"): "balance:read",
    ("get", "/balance/entries"): "balance:read",
    ("post", "/orders/{number}/refunds"): "refunds:write",
    ("get", "/refunds/{refund_id}"): "orders:read",
    ("post", "/welfare/grants"): "welfare:grant",
    ("get", "/welfare/grants/{grant_id}"): "welfare:grant",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(document_text())


def _operations(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (method, path.removeprefix("/api/v1")), operation


def test_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == document_text(), "run: ./goodfor openapi > docs/openapi.json"


def test_building_twice_gives_the_same(document: dict[str, Any]) -> None:
    assert json.loads(document_text()) == document


def test_operations_and_their_scopes(document: dict[str, Any]) -> None:
    found = {where: operation["security"][0]["ApiKey"][0] for where, operation in _operations(document)}
    assert found == EXPECTED
    assert set(found.values()) == set(Scope)
    ids = [operation["operationId"] for _, operation in _operations(document)]
    assert len(set(ids)) == len(ids) == len(EXPECTED)


def _responses(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, response in operation["responses"].items():
        name = response.get("$ref", "").rpartition("/")[2]
        yield status, document["components"]["responses"][name] if name else response


def test_every_operation_documents_its_errors(document: dict[str, Any]) -> None:
    for (method, path), operation in _operations(document):
        statuses = set(operation["responses"])
        assert {"400", "401", "403", "413", "422", "429", "500", "503"} <= statuses
        named = "{" in path or (method, path) in {("post", "/orders"), ("post", "/welfare/grants")}
        assert ("404" in statuses) == named
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert ("Idempotency-Key" in names) == (method == "post")
        assert ("requestBody" in operation) == (method == "post") == ("415" in statuses)
        for status, response in _responses(document, operation):
            content = "application/json" if status < "300" else "application/problem+json"
            assert set(response["content"]) == {content}
            assert response["content"][content]["example"]


def test_references_resolve_and_nothing_internal_is_left(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for reference in set(re.findall(r'"#/([^"]+)"', text)):
        place: Any = document
        for part in reference.split("/"):
            place = place[part]
    assert "x-goodfor" not in text


def _with_components(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"], **schema}


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    checked = 0
    for _, operation in _operations(document):
        places = [operation.get("requestBody"), *(response for _, response in _responses(document, operation))]
        for content in (content for place in places if place for content in place["content"].values()):
            if "example" in content:
                jsonschema_rs.validate(_with_components(document, content["schema"]), content["example"])
                checked += 1
    assert checked > 13 * 8


def test_served_document_is_the_same(client: Any, document: dict[str, Any], settings: Any) -> None:
    settings.ROOT_URLCONF = "goodfor.openapi.tests.mounted"
    assert client.get("/api/v1/openapi.json").json() == document
    assert api.version == document["info"]["version"]


def _known_errors() -> set[tuple[str, str]]:
    found, waiting = set(), [DomainError]
    while waiting:
        error = waiting.pop()
        found.add((str(error.http_status), error.code))
        waiting.extend(error.__subclasses__())
    return found


def test_documented_codes_are_those_of_real_errors(document: dict[str, Any]) -> None:
    known = _known_errors()
    for where, operation in _operations(document):
        for status, response in _responses(document, operation):
            if status >= "400":
                codes = re.findall(r"`(\w+)`", response["description"])
                assert codes
                unknown = {code for code in codes if (status, code) not in known}
                assert not unknown, (where, status)
