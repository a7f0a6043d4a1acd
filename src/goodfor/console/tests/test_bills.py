"""The page of bills: what was fetched and what was refused, and who may ask again."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, person, sql
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.payments import queries as payments
from goodfor.payments.bill_models import BillFile

pytestmark = pytest.mark.django_db(transaction=True)


def bill(shop_id: UUID, state: str, day: date) -> UUID:
    row = BillFile.objects.create(
        shop_id=shop_id, account_id=uuid4(), provider="wechat", account_code="wx", day=day, kind="trade", state=state,
        currency="CNY", created_at=utc_now(), problem="bad_summary" if state == "refused" else "", problem_line=7,
    )  # fmt: skip
    return row.id


def test_bills_are_seen_and_asked_for_again(shop: Shop) -> None:
    refused = bill(shop.id, "refused", date(2026, 1, 2))
    other = bill(uuid4(), "refused", date(2026, 1, 3))
    path = reverse("desk:bills")
    client = by_link(person(shop.id, Role.FINANCE))
    page = client.get(path).content.decode()
    assert "2026-01-02" in page
    assert "bad_summary:7" in page
    assert "2026-01-03" not in page
    assert client.post(path, {"bill": str(other)}).status_code == 404
    assert client.post(path, {"bill": "x"}).status_code in (400, 422)
    assert client.post(path, {"bill": str(refused)}).status_code == 302
    found = payments.bill(shop.id, refused)
    assert (found.state, found.problem) == ("wanted", "")
    assert found.next_try_at is not None
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'payments.bill_wanted_again'") == [(1,)]


def test_who_may_not_resolve_may_not_ask(shop: Shop) -> None:
    refused = bill(shop.id, "refused", date(2026, 1, 2))
    client = by_link(person(shop.id, Role.VIEWER))
    path = reverse("desk:bills")
    assert client.post(path, {"bill": str(refused)}).status_code in (403, 404)
    assert payments.bill(shop.id, refused).state == "refused"
