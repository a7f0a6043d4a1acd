"""What of risk control needs a hand now, for the first page and for its own: what attacks, and what waits."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console.columns import Text
from goodfor.console.risk_watch_words import ALARMS
from goodfor.console.types import Visitor
from goodfor.console.wish_queries import wishes_waiting
from goodfor.identity.types import Permission
from goodfor.risk import review_queries, rule_queries, watch_queries
from goodfor.risk.doors import desk as doors
from goodfor.risk.watch_queries import CANARY, DOOR, HONEYPOT
from goodfor.risk.watch_types import Alarm
from goodfor.risk.wording_doors import DOOR_WORDS

#: So long a planted code that was met stands on the first page.
STANDS: Final = timedelta(days=1)


def alarm_page(what: str, door: str = "") -> str:
    """Where one acts on an alarm."""
    if what == DOOR:
        return links.page_of("desk:risk-doors", door=door)
    return links.page_of("desk:risk-traps", tab="canaries" if what == CANARY else "")


def alarms_now(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """Doors under attack, and planted codes that were met within a day; nothing for whom it is no business."""
    if not visitor.may(Permission.RISK_VIEW):
        return []
    shop_id = visitor.shop.id
    found = [
        _item(_("%(door)s正被攻击") % {"door": DOOR_WORDS[one.door]}, one.misses, alarm_page(DOOR, one.door), "red")
        for one in doors.attacks(shop_id=shop_id, now=now)
    ]
    met = watch_queries.alarms(shop_id, since=now - STANDS)
    return found + [row for what in (CANARY, HONEYPOT) for row in _met(what, [one for one in met if one.what == what])]


def _met(what: str, found: list[Alarm]) -> list[dict[str, Any]]:
    """One line for all codes of a kind: how many of them were met."""
    return [_item(ALARMS[what][0], len(found), alarm_page(what), "red")] if found else []


def waits(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """Reviews, changes and exports that wait for a person."""
    shop_id, found = visitor.shop.id, []
    if visitor.may(Permission.RISK_VIEW):
        counts, reviews = review_queries.review_counts(shop_id, now), reverse("desk:risk-reviews")
        found += [
            (_("超时没有审核的操作"), counts["overdue"], reviews, "red"),
            (_("等人审核的操作"), counts["open"], reviews, "amber"),
            (_("等待批准的风控更改"), rule_queries.waiting_proposals(shop_id), reverse("desk:risk-changes"), "amber"),
        ]
    if visitor.may(Permission.RISK_REVIEW):
        found.append((_("等待批准的导出"), wishes_waiting(shop_id), reverse("desk:export-wishes"), "amber"))
    return [_item(label, count, href, tone) for label, count, href, tone in found if count]


def _item(label: Text, count: int, href: str, tone: str) -> dict[str, Any]:
    return {"label": label, "count": count, "href": href, "tone": tone}
