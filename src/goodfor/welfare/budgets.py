"""What a company has prepaid and not granted, nor promised to grants under way. Reached through `queries`."""

from typing import Any

from django.db.models import F, Sum

from goodfor.ledger import queries as books
from goodfor.welfare import accounts, states
from goodfor.welfare.models import Company, Grant
from goodfor.welfare.types import Budget


def budget_of(company: Company) -> Budget:
    """Exact under the company's lock: whatever is agreed to waits there."""
    booked = books.balance(company.shop_id, accounts.prepaid(company.id), company.currency)
    running: dict[str, Any] = Grant.objects.filter(
        shop_id=company.shop_id, company=company, state=states.RUNNING
    ).aggregate(left=Sum(F("total_minor") - F("given_minor") - F("passed_minor")))
    return Budget(booked, int(running["left"] or 0))
