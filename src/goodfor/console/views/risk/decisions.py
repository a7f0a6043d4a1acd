"""Decisions as they are made, newest first; every condition stands in the address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.listing.asked import address
from goodfor.console.risk_watch_words import CAUSES
from goodfor.console.types import Visitor
from goodfor.console.views.risk.lines import lines_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.risk import rule_queries, search_queries
from goodfor.risk.types import KeyKind, Outcome, Scene
from goodfor.risk.watch_types import DecisionSearch, Place
from goodfor.risk.wording_rules import shown

PAGE: Final = "desk:risk-decisions"
#: Further back only when somebody asks for a day.
BACK: Final = timedelta(days=90)
SIZE: Final = 50
MAX_TEXT: Final = 60
NOBODY: Final = UUID(int=0)
#: Other years are slips of the hand.
_YEARS: Final = range(2000, 2100)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLACE: Final = re.compile(r"([0-9]{1,17})-([0-9a-f]{32})", re.ASCII)
_SCORE: Final = re.compile(r"[0-9](\.[0-9]{1,6})?", re.ASCII)


@dataclass(slots=True)
class Reading:
    """What the address asks for: `typed` as it stands there, `problems` by the field's name, `told` in words."""

    typed: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def take(self, name: str, label: str, read: Callable[[str], tuple[Any, str]], wrong: str) -> Any:
        """The value of a condition, or None; what cannot be is told beside its field."""
        text = self.typed.get(name, "")
        if not text:
            return None
        try:
            value, said = read(text)
        except (ValueError, KeyError):
            self.problems[name] = wrong
            return None
        self.told.append((_("%(what)s：%(value)s") % {"what": label, "value": said}, (name,)))
        return value


@console_page(Permission.RISK_VIEW)
def decisions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A page of them; the first one looks again by itself."""
    now = utc_now()
    reading = read(request.GET.dict(), visitor, now)
    before = place_of(reading.typed.get("before", ""))
    found = search_queries.search(visitor.shop.id, reading.values["search"], before=before, limit=SIZE)
    params = {key: value for key, value in reading.typed.items() if value}
    context: dict[str, Any] = {
        "lines": lines_of(visitor, found.rows),
        "typed": reading.typed,
        "problems": reading.problems,
        # Some fields are folded away: what is wrong with them is told above, too.
        "wrong": list(dict.fromkeys(reading.problems.values())),
        "folded_open": any(reading.typed.get(name) for name in ("rule", "order", "score_from", "score_until")),
        "scenes": list(words.SCENES.items()),
        "outcomes": [(key, label) for key, (label, _tone) in words.OUTCOMES.items()],
        "causes": list(CAUSES.items()),
        "rules": rule_choices(visitor),
        "in_force": [
            {"label": label, "href": address(params, before=None, **dict.fromkeys(names))}
            for label, names in reading.told
        ],
        "next": address(params, before=place_text(found.next)) if found.next else "",
        "newest": address(params, before=None) if before else "",
        "short": found.short,
        "live": before is None and not reading.problems,
        "reset": reverse(PAGE),
    }
    return show(request, visitor, "risk/decisions", context, page=PAGE)


def rule_choices(visitor: Visitor) -> list[tuple[str, str]]:
    """The shop's rules, by name."""
    found = rule_queries.rules(visitor.shop.id, retired=True)
    return sorted(((str(one.id), shown(one.latest.says.name)) for one in found), key=lambda one: one[1])


def read(params: Mapping[str, str], visitor: Visitor, now: datetime) -> Reading:
    """What is asked for; what cannot be is left out and told."""
    typed = {key: value.replace("\x00", "").strip()[:MAX_TEXT] for key, value in params.items()}
    reading = Reading(typed)
    wrong = _("没有这个选项")
    scene = reading.take("scene", _("场景"), lambda text: (Scene(text), str(words.SCENES[Scene(text)])), wrong)
    outcome = reading.take(
        "outcome", _("结果"), lambda text: (Outcome(text), str(words.OUTCOMES[Outcome(text)][0])), wrong
    )
    cause = reading.take("threat", _("威胁"), lambda text: (text, str(CAUSES[text])), wrong)
    names = dict(rule_choices(visitor)) if typed.get("rule") else {}
    rule = reading.take("rule", _("规则"), lambda text: (UUID(text), names[str(UUID(text))]), wrong)
    subject = reading.take(
        "order", _("订单号"), lambda text: (("order", _order_id(visitor, text)), text), _("没有这个订单")
    )  # fmt: skip
    if "order" in reading.problems:
        # Nothing is of an order that is not there.
        subject = ("order", NOBODY)
    since, until = _days(reading, visitor, now)
    low, high = (
        reading.take(name, label, _score, _("请写成 0 到 1 之间的数"))
        for name, label in (("score_from", _("风险分至少")), ("score_until", _("风险分至多")))
    )
    reading.values["search"] = DecisionSearch(
        since=since, until=until, scene=scene, outcome=outcome, rule_id=rule, cause=cause or "",
        key=_key(reading, visitor), subject=subject, score_from=low, score_until=high,
    )  # fmt: skip
    return reading


def _order_id(visitor: Visitor, number: str) -> UUID:
    try:
        return orders.order_by_number(visitor.shop.id, number).id
    except OrderNotFound:
        raise ValueError(number) from None


def _score(text: str) -> tuple[float, str]:
    if not _SCORE.fullmatch(text) or float(text) > 1:
        raise ValueError(text)
    return float(text), text


def _key(reading: Reading, visitor: Visitor) -> tuple[KeyKind, int] | None:
    """Kind and number of a key; a half of it is none."""
    kind, key = reading.typed.get("kind", ""), reading.typed.get("key", "")
    if not (kind or key):
        return None
    try:
        place = KeyKind(kind), key_number(key)
    except ValueError:
        reading.problems["key"] = _("没有这个对象")
        return KeyKind.BUYER, 0
    name = links.key_names(visitor, [place])[place]
    reading.told.append((_("%(what)s：%(value)s") % {"what": name.kind_words, "value": name.text}, ("kind", "key")))
    return place


def key_number(text: str) -> int:
    """The number of a key. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= search_queries.LARGEST):
        raise ValueError(text)
    return int(text)


def _days(reading: Reading, visitor: Visitor, now: datetime) -> tuple[datetime, datetime]:
    """From the beginning of a day to the end of one, of the shop's own time."""
    zone, wrong = ZoneInfo(visitor.shop.timezone), _("请写成 2026-01-31")

    def begin(text: str) -> tuple[datetime, str]:
        return day_begin(text, zone), text

    def end(text: str) -> tuple[datetime, str]:
        return begin(text)[0] + timedelta(days=1), text

    since = reading.take("day_from", _("从"), begin, wrong)
    until = reading.take("day_until", _("到"), end, wrong)
    soon = now + timedelta(seconds=1)
    until = min(until, soon) if until else soon
    return since or min(until, now) - BACK, until


def day_begin(text: str, zone: ZoneInfo) -> datetime:
    """The beginning of a day as it was typed. Raises ValueError."""
    day = date.fromisoformat(text) if len(text) == 10 else date.min
    if day.year not in _YEARS:
        raise ValueError(text)
    return datetime.combine(day, time(), zone)


def place_text(place: Place) -> str:
    """A place in the order of decisions, for an address."""
    return f"{(place[0] - _EPOCH) // _MICROSECOND}-{place[1].hex}"


def place_of(text: str) -> Place | None:
    """The same back; None for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, UUID(found[2])
    except OverflowError:
        return None
