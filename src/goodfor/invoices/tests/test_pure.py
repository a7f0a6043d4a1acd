"""What needs no database: tax numbers, amounts, files, the answers of the gateway."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from goodfor.finance.types import SoldView, TaxOf
from goodfor.invoices import amounts, exports, states
from goodfor.invoices.errors import TitleInvalid
from goodfor.invoices.providers.gateway import client
from goodfor.invoices.titles import ALPHABET, check_character, checked, is_tax_number
from goodfor.invoices.types import Title, VatRow
from goodfor.kernel.outbound.http import Reply
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown

TRUE = "91350100M000100Y43"
LINE, SKU = uuid4(), uuid4()
TAXED, CARD = TaxOf("goods", 1300, False), TaxOf("goods", 0, True)


def test_the_last_character_of_a_tax_number_checks_the_others() -> None:
    assert check_character(TRUE[:17]) == "3"
    assert is_tax_number(TRUE)
    assert not any(is_tax_number(TRUE[:17] + one) for one in ALPHABET if one != "3")
    # One character wrong, or two neighbours changed places: always found.
    for place in range(17):
        for one in "0123456789" if 2 <= place < 8 else ALPHABET:
            if one != TRUE[place]:
                assert not is_tax_number(TRUE[:place] + one + TRUE[place + 1 :])
    for wrong in ("", TRUE.lower(), TRUE[:17], TRUE + "0", TRUE.replace("M", "I"), " " + TRUE[1:]):
        assert not is_tax_number(wrong)


@pytest.mark.parametrize(
    ("title", "field"),
    [
        (Title("company", "星河", "91350100M000100Y44"), "tax_number"),
        (Title("company", "星河"), "tax_number"),
        (Title("personal", "  "), "name"),
        (Title("personal", "x" * 101), "name"),
        (Title("personal", "a\x00b"), "name"),
        (Title("personal", "张三", "", "no"), "email"),
        (Title("government", "张三"), "kind"),
    ],
)  # fmt: skip
def test_titles_that_are_refused(title: Title, field: str) -> None:
    with pytest.raises(TitleInvalid) as caught:
        checked(title)
    assert caught.value.data == {"field": field}


def test_titles_are_written_plainly() -> None:
    assert checked(Title("company", " 星河  科技 ", TRUE.lower())) == Title("company", "星河 科技", TRUE)
    assert checked(Title("personal", "张三", TRUE)) == Title("personal", "张三")


def _sold(**more: object) -> SoldView:
    base = SoldView(LINE, 0, SKU, "principal", 2, "CNY", 9700, 0, 1300, 1116, 0, 0, 0, datetime(2026, 1, 1, tzinfo=UTC))
    return replace(base, **more)  # type: ignore[arg-type]


def test_what_is_left_of_a_price_is_invoiced_with_its_tax() -> None:
    papers = amounts.left([_sold(refunded_minor=1000, vat_back_minor=115)], {SKU: TAXED}, {LINE: "卡"})
    [line] = papers.lines[states.VAT]
    assert (line.amount_minor, line.tax_minor, line.rate_bp, line.quantity) == (8700, 1001, 1300, 2)
    assert amounts.left([_sold(refunded_minor=9700, vat_back_minor=1116)], {SKU: TAXED}, {LINE: ""}).lines == {}
    [red] = amounts.too_much([replace(line, amount_minor=9700, tax_minor=1116)], [line])
    assert (red.amount_minor, red.tax_minor) == (1000, 115)
    assert amounts.too_much([line], [line]) == []


def test_an_agent_invoices_its_fee_and_a_card_has_a_paper_of_its_own() -> None:
    agent = _sold(model="agent", part=1, passed_minor=8000, vat_minor=196)
    papers = amounts.left([_sold(rate_bp=0, vat_minor=0), agent], {SKU: CARD}, {LINE: "卡"})
    [card], [fee] = papers.lines[states.CARD], papers.lines[states.VAT]
    assert (card.amount_minor, card.tax_minor) == (9700, 0)
    assert (fee.amount_minor, fee.tax_minor, fee.tax_class) == (1700, 196, "agency")
    with pytest.raises(amounts.Untaxed):
        amounts.left([_sold()], {SKU: TaxOf("", 0, False)}, {LINE: ""})


def test_files_hold_no_formula() -> None:
    row = VatRow("vat", "=cmd", 1300, "CNY", 2, 9700, 1116, 1, 1000, 115)
    head, line = exports.summary_csv([row])
    assert head.startswith("\ufeff")
    assert line == "CNY,vat,'=cmd,13%,2,97.00,11.16,1,10.00,1.15,87.00,10.01\r\n"


@pytest.mark.parametrize(
    ("status", "told", "asked", "meant"),
    [
        (200, {"number": "N", "official": "26A", "link": "https://corp.example/p"}, False,
         Succeeded("26A", {"link": "https://corp.example/p"})),
        (200, {"number": "N", "official": "26A", "link": "javascript:1"}, False, Succeeded("26A", {"link": ""})),
        (200, {"number": "M", "official": "26A"}, False, Unknown("answer_of_another")),
        (200, {"number": "N", "official": "<b>"}, False, Unknown("answer_without_number")),
        (200, {"number": "N"}, True, Unknown("answer_without_number")),
        (202, {"number": "N"}, False, Pending()),
        (404, {"error": "not_found"}, True, Rejected("not_found")),
        (422, {"error": "title_invalid"}, False, Rejected("title_invalid")),
        (429, {}, False, Unknown("status_429")),
        (500, {}, False, Unknown("status_500")),
        (200, [], False, Unknown("status_200")),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, told: object, asked: bool, meant: object) -> None:
    assert client._meant(Reply(status, json.dumps(told).encode()), "N", asked=asked) == meant
