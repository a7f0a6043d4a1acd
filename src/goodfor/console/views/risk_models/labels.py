"""What became known of acts: newest first, from where, how late; and saying it oneself."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_model_words as words
from goodfor.console import risk_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.asked import address
from goodfor.console.risk_rule_words import People
from goodfor.console.types import Visitor
from goodfor.console.views.risk.decisions import Reading, day_begin
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput, NotFound
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.risk import label_queries as labels_read
from goodfor.risk import queries
from goodfor.risk.label_queries import DELAYS, SAMPLE, LabelFigures, LabelLine, LabelSearch
from goodfor.risk.operations.label import LONGEST_NOTE
from goodfor.risk.operations.label import label as write_label
from goodfor.risk.rule_states import MANUAL

PAGE: Final = "desk:risk-labels"
SIZE: Final = 50
MAX_TEXT: Final = 60
#: Further back only when somebody asks for a day.
BACK: Final = timedelta(days=365)
_HOUR: Final = timedelta(hours=1)
_BAD: Final = {"1": True, "0": False}


@console_page(Permission.RISK_VIEW)
def labels(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A page of them. `what`: an order's number or a decision's id, to be labelled."""
    return _labels(request, visitor)


def _labels(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id, reading = visitor.shop.id, _read(request.GET.dict(), visitor, utc_now())
    wanted: LabelSearch = reading.values["search"]
    found = labels_read.label_lines(shop_id, wanted, before=reading.values["before"], limit=SIZE + 1)
    figures = labels_read.label_figures(shop_id, wanted)
    params = {key: value for key, value in reading.typed.items() if value}
    sent = request.POST.dict() if error else reading.typed
    context: dict[str, Any] = {
        "lines": _lines(visitor, found[:SIZE]),
        "next": address(params, before=found[SIZE - 1].label.id.hex) if len(found) > SIZE else "",
        "newest": address(params, before=None) if reading.values["before"] else "",
        "typed": reading.typed,
        "problems": reading.problems,
        "in_force": [
            {"label": label, "href": address(params, before=None, **dict.fromkeys(names))}
            for label, names in reading.told
        ],
        "sources": list(risk_words.SOURCES.items()),
        "kinds": [("1", _("欺诈")), ("0", _("正常"))],
        "reset": reverse(PAGE),
        "figures": figures,
        "shares": _shares(figures),
        "delay_chart": _delay_chart(figures),
        "sample": SAMPLE,
        "may_label": visitor.may(Permission.RISK_REVIEW),
        "sent": sent,
        "wrong": str(error.data.get("field", "")) if error else "",
        "error": words.wrong(error) if error else "",
    }
    return show(request, visitor, "risk_models/labels", context, page=PAGE, status=error.http_status if error else 200)


def _read(params: dict[str, str], visitor: Visitor, now: datetime) -> Reading:
    """What is asked for; what cannot be is left out and told."""
    typed = {key: value.replace("\x00", "").strip()[:MAX_TEXT] for key, value in params.items()}
    reading, nothing = Reading(typed), _("没有这个选项")
    source = reading.take("source", _("来源"), lambda text: (text, str(risk_words.SOURCES[text])), nothing)
    kinds = {"1": _("欺诈"), "0": _("正常")}
    bad = reading.take("bad", _("标记"), lambda text: (_BAD[text], kinds[text]), nothing)
    zone, wrong = ZoneInfo(visitor.shop.timezone), _("请写成 2026-01-31")
    since = reading.take("day_from", _("从"), lambda text: (day_begin(text, zone), text), wrong)
    until = reading.take("day_until", _("到"), lambda text: (day_begin(text, zone) + timedelta(days=1), text), wrong)
    soon = now + timedelta(seconds=1)
    until = min(until, soon) if until else soon
    before = typed.get("before", "")
    reading.values["before"] = UUID(before) if len(before) == 32 and _hex(before) else None
    reading.values["search"] = LabelSearch(since or min(until, now) - BACK, until, source or "", bad)
    return reading


def _hex(text: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in text)


def _lines(visitor: Visitor, found: list[LabelLine]) -> list[dict[str, Any]]:
    people = People(visitor.shop.id)
    subjects = links.subject_names(visitor, [one.label.subject for one in found])
    return [
        {
            "line": one, "label": one.label, "source": risk_words.SOURCES[one.label.source],
            "by": people.name(one.label.by), "scene": risk_words.SCENES[one.scene] if one.scene else "",
            "subject": subjects.get(one.label.subject) if one.label.subject else None,
            "decision": reverse("desk:risk-decision", args=[one.decision_id]) if one.decision_id else "",
            "delay": "" if one.delay is None else writing.seconds(one.delay.total_seconds()) if one.delay < _HOUR * 48
            else words.days(one.delay / timedelta(days=1)),
        }
        for one in found
    ]  # fmt: skip


def _shares(figures: LabelFigures) -> list[dict[str, Any]]:
    return [
        {
            "source": risk_words.SOURCES[source], "many": many, "share": writing.percent(many / figures.read),
            "bad": bad, "good": many - bad,
        }
        for source, many, bad in figures.sources
    ]  # fmt: skip


def _delay_chart(figures: LabelFigures) -> dict[str, Any]:
    """How long after the act it became known."""
    edges = [edge / _HOUR for edge in DELAYS]
    spans = zip([None, *edges], [*edges, None], strict=True)
    return {
        "kind": "bar", "stacked": True, "format": "number", "unit": _("次"),
        "tones": ["red", "green"],
        "columns": [_("多久之后知道"), _("欺诈"), _("正常")],
        "rows": [
            [words.delay(low, high), *counts] for (low, high), counts in zip(spans, figures.delays, strict=True)
        ],
    }  # fmt: skip


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say that an act was bad, or good: `what` is an order's number (all its decisions) or a decision's id."""
    now, sent = utc_now(), request.POST
    try:
        of = _of(visitor, sent.get("what", "").replace("\x00", "").strip()[:MAX_TEXT])
        if sent.get("bad") not in _BAD:
            raise InvalidInput(field="bad")
        note = sent.get("reason", "").replace("\x00", "").strip()
        if not 0 < len(note) <= LONGEST_NOTE:
            raise InvalidInput(field="reason")
        write_label(
            shop_id=visitor.shop.id, bad=_BAD[sent["bad"]], source=MANUAL, known_at=now, by=visitor.actor, now=now,
            note=note, **of,
        )  # fmt: skip
    except DomainError as error:
        return _labels(request, visitor, error)
    return done(request, _("标记已保存，以后的标记会代替它，两条都留着"), reverse(PAGE))


def _of(visitor: Visitor, text: str) -> dict[str, Any]:
    """What is labelled: a decision of this shop, or an order that was judged. Raises InvalidInput."""
    shop_id = visitor.shop.id
    try:
        decision_id = UUID(text)
    except ValueError:
        decision_id = None
    try:
        if decision_id is not None:
            return {"decision_id": queries.decision(shop_id, decision_id).line.id}
        subject = "order", orders.order_by_number(shop_id, text).id
    except (NotFound, OrderNotFound):
        raise InvalidInput(field="what") from None
    if not queries.decisions_of(shop_id, *subject, limit=1):
        raise InvalidInput(_("这个订单没有判断过"), field="what")
    return {"subject": subject}
