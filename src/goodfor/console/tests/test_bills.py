"""The page of bills: what was fetched and what was refused, and who may ask again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.payments.bill_models import BillFile
from goodfor.payments.operations import hand_in_bill, import_bill
from goodfor.payments.providers.bills import BadBill, BillRow

pytestmark = pytest.mark.django_db(transaction=True)


def bill(shop_id: UUID, state: str, day: date, account_id: UUID | None = None) -> UUID:
    row = BillFile.objects.create(
        shop_id=shop_id, account_id=account_id or uuid4(), provider="wechat", account_code="wx", day=day, kind="trade",
        state=state, currency="CNY", created_at=utc_now(), problem="bad_summary" if state == "refused" else "",
        problem_line=7,
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


class Reads:
    """A channel whose bill is one line: rows, or what is wrong with it."""

    def read_bill(self, account: object, kind: str, path: Path) -> Iterator[BillRow]:
        text = path.read_text()
        if not text.isdigit():
            raise BadBill("bad_row", 2)
        for line in range(1, int(text) + 1):
            yield BillRow(line, "payment", utc_now(), Money(100 * line, "CNY"), our_ref=f"P{line}")


def test_a_file_is_handed_in_whole_or_not_at_all(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_bill, "bill_source", lambda _provider: Reads())
    row_id = bill(shop.id, "refused", date(2026, 1, 2), payments.accounts(shop.id, utc_now())[0].id)
    path, client = reverse("desk:bill-file", args=[row_id]), proved(shop.id, Role.FINANCE)
    send = lambda text: client.post(path, {"file": SimpleUploadedFile("a.csv", text)})  # noqa: E731
    assert "bad_summary" in client.get(path).content.decode()
    assert "/prove" in inside(shop.id, Role.FINANCE).post(path, {"file": SimpleUploadedFile("a", b"2")})["Location"]
    assert inside(shop.id, Role.VIEWER).post(path, {"file": SimpleUploadedFile("a", b"2")}).status_code == 403
    assert client.post(path).status_code == 422
    refused = send(b"nonsense")
    assert refused.status_code == 422
    assert "第 2 行 (bad_row)" in refused.content.decode()
    monkeypatch.setattr(hand_in_bill, "MOST", 3)
    assert send(b"12345").status_code == 422
    found = payments.bill(shop.id, row_id)
    assert (found.state, found.problem, sql("SELECT count(*) FROM payments_bill_line")) == (
        "refused", "bad_summary", [(0,)],
    )  # fmt: skip
    assert send(b"3").status_code == 302
    assert (payments.bill(shop.id, row_id).state, payments.bill(shop.id, row_id).rows) == ("imported", 3)
    assert send(b"2").status_code == 409
    assert sql("SELECT count(*) FROM payments_bill_line") == [(3,)]
    assert sql("SELECT data->>'rows' FROM kernel_audit WHERE action = 'payments.bill_handed_in'") == [("3",)]
