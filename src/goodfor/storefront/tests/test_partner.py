"""A partner's own pages: its statements behind a signed link, and nothing else, to nobody else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client

from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.ledger.tests.factories import sql
from goodfor.settlement import ports, queries
from goodfor.settlement.links import SALT
from goodfor.settlement.operations import make_link, make_statement, revoke_links
from goodfor.settlement.tests.factories import ANN, People, party, read_books, share
from goodfor.settlement.tests.pdf_text import pages_of
from goodfor.settlement.types import Party, StatementView
from goodfor.storefront.page import _said
from goodfor.storefront.tests.test_pages import text_of
from goodfor.storefront.views import partner

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Desk:
    """A shop with two partners, a statement each, and the link of the first."""

    people: People
    acme: Party
    own: StatementView
    other: StatementView
    token: str

    def path(self, rest: str = "") -> str:
        return f"/partner/{self.token}{rest}"


@pytest.fixture
def desk(client: Client, settings: Any) -> Iterator[Desk]:
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    now = utc_now()
    shop = create_shop(code="a", name="甲店", currency="CNY", host="a.example", actor="test", now=now)
    create_shop(code="b", name="乙店", currency="CNY", host="b.example", actor="test", now=now)
    client.defaults["HTTP_HOST"] = "a.example"
    people, plugged = People(shop=shop.id), (ports.parties(), ports.books())
    ports.install(parties=people, books=read_books)
    acme, bolt = people.add(party(name="甲<供应商>")), people.add(party(code="bolt", name="丙"))
    made = []
    for one, amounts in ((acme, (80_00, -5_01)), (bolt, (70_00,))):
        for amount in amounts:
            share(one, amount, shop=shop.id)
        made.append(make_statement(shop_id=shop.id, party_id=one.id, cutoff=now, actor=ANN, now=now))
    _link, token = make_link(shop_id=shop.id, party_id=acme.id, actor=ANN, now=now, days=30)
    yield Desk(people, acme, made[0], made[1], token)
    ports.install(parties=plugged[0], books=plugged[1])


def state_of(desk: Desk, view: StatementView) -> str:
    return queries.statement(desk.people.shop, view.id).state


def test_a_partner_reads_what_it_is_paid_and_why(client: Client, desk: Desk) -> None:
    share(desk.acme, 3_00, shop=desk.people.shop, at=utc_now() - timedelta(minutes=1), recorded=utc_now())
    listed = client.get(desk.path())
    assert listed.status_code == 200
    assert listed.headers["Cache-Control"] == "no-store"
    page = text_of(listed)
    assert "supplier-acme-1" in page
    assert "bolt" not in page
    assert "待确认" in page
    assert "甲<供应商>" not in listed.content.decode()
    shown = client.get(desk.path(f"/{desk.own.id}"))
    page = re.sub(r"\s+", "", text_of(shown))
    for words in ("应付金额", "74.99", "销售分成", "80.00", "退款冲回", "5.01", "订单交付后，按协议应得的份额。"):
        assert words in page, words
    assert desk.own.content_hash.hex() in page
    assert 'name="robots" content="noindex"' in shown.content.decode()
    assert "核对无误，确认" in page


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_a_partner_takes_it_along(client: Client, desk: Desk, kind: str) -> None:
    answer = client.get(desk.path(f"/{desk.own.id}/file/{kind}"))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="supplier-acme-1.{kind}"'
    assert answer.headers["Content-Type"] == partner.FILES[kind]
    content = answer.content
    if kind == "pdf":
        assert "74.99" in pages_of(content)[0]
    elif kind == "csv":
        assert "80.00" in content.decode("utf-8-sig")
    else:
        assert content.startswith(b"PK")


def test_a_partner_confirms_once(client: Client, desk: Desk) -> None:
    for _ in range(2):
        assert client.post(desk.path(f"/{desk.own.id}/confirm")).status_code == 302
    assert state_of(desk, desk.own) == "confirmed"
    assert sql("SELECT actor FROM kernel_audit WHERE action = 'settlement.statement_confirmed'") == [
        (f"party:{desk.acme.id}",)
    ]
    page = client.get(desk.path(f"/{desk.own.id}"))
    assert "核对无误，确认" not in text_of(page)
    # What it has agreed to, it cannot take back alone.
    refused = client.post(desk.path(f"/{desk.own.id}/object"), {"reason": "x"})
    assert refused.status_code == 409
    assert state_of(desk, desk.own) == "confirmed"


def test_a_partner_objects_with_a_reason(client: Client, desk: Desk) -> None:
    empty = client.post(desk.path(f"/{desk.own.id}/object"), {"reason": "  "})
    assert empty.status_code == 422
    assert "请写明哪里不对" in text_of(empty)
    assert state_of(desk, desk.own) == "draft"
    assert client.post(desk.path(f"/{desk.own.id}/object"), {"reason": "少了<b>一笔"}).status_code == 302
    view = queries.statement(desk.people.shop, desk.own.id)
    assert (view.state, view.reason) == ("rejected", "少了<b>一笔")
    shown = client.get(desk.path(f"/{desk.own.id}")).content.decode()
    assert "少了&lt;b&gt;一笔" in shown
    assert "这张已作废" in shown


def forged(desk: Desk) -> dict[str, str]:
    shop, token = desk.people.shop, desk.token
    link = queries.links_of(shop, desk.acme.id, utc_now())[0]
    with_other_end = token.rsplit(":", 1)[0] + ":" + "A" * 43
    return {
        "nothing": "x",
        "tampered": token[:-1] + ("a" if token[-1] != "a" else "b"),
        "another end": with_other_end,
        "another salt": signing.dumps([shop.hex, link.id.hex], salt="window.preview"),
        "a link that is not": signing.dumps([shop.hex, uuid4().hex], salt=SALT),
        "another shop in it": signing.dumps([uuid4().hex, link.id.hex], salt=SALT),
        "another shape": signing.dumps({"shop": shop.hex}, salt=SALT),
        "long": "A" * 3_000,
    }


def every_address(token: str, statement_id: object) -> list[tuple[str, str]]:
    base = f"/partner/{token}"
    return [
        ("GET", base), ("GET", f"{base}/{statement_id}"), ("GET", f"{base}/{statement_id}/file/pdf"),
        ("POST", f"{base}/{statement_id}/confirm"), ("POST", f"{base}/{statement_id}/object"),
    ]  # fmt: skip


def told(client: Client, method: str, path: str) -> tuple[int, str]:
    answer = client.generic(method, path, "reason=x", content_type="application/x-www-form-urlencoded")
    return answer.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode()).replace(path, "")


def test_what_is_forged_opens_nothing_and_all_answers_are_one(client: Client, desk: Desk) -> None:
    answers = {
        told(client, method, path)[0]
        for token in forged(desk).values()
        for method, path in every_address(token, desk.own.id)
    }
    assert answers == {403}
    assert (state_of(desk, desk.own), state_of(desk, desk.other)) == ("draft", "draft")


def test_a_link_that_ended_or_was_taken_back_opens_nothing(client: Client, desk: Desk) -> None:
    shop, now = desk.people.shop, utc_now()
    _link, short = make_link(shop_id=shop, party_id=desk.acme.id, actor=ANN, now=now - timedelta(days=2), days=1)
    for method, path in every_address(short, desk.own.id):
        assert told(client, method, path)[0] == 403, path
    assert client.get(desk.path()).status_code == 200
    revoke_links(shop_id=shop, party_id=desk.acme.id, actor=ANN, now=utc_now())
    # The same browser, with all its cookies, a moment later.
    for method, path in every_address(desk.token, desk.own.id):
        assert told(client, method, path)[0] == 403, path
    assert state_of(desk, desk.own) == "draft"


def test_statements_of_others_do_not_exist(client: Client, desk: Desk) -> None:
    for there, nowhere in zip(
        every_address(desk.token, desk.other.id)[1:], every_address(desk.token, uuid4())[1:], strict=True
    ):
        mine, nobodys = told(client, *there), told(client, *nowhere)
        assert mine[0] == 404, there
        assert mine == nobodys, there
    assert state_of(desk, desk.other) == "draft"
    listed = client.get(desk.path(f"?before={desk.other.id}")).content.decode()
    assert "bolt" not in listed


def test_a_link_opens_at_its_own_shop_alone(client: Client, desk: Desk) -> None:
    client.defaults["HTTP_HOST"] = "b.example"
    for method, path in every_address(desk.token, desk.own.id):
        assert told(client, method, path)[0] == 403, path
    assert state_of(desk, desk.own) == "draft"


def test_odd_addresses_are_answered(client: Client, desk: Desk) -> None:
    for query in ("?after=x", "?after=1.99999", "?after=999999999999999999.1", "?after=1.1.1", "?before=%00"):
        assert client.get(desk.path(f"/{desk.own.id}{query}")).status_code == 200, query
        assert client.get(desk.path(query)).status_code == 200, query
    assert client.get(desk.path(f"/{desk.own.id}/file/exe")).status_code == 422
    assert client.get(desk.path(f"/{desk.own.id}/confirm")).status_code == 405
    assert client.post(desk.path()).status_code == 405
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="a.example")
    assert strict.post(desk.path(f"/{desk.own.id}/confirm")).status_code == 403
    assert state_of(desk, desk.own) == "draft"
    assert _said(desk.path()) == "/partner/..."


def test_files_are_counted(client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner, "_FILES_AN_HOUR", 2)
    path = desk.path(f"/{desk.own.id}/file/csv")
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
