"""The pages of the books: any day, drilling down to a cause, months that close, files that are taken away."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.console.views.books import exports
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations.fill_days import fill_days
from goodfor.ledger.operations.post import post
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)


def today() -> date:
    return ledger.business_day(utc_now())


def text(client: Client, name: str, query: str = "", *args: Any, status: int = 200) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def book(shop: Shop, reference: str, day: date, amount: int, **of: Any) -> None:
    """Sold for the bank, at noon of a day."""
    at = utc_now() + (day - today())
    lines = (Line("1002:bank:a", amount), Line("5001:sales:codes", -amount, **of))
    post(
        shop_id=shop.id, currency="CNY", entries=[Entry(reference, "delivery", lines, at)], actor="test", now=utc_now()
    )


def test_balances_of_any_day_lead_to_lines_and_their_cause(shop: Shop) -> None:
    last = today().replace(day=1) - timedelta(days=1)
    book(shop, "old", last, 12_345)
    client = inside(shop.id, Role.FINANCE)
    page = text(client, "ledger", f"?on={last}")
    assert "123<span" in page
    assert "2207:wallet" not in page
    assert f"from={last.replace(day=1)}&amp;until={last}" in page
    assert "123<span" not in text(client, "ledger", f"?on={last}&known={last}")
    assert text(client, "ledger", "?on=x", status=422)
    account = "?code=5001:sales:codes&currency=CNY"
    page = text(client, "statement", f"{account}&from={last.replace(day=1)}&until={today()}")
    assert "每天的余额" in page
    assert f"from={last}&amp;until={last}" in page
    page = text(client, "statement", f"{account}&from={last}&until={last}")
    assert "old" in page
    assert "deliver:" not in page
    assert "超过 31 天" in text(client, "statement", f"{account}&from={last - timedelta(days=60)}&until={last}")
    for wrong in (
        "&from=2026-02-01&until=2026-01-01",
        "&from=x",
        "&from=2020-01-01&until=2026-01-01",
        "&sku=x&from=2026-01-01",
    ):
        assert text(client, "statement", account + wrong, status=422)
    page = text(client, "statement", account)
    found = sql("SELECT id FROM ledger_tx WHERE shop_id = %s AND kind = 'delivery' AND reference <> 'old'", [shop.id])
    assert f"/console/ledger/tx/{found[0][0]}/" in page
    assert f"订单 {shop.delivered.number}" in text(client, "ledger-tx", "", found[0][0])
    assert inside(shop.id, Role.OPERATOR).get(reverse("desk:ledger")).status_code == 403


def test_the_income_statement_adds_up_and_leads_on(shop: Shop) -> None:
    last, sku = today().replace(day=1) - timedelta(days=1), shop.demo.skus["kw-50"]
    book(shop, "old", last, 12_345)
    book(shop, "new", today(), 500, sku_id=sku, channel="web")
    client = inside(shop.id, Role.FINANCE)
    page = text(client, "book-income")
    assert "营业收入" in page
    assert f"{last:%Y-%m}" in page
    rows = list(csv.reader(StringIO(text(client, "book-income", "?file=csv").lstrip("\ufeff"))))
    assert rows[-1][0] == "利润"
    month = today().replace(day=1)
    wanted = sum(row.result_minor for row in ledger.income_statement(shop.id, month, today()))
    assert rows[-1][-1] == f"{wanted / 100:.2f}"
    assert rows[-1][-2] == "123.45"
    assert "5.00" in text(client, "book-income", "?by=channel&file=csv")
    for by in ("sku", "supplier"):
        assert "没有归属" in text(client, "book-income", f"?by={by}&until={last:%Y-%m}")
    assert "这段时间没有收入和费用" in text(client, "book-income", "?until=2020-01")
    for wrong in ("?by=x", "?until=2026-13"):
        assert text(client, "book-income", wrong, status=422)
    page = text(client, "statement", f"?code=5001:sales:codes&from={today()}&until={today()}&sku={sku}")
    assert "只看" in page
    assert "new" in page


def test_a_month_closes_with_a_reason_for_those_who_may(shop: Shop) -> None:
    last = today().replace(day=1) - timedelta(days=1)
    book(shop, "old", last, 100)
    while fill_days(now=utc_now()):
        pass
    client, close = proved(shop.id, Role.FINANCE), reverse("desk:book-month-close")
    month = f"{last:%Y-%m}"
    assert f"?month={month}" in text(client, "book-months")
    assert "月末借贷两边相等" in text(client, "book-month", f"?month={month}")
    sent = {"act": "hard", "month": month, "reason": "都看过了"}
    assert inside(shop.id, Role.OPERATOR).post(close, sent).status_code == 403
    assert "/prove" in inside(shop.id, Role.FINANCE).post(close, sent)["Location"]
    for wrong, status in (
        ({"reason": " "}, 422),
        ({"act": "x"}, 422),
        ({"month": "x"}, 422),
        ({"month": f"{today():%Y-%m}"}, 409),
    ):
        assert client.post(close, {**sent, **wrong}).status_code == status, wrong
    assert sql("SELECT count(*) FROM ledger_period WHERE shop_id = %s", [shop.id]) == [(0,)]
    earlier = [one.month for one in ledger.months(shop.id, last) if one.month < last.replace(day=1)]
    for one in [*sorted(earlier), last]:
        assert client.post(close, {**sent, "month": f"{one:%Y-%m}", "act": "soft"}).status_code == 302
        assert client.post(close, {**sent, "month": f"{one:%Y-%m}"}).status_code == 302
    assert ledger.period_state(shop.id, last.replace(day=1)) == "closed"
    assert client.post(close, sent).status_code == 409
    page = text(client, "book-month", f"?month={month}")
    assert "已关账" in page
    assert 'name="act"' not in page


def test_books_are_taken_away_as_files(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = proved(shop.id, Role.FINANCE), reverse("desk:book-files")
    sent = {"form": "journal-csv", "from": str(today()), "until": str(today()), "reason": "交给代账公司"}
    unproved, operator = inside(shop.id, Role.FINANCE), inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    assert "/prove" in unproved.post(path, sent)["Location"]
    assert operator.post(path, sent).status_code == 403
    for wrong in (
        {"form": "x"}, {"reason": " "}, {"from": ""}, {"until": "2026-01-01"}, {"currency": "XXX"}, {"encoding": "x"},
    ):  # fmt: skip
        assert client.post(path, {**sent, **wrong}).status_code == 422, wrong
    assert state_of_all() == before
    lines = sql("SELECT count(*) FROM ledger_posting WHERE shop_id = %s AND layer = 0", [shop.id])[0][0]
    answer = client.post(path, sent)
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == lines > 4
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="books-journal-csv-{today():%Y%m%d}-{today():%Y%m%d}.csv"'
    )
    for form in ("trial-csv", "kingdee", "yonyou", "beancount"):
        assert client.post(path, {**sent, "form": form}).status_code == 200, form
    sheet = client.post(path, {**sent, "form": "trial-xlsx"})
    read = CalamineWorkbook.from_filelike(BytesIO(b"".join(sheet.streaming_content)))  # type: ignore[attr-defined]
    assert len(read.get_sheet_by_index(0).to_python()) > 4
    taken = sql(
        "SELECT data->>'form', data->>'reason' FROM kernel_audit WHERE action = 'console.books_taken' ORDER BY id"
    )
    assert taken[0] == ("journal-csv", "交给代账公司")
    assert len(taken) == 6
    monkeypatch.setattr(exports, "MOST", lines - 1)
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "goodfor ledger export" in answer.content.decode()
    assert "只能看账" not in text(client, "book-files")


def test_books_of_other_shops_are_not_reached(shop: Shop, other: Shop) -> None:
    book(shop, "mine-alone", today(), 777)
    client = proved(other.id, Role.OWNER)
    query = f"?code=5001:sales:codes&from={today()}&until={today()}"
    assert "mine-alone" not in text(client, "statement", query)
    sent = {"form": "journal-csv", "from": str(today()), "until": str(today()), "reason": "x"}
    answer = client.post(reverse("desk:book-files"), sent)
    assert b"mine-alone" not in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
