"""Supply and risk control at a glance: how suppliers delivered, what was refused, what did not answer."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import insight_tables as tables
from goodfor.console import risk_links, risk_words
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.types import RiskHealth, SupplierHealth
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing
from goodfor.risk.types import Outcome

PAGE: Final = "desk:insights-health"
#: Fewer tries say nothing; below this share it is told.
LEAST_TRIES: Final = 20
GOOD: Final = 0.9
BARS: Final = 10


@console_page(Permission.INSIGHTS_VIEW)
def health(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Suppliers over 24 hours, risk control over 7 days; each part for those who may see it."""
    now = utc_now()
    context: dict[str, Any] = {}
    if visitor.may(Permission.SUPPLY_VIEW):
        context |= _supply(visitor, now)
    if visitor.may(Permission.RISK_VIEW):
        context |= _risk(visitor, now)
    return show(request, visitor, "insights/health", context, page=PAGE)


def _supply(visitor: Visitor, now: datetime) -> dict[str, Any]:
    found = queries.supplier_health(visitor.shop.id, now)
    tried = [one for one in found if one.tries]
    return {
        "supply": True,
        "suppliers": [
            {
                "one": one, "href": reverse("desk:supplier-health", args=[one.supplier_id]), "bad": failing(one),
                "success": writing.percent(one.success_rate), "faulty": writing.percent(one.faulty_rate),
            }
            for one in found
        ],
        "supply_chart": {
            "kind": "bar-flat", "format": "percent", "unit": "",
            "columns": [_("供应商"), _("成功率")],
            "rows": [[one.name, round((one.success_rate or 0) * 100, 2)] for one in tried[:BARS]
                     if one.success_rate is not None],
        },
        "tries": sum(one.tries for one in found), "failing": sum(failing(one) for one in found),
        "supply_file": {"what": "suppliers", "by": "", "columns": "", "query": ""},
    }  # fmt: skip


def failing(one: SupplierHealth) -> bool:
    """Whether a supplier that is bought from fails too often."""
    return (
        one.enabled and one.tries >= LEAST_TRIES and one.success_rate is not None and one.success_rate < GOOD
    )  # fmt: skip


def _risk(visitor: Visitor, now: datetime) -> dict[str, Any]:
    found = queries.risk_health(visitor.shop.id, since=now - tables.RISK_SPAN, until=now)
    return {
        "risk": found, "refused": writing.percent(found.refused_rate), "outcomes": _outcomes(found),
        "risk_chart": {
            "kind": "bar-flat", "format": "number", "unit": _("次"), "columns": [_("结果"), _("次数")],
            "rows": [[str(word), count] for word, _tone, _href, count, _share in _outcomes(found)],
        },
        "risk_file": {"what": "risk", "by": "", "columns": "", "query": ""},
    }  # fmt: skip


def _outcomes(found: RiskHealth) -> list[tuple[Any, str, str, int, str]]:
    return [
        (*risk_words.OUTCOMES[Outcome(name)], risk_links.decisions_page(outcome=Outcome(name)), count,
         writing.percent(count / found.decisions))
        for name, count in found.outcomes
    ]  # fmt: skip
