"""How many browsers come, look at a product, begin to check out: counted without knowing any of them.

A cookie tells what its browser was counted for today: a date and at most three letters, nothing that would tell two
browsers apart. Counts wait in memory for some seconds and are added to the day's row together; what a killed process
had not written is lost, which no figure of money hangs on. Programs that say so are not counted; a browser that takes
no cookies is counted anew at each page.
"""

import re
import threading
import time
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from goodfor.insights.operations.note_visits import note_visits
from goodfor.insights.types import CAME, CHECKED_OUT, LOOKED, NONE, Seen, day_of
from goodfor.kernel.clock import utc_now
from goodfor.storefront.client import scheme_and_host

COOKIE: Final = "gf_day"
#: So long counts are gathered while visits follow each other; after a pause one is written at once.
GATHERED_SECONDS: Final = 10.0
_LETTERS: Final = {CAME: "v", LOOKED: "p", CHECKED_OUT: "c"}
_KEPT: Final = re.compile(r"[0-9]{8}[vpc]{1,3}\Z")
_PROGRAM: Final = re.compile(r"bot|spider|crawl|slurp|curl|wget|python|http-client|okhttp|headless|monitor", re.I)
log = structlog.get_logger(__name__)


class Tally:
    """The counts of a process that are not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[UUID, date, str, UUID], list[int]] = {}
        self._written = float("-inf")

    def add(self, key: tuple[UUID, date, str, UUID], *, visitors: int, views: int) -> None:
        """Some more."""
        with self._lock:
            counted = self._counts.setdefault(key, [0, 0])
            counted[0] += visitors
            counted[1] += views

    def due(self) -> list[Seen]:
        """What is to be written now, taken out; nothing while it is gathered."""
        with self._lock:
            if not self._counts or time.monotonic() - self._written < GATHERED_SECONDS:
                return []
            taken, self._counts, self._written = self._counts, {}, time.monotonic()
        return [Seen(*key, *counted) for key, counted in taken.items()]


tally: Final = Tally()


def count(request: HttpRequest, response: HttpResponse, step: str, product_id: UUID = NONE) -> None:
    """Count a page that was shown; never raises for a database that is away."""
    shop = getattr(request, "shop", None)
    if not settings.GOODFOR_COUNT_VISITS or shop is None or not _is_visit(request, response):
        return
    today = day_of(utc_now())
    seen = _seen(request, today)
    fresh = [one for one in dict.fromkeys((CAME, step)) if _LETTERS[one] not in seen]
    for one in fresh:
        tally.add((shop.id, today, one, NONE), visitors=1, views=0)
    tally.add((shop.id, today, step, product_id), visitors=0, views=1)
    if fresh:
        response.set_cookie(
            COOKIE, f"{today:%Y%m%d}{seen}{''.join(_LETTERS[one] for one in fresh)}", max_age=86_400, path="/",
            secure=scheme_and_host(request).startswith("https:"), httponly=True, samesite="Lax",
        )  # fmt: skip
    try:
        if due := tally.due():
            note_visits(seen=due)
    except DatabaseError as error:
        log.warning("visits_lost", error=type(error).__name__)


def _is_visit(request: HttpRequest, response: HttpResponse) -> bool:
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    ahead = "prefetch" in str(request.META.get("HTTP_SEC_PURPOSE", request.META.get("HTTP_PURPOSE", "")))
    return request.method == "GET" and response.status_code == 200 and not ahead and not _is_program(agent)


def _is_program(agent: str) -> bool:
    return not agent or _PROGRAM.search(agent[:400]) is not None


def _seen(request: HttpRequest, today: date) -> str:
    kept = request.COOKIES.get(COOKIE, "")
    return kept[8:] if _KEPT.match(kept) and kept[:8] == f"{today:%Y%m%d}" else ""
