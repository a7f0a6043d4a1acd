"""Saved reports and the daily brief, told by mail: wiring, as in `messages.py`."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.config.telling import shop_locale, tell_staff
from goodfor.insights import queries as insights
from goodfor.insights.events import BriefWritten, ReportIssued
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import STAFF, language_of

REPORT, BRIEF = "report_sent", "daily_brief"
#: A mail is for reading: what is longer is in the console, with its files.
MOST_ROWS: Final = 40
#: Where one sees more, as stored messages link to it.
REPORTS: Final = "/console/insights/reports/{}/{}/"
BRIEFS: Final = "/console/insights/brief/?day={}"


def listen() -> None:
    """Called once by the wiring."""
    events.register(ReportIssued, on_report_issued, name="insight_messages.on_report_issued", concern=concern)
    events.register(BriefWritten, on_brief_written, name="insight_messages.on_brief_written", concern=concern)


def concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody, nor a report without people, nor a day without trade."""
    told = event.payload
    wanted = told["staff_ids"] if event.name == ReportIssued.name else told["findings"]
    return bool(wanted) and notify.speaks(event.shop_id)


def on_report_issued(event: StoredEvent) -> None:
    """To the people whom the report names, as it was issued: later figures do not change a letter."""
    told, shop_id = event.payload, event.shop_id
    people = notify.mailboxes_of(shop_id, {UUID(one) for one in told["staff_ids"]})
    if not people:
        return
    locale = shop_locale(shop_id)
    table = insights.issue(shop_id, UUID(told["report_id"]), told["number"])
    with override(locale):
        report = {
            "name": told["title"],
            "span": _("%(first)s 至 %(last)s") % {"first": told["first"], "last": told["last"]},
            "heads": f"{table.columns[0]}: {' / '.join(table.columns[1:])}",
            "more": _more(len(table.rows)),
            "url": REPORTS.format(told["report_id"], told["number"]),
        }
    rows = [{"key": _cell(row[0]), "cells": [{"text": _cell(one)} for one in row[1:]]} for row in table.rows]
    send(
        shop_id=shop_id, scene=REPORT, audience=STAFF, subject=f"report:{told['report_id']}:{told['number']}",
        recipients=people, context={"report": report, "rows": rows[:MOST_ROWS]}, language=language_of(locale),
        now=event.occurred_at,
    )  # fmt: skip


def on_brief_written(event: StoredEvent) -> None:
    """The three things of the day before, to those who hear of them."""
    day = event.payload["day"]
    with override(shop_locale(event.shop_id)):
        found = insights.brief_of(event.shop_id, date.fromisoformat(day)) or []
        brief = {"day": day, "greeting": insights.greeting(day, len(found)), "url": BRIEFS.format(day)}
    things = [{"text": one.text} for one in found]
    tell_staff(event, BRIEF, f"brief:{day}", {"brief": brief, "things": things})


def _more(rows: int) -> str:
    return _("另有 %(n)s 行，请在后台查看") % {"n": rows - MOST_ROWS} if rows > MOST_ROWS else ""


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)
