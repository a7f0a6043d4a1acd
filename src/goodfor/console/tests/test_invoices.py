"""The pages of invoices: what is seen by whom, what is done after a proof, and the file of the VAT summary."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.console.tests.things import invoice_of
from goodfor.identity.types import Role
from goodfor.invoices import queries as invoices

pytestmark = pytest.mark.django_db(transaction=True)
SELLER = "91350100M000100Y43"


def text(client: Client, name: str, *args: Any, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def tables(before: dict[str, Any]) -> set[str]:
    changed = {table for table, rows in state_of_all().items() if rows != before.get(table)}
    return {table for table in changed if table.startswith("invoices")}


def test_an_invoice_is_written_by_hand_and_taken_back(shop: Shop, other: Shop) -> None:
    one = invoice_of(shop)
    client, support, viewer = proved(shop.id, Role.FINANCE), inside(shop.id, Role.SUPPORT), inside(shop.id, Role.VIEWER)
    act = reverse("desk:invoice-act", args=[one])
    page = text(support, "invoice", one)
    assert "张三" in page
    assert "登记结果" not in page, "support looks only"
    assert f"{shop.delivered.number}-1" in text(client, "invoices")
    assert "登记结果" in text(client, "invoice", one)
    text(viewer, "invoices", status=403)
    text(proved(other.id), "invoice", one, status=404)
    before = state_of_all()
    for who in (support, viewer):
        assert who.post(act, {"act": "issued", "official": "26001"}).status_code == 403
    assert "/prove" in inside(shop.id, Role.OWNER).post(act, {"act": "issued", "official": "26001"})["Location"]
    for wrong in ({"act": "issued"}, {"act": "failed"}, {"act": "x"}, {"act": "issued", "official": "1", "link": "x"}):
        assert client.post(act, wrong).status_code == 422, wrong
    for early in ("red", "retry"):
        assert client.post(act, {"act": early, "reason": "x", "name": "x"}).status_code == 409
    assert tables(before) == set()
    assert client.post(act, {"act": "issued", "official": "26001"}).status_code == 302
    assert client.post(act, {"act": "red", "reason": " "}).status_code == 422
    assert client.post(act, {"act": "red", "reason": "抬头有误"}).status_code == 302
    [_blue, red] = invoices.of_order(shop.id, shop.delivered.id)
    assert (red.kind, red.total_minor) == ("red", shop.delivered.total.amount_minor)
    assert "抬头有误" in text(client, "invoice", red.id)
    assert (
        client.post(reverse("desk:invoice-act", args=[red.id]), {"act": "issued", "official": "26002"}).status_code
        == 302
    )
    assert invoices.invoice(shop.id, one).state == "red_lettered"
    summary = text(client, "invoice-vat")
    assert "净税额" in summary
    assert "13%" in summary


def test_the_vat_summary_as_a_file(shop: Shop) -> None:
    client, file = proved(shop.id, Role.FINANCE), reverse("desk:invoice-vat-file")
    assert "这段时间没有开具发票" in text(client, "invoice-vat")
    for wrong in ({"first": "x"}, {"first": "2026-02-01", "last": "2026-01-01"}, {"first": "2020-01-01"}):
        text(client, "invoice-vat", status=422, **wrong)
        assert client.post(file, wrong).status_code == 422
    assert "/prove" in inside(shop.id, Role.OWNER).post(file, {})["Location"]
    answer = client.post(file, {})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().startswith("\ufeff")


def test_who_issues_is_said_by_the_owner(shop: Shop) -> None:
    one = invoice_of(shop)
    page = reverse("desk:invoice-issuer")
    said = {"provider": "gateway", "seller_name": "好物商贸", "seller_tax": SELLER.lower(), "url": "https://1.1.1.1",
            "app_key": "demo", "secret": "s3cret-of-the-office"}  # fmt: skip
    assert proved(shop.id, Role.FINANCE).post(page, said).status_code == 403
    assert "/prove" in inside(shop.id).post(page, said)["Location"]
    client, before = proved(shop.id), state_of_all()
    for wrong in ({"seller_tax": "91350100M000100Y44"}, {"url": "http://shop.example"}, {"secret": ""},
                  {"seller_name": ""}, {"app_key": "a b"}, {"provider": "x"}):  # fmt: skip
        assert client.post(page, said | wrong).status_code == 422, wrong
    assert tables(before) == set()
    assert client.post(page, said).status_code == 302
    shown = client.get(page).content.decode()
    assert "好物商贸" in shown
    assert said["secret"] not in shown
    assert sql("SELECT position('office' IN encode(secret_blob, 'escape')) FROM invoices_issuer") == [(0,)]
    assert client.post(page, said | {"secret": "", "seller_name": "好物"}).status_code == 302, "the secret stays"
    assert invoices.invoice(shop.id, one).next_try_at is not None, "what waited for a person goes to the issuer"
