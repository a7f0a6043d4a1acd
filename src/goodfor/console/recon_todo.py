"""What of reconciliation needs a hand now, for the first page."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.recon import queries as recon
from goodfor.recon.types import CaseSearch

#: Where counting ends.
SHOWN = 1000


def recon_waits(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """Differences past their time, those that a person decides, and days that wait for the second person."""
    if not visitor.may(Permission.LEDGER_VIEW):
        return []
    shop_id, desk = visitor.shop.id, reverse("desk:recon")
    counted = (
        (_("超时的对账差异"), recon.count_cases(shop_id, CaseSearch(overdue=now), SHOWN), f"{desk}?overdue=yes", "red"),
        (_("等人处理的对账差异"), recon.waiting_cases(shop_id), desk, "amber"),
        (_("等人复核的日对账单"), recon.days_asked(shop_id), reverse("desk:recon-days"), "amber"),
    )
    return [
        {"label": label, "count": count, "href": href, "tone": tone} for label, count, href, tone in counted if count
    ]
