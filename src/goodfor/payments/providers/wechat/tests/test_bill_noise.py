"""Whatever lies in a bill: it is read whole or refused, and nothing else happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.payments.providers.bills import BadBill, BillRow
from goodfor.payments.providers.wechat import bill_rows
from goodfor.payments.providers.wechat.tests.kit import MCHID
from goodfor.payments.providers.wechat.tests.test_bills import fund_bill, refund_bill, success_bill, trade_bill

BILLS = {"all": trade_bill(), "success": success_bill(), "refund": refund_bill(), "fund": fund_bill()}


def read(text: str) -> list[BillRow] | None:
    """The rows, or None where it is refused."""
    numbered = list(enumerate(text.replace("\r", "").split("\n"), 1))
    found = None
    for reader in (lambda: bill_rows.read_trade(iter(numbered), MCHID), lambda: bill_rows.read_fund(iter(numbered))):
        try:
            found = list(reader())
        except BadBill:
            continue
    return found


@given(st.text(st.characters(), max_size=200))
def test_any_text(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("name", BILLS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_bill_with_a_piece_changed(name: str, data: st.DataObject) -> None:
    good = BILLS[name]
    assert read(good) is not None
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    read(good[:start] + data.draw(st.text("`,.0123456789-e\n元SUCCESS", max_size=8)) + good[end:])


@pytest.mark.parametrize("name", BILLS)
def test_a_bill_cut_anywhere(name: str) -> None:
    good = BILLS[name].rstrip("\r\n")
    whole = read(good)
    for end in range(len(good)):
        # All but the last noughts of the last sum; "9.9" is no other sum than "9.90".
        assert read(good[:end]) is None or (good[end:].strip("0.") == "" and read(good[:end]) == whole)
