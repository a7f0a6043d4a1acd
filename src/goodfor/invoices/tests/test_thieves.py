"""One order, one invoice: also where somebody who may would like another."""

from typing import Any

import pytest

from goodfor.invoices.errors import AlreadyInvoiced, InvoiceMoved
from goodfor.invoices.operations import resolve_invoice, retry_invoice
from goodfor.invoices.tests.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)
THIEF = "staff:1"


def test_nobody_says_that_it_was_not_written_while_the_issuer_is_asked(desk: Desk) -> None:
    """It would be written again under another number, and the company has two invoices of one purchase."""
    order = desk.buy()
    desk.fault("lost_answer", on="issue")
    [made] = desk.ask(order)
    desk.run()
    assert desk.states(order) == [("blue", "unknown")]
    one: dict[str, Any] = {"shop_id": desk.shop_id, "invoice_id": made.id, "actor": THIEF, "now": desk.now}
    with pytest.raises(InvoiceMoved):
        resolve_invoice(**one, issued=False, official="", link="", note="not there")
    with pytest.raises(InvoiceMoved):
        retry_invoice(**one)
    with pytest.raises(AlreadyInvoiced):
        desk.ask(order)
    assert desk.states(order) == [("blue", "unknown")]
    desk.run(60)
    assert (desk.states(order), len(desk.written(order))) == ([("blue", "issued")], 1)
    assert not desk.faults()
