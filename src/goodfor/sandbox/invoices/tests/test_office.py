"""The stand-in: what it proves of calls, writes once, refuses, and does on demand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib import request
from urllib.error import HTTPError

import pytest

from goodfor.sandbox.invoices.office import DEMO_KEY, DEMO_SECRET
from goodfor.sandbox.invoices.server import RunningOffice, running_office
from goodfor.sandbox.invoices.signing import signature

LINE = {"name": "x", "quantity": 1, "tax_class": "goods", "rate_bp": 1300, "amount": 9700, "tax": 1116}
BLUE = {"number": "N1", "kind": "blue", "class": "vat", "currency": "CNY", "amount": 9700, "tax": 1116, "lines": [LINE],
        "buyer": {"kind": "personal", "name": "x"}, "original": "", "reason": ""}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[RunningOffice]:
    with running_office(tmp_path) as running:
        yield running


def call(office: RunningOffice, path: str, said: Any = None, secret: str = DEMO_SECRET) -> tuple[int, Any, bool]:
    """Status, answer, and whether it was signed truly."""
    body = json.dumps(said).encode() if said is not None else b""
    method = "POST" if said is not None else "GET"
    mark = signature(secret, method, path, "1", "n", body=body)
    headers = {"X-App-Key": DEMO_KEY, "X-Timestamp": "1", "X-Nonce": "n", "X-Signature": mark}
    sent = request.Request(office.url + path, body or None, headers, method=method)
    try:
        answer = request.urlopen(sent, timeout=5)
    except HTTPError as error:
        answer = error
    raw = answer.read()
    true = signature(DEMO_SECRET, str(answer.status), "n", body=raw) == answer.headers.get("X-Signature")
    return answer.status, json.loads(raw), true


def test_one_number_is_one_paper(office: RunningOffice) -> None:
    status, told, true = call(office, "/v1/invoices", BLUE)
    assert (status, told["state"], true) == (200, "issued", True)
    assert call(office, "/v1/invoices", BLUE)[1] == told
    assert call(office, "/v1/invoices/N1")[1] == told
    assert call(office, "/v1/invoices", BLUE | {"reason": "x"})[:2] == (409, {"error": "number_used"})
    assert call(office, "/v1/invoices/N2")[:2] == (404, {"error": "not_found"})
    assert call(office, "/v1/invoices", BLUE, secret="x")[:2] == (401, {"error": "bad_signature"})
    red = BLUE | {"number": "N3", "kind": "red", "original": told["official"], "reason": "x"}
    assert call(office, "/v1/invoices", red)[0] == 200
    assert call(office, "/v1/invoices", red | {"number": "N4"})[1] == {"error": "more_than_original"}
    assert len(office.office.books.listed()["invoices"]) == 2


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"amount": 9701}, "sums_differ"),
        ({"tax": 900, "lines": [LINE | {"tax": 900}]}, "tax_differs"),
        ({"class": "card"}, "card_with_tax"),
        ({"buyer": {"kind": "company", "name": "x", "tax_number": "91350100M000100Y44"}}, "title_invalid"),
        ({"buyer": {"kind": "personal", "name": ""}}, "title_invalid"),
        ({"kind": "red", "original": "1", "reason": "x"}, "no_original"),
        ({"lines": []}, "malformed"),
    ],
)
def test_what_is_wrong_is_refused(office: RunningOffice, more: dict[str, Any], error: str) -> None:
    assert call(office, "/v1/invoices", BLUE | more)[:2] == (422, {"error": error})
    assert office.office.books.listed()["invoices"] == []


def test_faults_on_demand(office: RunningOffice) -> None:
    faults = office.office.faults
    faults.add({"kind": "slow", "asks": 2})
    assert call(office, "/v1/invoices", BLUE)[0] == 202
    assert [call(office, "/v1/invoices/N1")[0] for _ in range(2)] == [202, 200]
    faults.add({"kind": "bad_signature", "on": "ask"})
    assert call(office, "/v1/invoices/N1")[2] is False
    faults.add({"kind": "error_burst", "status": 503, "on": "ask"})
    with pytest.raises(ValueError):
        call(office, "/v1/invoices/N1")
    faults.add({"kind": "refuse", "code": "closed"})
    assert call(office, "/v1/invoices", BLUE | {"number": "N5"})[:2] == (422, {"error": "closed"})
