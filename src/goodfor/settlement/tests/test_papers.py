"""Statements as files: what they say is what the statement says."""

import csv
import io
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from django.utils import translation
from python_calamine import load_workbook

from goodfor.settlement import papers, queries
from goodfor.settlement.errors import StatementNotFound, UnknownWay
from goodfor.settlement.papers import pdf
from goodfor.settlement.tests.factories import NOW, SHOP, People, approved, party, share
from goodfor.settlement.tests.pdf_text import pages_of

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


def test_a_pdf_says_what_the_statement_says_page_by_page(people: People) -> None:
    acme = people.add(party(name="甲供应商𠮷(a)\\b", hold_back_bp=1_000))
    for _ in range(pdf.ROWS):
        share(acme, 100_00)
    share(acme, -5_01)
    made = approved(acme)
    out = io.BytesIO()
    assert queries.statement_file(SHOP, made.id, "pdf", out, party_id=acme.id) == pdf.ROWS + 1
    first, second, third = pages_of(out.getvalue())
    said = dict(pairwise(first))
    assert said["结算单号"] == "supplier-acme-1"
    assert said["结算方"] == "甲供应商□(a)\\b"
    assert said["应付金额"] == "3,595.50"
    assert said["本期留存保证金"] in ("-399.49", "按协议比例从本期正数合计中留存，向下取整到分，退还时再列入结算单。")
    assert "".join(first).count(made.content_hash.hex()) == 1
    assert first[first.index("金额") + 1 :][:6] == ["退款冲回", "1", "-5.01", "销售分成", "40", "4,000.00"]
    assert "订单退款时，按退款比例冲回已计的份额，精确到分。" in first
    assert (second[-6:-2], third[-6:-2]) == (
        ["本页 40 笔，小计", "4,000.00", "累计 40 笔", "4,000.00"],
        ["本页 1 笔，小计", "-5.01", "累计 41 笔", "3,994.99"],
    )
    assert [page[-1] for page in (first, second, third)] == [f"第 {n} 页，共 3 页" for n in (1, 2, 3)]


def test_a_pdf_of_too_many_items_says_where_they_are(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = people.add(party())
    for _ in range(3):
        share(acme, 7)
    made = approved(acme)
    monkeypatch.setattr(pdf, "MOST", 2)
    out = io.BytesIO()
    assert papers.write("pdf", made, iter(()), out) == 3
    [page] = pages_of(out.getvalue())
    assert "明细过多，不在此列出，请下载 XLSX 或 CSV。" in page


def test_no_file_for_others_and_no_other_file(people: People) -> None:
    acme = people.add(party())
    share(acme, 7)
    made = approved(acme, now=NOW)
    out = io.BytesIO()
    with pytest.raises(StatementNotFound):
        queries.statement_file(SHOP, made.id, "xlsx", out, party_id=uuid4())
    with pytest.raises(UnknownWay):
        queries.statement_file(SHOP, made.id, "docx", out)
    assert out.getvalue() == b""
