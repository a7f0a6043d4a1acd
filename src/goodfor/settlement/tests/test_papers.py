"""Statements as files: what they say is what the statement says."""

import csv
import io
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import translation
from python_calamine import load_workbook

from goodfor.settlement import queries
from goodfor.settlement.errors import StatementNotFound, UnknownWay
from goodfor.settlement.tests.factories import NOW, SHOP, People, approved, party, share

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _chinese() -> object:
    with translation.override("zh-hans"):
        yield


def test_a_workbook_says_what_the_statement_says(people: People) -> None:
    acme = people.add(party(name="=甲供应商"))
    share(acme, 100_05)
    share(acme, -5_01)
    made = approved(acme)
    out = io.BytesIO()
    assert queries.statement_file(SHOP, made.id, "xlsx", out, party_id=acme.id) == 2
    out.seek(0)
    book = load_workbook(out)
    summary = [row[:3] for row in book.get_sheet_by_index(0).to_python()]
    said = {str(row[0]): row[1] for row in summary}
    assert said["结算单号"] == "supplier-acme-1"
    assert said["结算方"] == "=甲供应商"
    assert said["状态"] == "已批准"
    assert said["应付金额"] == 95.04
    assert said["明细校验码（SHA-256）"] == made.content_hash.hex()
    assert ["销售分成", 1, 100.05] in summary
    assert ["退款冲回", 1, -5.01] in summary
    rows = book.get_sheet_by_index(1).to_python()
    assert len(rows) == 3
    assert sum(Decimal(str(row[2])) for row in rows[1:]) == Decimal("95.04")
    assert len({row[6] for row in rows[1:]}) == 2


def test_csv_is_for_programs(people: People) -> None:
    acme = people.add(party())
    share(acme, 7)
    made = approved(acme)
    out = io.BytesIO()
    assert queries.statement_file(SHOP, made.id, "csv", out) == 1
    text = out.getvalue().decode("utf-8-sig")
    [heads, row] = list(csv.reader(io.StringIO(text)))
    assert heads == ["时间", "类别", "金额", "账务编号", "订单", "商品", "分录"]
    assert row[2] == "0.07"
    assert row[0] == "2026-03-09 12:00:00"


def test_no_file_for_others_and_no_other_file(people: People) -> None:
    acme = people.add(party())
    share(acme, 7)
    made = approved(acme, now=NOW)
    out = io.BytesIO()
    with pytest.raises(StatementNotFound):
        queries.statement_file(SHOP, made.id, "xlsx", out, party_id=uuid4())
    with pytest.raises(UnknownWay):
        queries.statement_file(SHOP, made.id, "pdf", out)
    assert out.getvalue() == b""
