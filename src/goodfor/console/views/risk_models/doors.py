"""Doors at which people guess: what comes to them, who is locked out, which ones ask everybody; letting in again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import risk_links as links
from goodfor.console import risk_model_words as words
from goodfor.console.client import address_of
from goodfor.console.devices import device_id
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk import door_queries
from goodfor.risk.door_queries import BreakerView, DoorHourView, LockedView
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By
from goodfor.risk.errors import NotLocked
from goodfor.risk.operations.close_breaker import LONGEST, close_breaker
from goodfor.risk.operations.unlock_key import unlock_key
from goodfor.risk.wording_doors import ATTACK_WORDS, DOOR_WORDS, KEY_WORDS

PAGE: Final = "desk:risk-doors"
SPANS: Final = {"24h": timedelta(hours=24), "7d": timedelta(days=7)}
#: So many locked keys stand on the page, the longest first.
LOCKED: Final = 100
MAX_TYPED: Final = 120
_HOUR: Final = timedelta(hours=1)
_LARGEST: Final = (1 << 63) - 1


@console_page(Permission.RISK_VIEW)
def doors(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them, over a day or a week; `door`: only that one in the chart."""
    return _doors(request, visitor)


@console_page(Permission.RISK_VIEW, methods=("POST",), looking=True)
def find(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where a text is locked out: an address, an account, a device. It is hashed, and stands in no address."""
    typed = request.POST.get("q", "").replace("\x00", "").strip()[:MAX_TYPED]
    return _doors(request, visitor, typed=typed)


def _doors(
    request: HttpRequest, visitor: Visitor, *, typed: str = "", error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    span, door = request.GET.get("span", ""), request.GET.get("door", "")
    span, door = span if span in SPANS else "24h", door if door in DOORS else ""
    since = now.replace(minute=0, second=0, microsecond=0) + _HOUR - SPANS[span]
    hours = door_queries.door_hours(shop_id, since=since, until=now + _HOUR)
    only = door_queries.keys_of_text(shop_id, typed) if typed else None
    locked = door_queries.locked_keys(shop_id, now=now, only=only, limit=LOCKED)
    open_ones = door_queries.breakers(shop_id, now=now)
    may_unlock, may_close = visitor.may(Permission.RISK_REVIEW), visitor.may(Permission.RISK_SET)
    context: dict[str, Any] = {
        "span": span,
        "door": door,
        "tabs": [
            {"key": key, "label": label, "href": _here(door, key)}
            for key, label in (("24h", _("24 小时")), ("7d", _("7 天")))
        ],
        "rows": _rows(hours, door_queries.locked_by_door(shop_id, now=now), open_ones, span),
        "chart": _chart([one for one in hours if door in ("", one.door)], since, now, visitor.shop.timezone),
        "chart_of": DOOR_WORDS[door] if door else "",
        "all_doors": _here("", span) if door else "",
        "breakers": [_breaker(one) for one in open_ones],
        "locked": [_locked(one) for one in locked],
        "most": LOCKED,
        "capped": len(locked) >= LOCKED,
        "looked": bool(typed),
        "stuffing": [
            (KEY_WORDS[one.by.name.lower()] if one.by else _("同一密码"), f"…{str(one.key)[-4:]}", one)
            for one in door_queries.stuffing(shop_id, now=now)
        ],
        "stuffing_href": links.decisions_page(threat="stuffing"),
        "may_unlock": may_unlock,
        "may_close": may_close,
        "longest": LONGEST,
        "error": words.wrong(error) if error else "",
    }
    return show(request, visitor, "risk_models/doors", context, page=PAGE, status=error.http_status if error else 200)


def _here(door: str, span: str) -> str:
    return links.page_of(PAGE, door=door, span="" if span == "24h" else span)


def _rows(
    hours: Sequence[DoorHourView], locked: Mapping[str, tuple[int, datetime]], breakers: Sequence[BreakerView],
    span: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """A line of each door."""
    rows = []
    for name in DOORS:
        mine = [one for one in hours if one.door == name]
        right, wrong, refused, asked = (
            sum(getattr(one, what) for one in mine) for what in ("right", "wrong", "refused", "asked")
        )
        many, until = locked.get(name, (0, None))
        rows.append(
            {
                "name": name, "words": DOOR_WORDS[name], "href": _here(name, span), "right": right, "wrong": wrong,
                "refused": refused, "asked": asked, "tries": right + wrong + refused + asked,
                "locked": many, "longest": until,
                "attacked": any(one.open for one in breakers if one.door == name),
            }
        )  # fmt: skip
    return rows


def _breaker(one: BreakerView) -> dict[str, Any]:
    return {"one": one, "door": DOOR_WORDS[one.door], "why": ATTACK_WORDS.get(one.why, "")}


def _locked(one: LockedView) -> dict[str, Any]:
    # Others are in a network too: it is asked, not refused.
    return {
        "one": one, "door": DOOR_WORDS[one.door], "by": one.by.name.lower(), "kind": KEY_WORDS[one.by.name.lower()],
        "end": str(one.key)[-4:], "asks": one.by is By.NETWORK,
    }  # fmt: skip


def _chart(hours: Sequence[DoorHourView], since: datetime, now: datetime, timezone: str) -> dict[str, Any]:
    """What came, an hour a bar."""
    zone, sums = ZoneInfo(timezone), dict[datetime, list[int]]()
    for one in hours:
        found = sums.setdefault(one.hour, [0, 0, 0, 0])
        sums[one.hour] = [a + b for a, b in zip(found, (one.right, one.wrong, one.asked, one.refused), strict=True)]
    text = "%H:00" if now - since <= SPANS["24h"] else "%m-%d %H:00"
    at, rows = since, []
    while at <= now:
        rows.append([at.astimezone(zone).strftime(text), *sums.get(at, (0, 0, 0, 0))])
        at += _HOUR
    return {
        "kind": "bar", "stacked": True, "format": "number", "unit": _("次"),
        "tones": ["green", "amber", "plain", "red"],
        "columns": [_("时间"), _("对了"), _("错了"), _("要求验证"), pgettext("state", "拒绝")], "rows": rows,
    }  # fmt: skip


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def unlock(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`door`, `by` and `key` of a locked key, and why."""
    sent = request.POST
    try:
        by = _by(sent.get("by", ""))
        unlock_key(
            shop_id=visitor.shop.id, door=sent.get("door", ""), by=by, key=_number(sent.get("key", "")),
            reason=_reason(request), actor=visitor.actor, now=utc_now(), own=_own(request, visitor),
        )  # fmt: skip
    except DomainError as error:
        return _doors(request, visitor, error=error)
    return done(request, _("已解锁，错误次数从头计"), reverse(PAGE))


@console_page(Permission.RISK_SET, methods=("POST",))
def close(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`door` and `scope` of an open breaker, and why."""
    require_fresh_proof(request)
    sent = request.POST
    try:
        close_breaker(
            shop_id=visitor.shop.id, door=sent.get("door", ""), scope=_number(sent.get("scope", "")),
            reason=_reason(request), actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _doors(request, visitor, error=error)
    return done(request, _("不再要求所有人验证；还有人猜就会再打开"), reverse(PAGE))


def _own(request: HttpRequest, visitor: Visitor) -> list[tuple[By, int]]:
    """By what doors know the browser of who asks: whoever guesses there may not begin anew as often as they like."""
    texts = (address_of(request), device_id(request), visitor.actor)
    return [key for text in texts if text for key in door_queries.keys_of_text(visitor.shop.id, text)]


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "").strip()


def _by(text: str) -> By:
    try:
        return By[text.upper()]
    except KeyError:
        raise NotLocked from None


def _number(text: str) -> int:
    """A key, or a scope. Raises NotLocked."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= _LARGEST):
        raise NotLocked
    return int(text)
