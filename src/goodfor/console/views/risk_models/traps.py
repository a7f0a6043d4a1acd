"""Codes that nobody was ever given, and codes of the stock that nobody can buy: planted, met by whom, taken away."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodfor.console import risk_links as links
from goodfor.console import risk_model_words as words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.operations.plant_in_batch import MOST as MOST_CANARIES
from goodfor.console.operations.plant_in_batch import plant_in_batch
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.console.views.risk_models.models import whole
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.risk import door_queries
from goodfor.risk.doors import codes
from goodfor.risk.doors.desk import PlantedView, canaries, honeypots
from goodfor.risk.errors import NotPlanted
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.retire_planted import retire_canary, retire_honeypot
from goodfor.risk.wording_doors import DOOR_WORDS, PLACE_WORDS
from goodfor.vault import queries as stock
from goodfor.vault.errors import BatchNotFound

PAGE: Final = "desk:risk-traps"
HONEYPOTS: Final = "honeypots"
CANARIES: Final = "canaries"
TABS: Final = (HONEYPOTS, CANARIES)
MOST_HONEYPOTS: Final = 100
#: Who met one is told so far back.
BACK: Final = timedelta(days=400)
MAX_WHY: Final = 200
BATCHES: Final = 50
#: So many planted ones are looked at, the newest.
LISTED: Final = 2000
#: So many stand on the page.
SHOWN: Final = 200


@console_page(Permission.RISK_VIEW)
def traps(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What is planted and who met it; `tab`: honeypots or canaries; `retired=1`: also what was taken away."""
    return _traps(request, visitor)


def _traps(
    request: HttpRequest, visitor: Visitor, *, tab: str = "", error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    asked = tab or request.GET.get("tab", "")
    tab = asked if asked in TABS else HONEYPOTS
    retired = request.GET.get("retired") == "1"
    every = (honeypots if tab == HONEYPOTS else canaries)(shop_id=shop_id, retired=True, limit=LISTED)
    found = [one for one in every if retired or one.retired_at is None]
    met = defaultdict(list)
    for one in door_queries.meetings(shop_id, since=now - BACK):
        met[one.planted_id].append(one)
    may_set = visitor.may(Permission.RISK_SET)
    here = reverse(PAGE)
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [
            {"key": HONEYPOTS, "label": _("诱饵码"), "href": f"{here}?tab={HONEYPOTS}"},
            {"key": CANARIES, "label": _("金丝雀卡密"), "href": f"{here}?tab={CANARIES}"},
        ],
        "retired": retired,
        "figures": {
            "live": sum(one.retired_at is None for one in every),
            "retired": sum(one.retired_at is not None for one in every),
            "met": sum(one.met > 0 for one in every), "times": sum(one.met for one in every),
        },
        "rows": _rows(visitor, found[:SHOWN], tab),
        "more": max(0, len(found) - SHOWN),
        "meetings": _meetings(visitor, [one for each in every for one in met[each.id]], every),
        "may_set": may_set,
        "batches": _batches(visitor) if may_set else [],
        "most": MOST_HONEYPOTS if tab == HONEYPOTS else MOST_CANARIES,
        "typed": request.POST.dict() if error else {},
        "wrong": str(error.data.get("field", "")) if error else "",
        "error": words.wrong(error) if error else "",
    }  # fmt: skip
    return show(request, visitor, "risk_models/traps", context, page=PAGE, status=error.http_status if error else 200)


def _rows(visitor: Visitor, found: Sequence[PlantedView], tab: str) -> list[dict[str, Any]]:
    people = People(visitor.shop.id)
    names = sku_names(visitor.shop.id, [one.sku_id for one in found if one.sku_id])
    return [
        {
            "one": one, "by": people.name(one.planted_by), "sku": names.get(one.sku_id, "") if one.sku_id else "",
            "name": f"…{one.name}" if tab == HONEYPOTS else _name(one),
            "place": str(PLACE_WORDS.get(one.name, one.name)) if tab == CANARIES else "",
        }
        for one in found
    ]  # fmt: skip


def _name(one: PlantedView) -> str:
    """A canary is told by the end of its id: its text is nobody's business."""
    return f"…{one.id.hex[-4:]}"


def _meetings(
    visitor: Visitor, found: Sequence[door_queries.MeetingView], every: Sequence[PlantedView]
) -> list[dict[str, Any]]:  # fmt: skip
    """Who met one, the latest first, by the names that keys have."""
    names = links.key_names(visitor, [key for one in found for key in one.keys])
    planted = {one.id: one for one in every}
    return [
        {
            "one": one, "who": [names[key] for key in one.keys],
            "place": DOOR_WORDS.get(one.place) or PLACE_WORDS.get(one.place, one.place),
            "name": f"…{planted[one.planted_id].name}" if planted[one.planted_id].sku_id is None
            else _name(planted[one.planted_id]),
        }
        for one in sorted(found, key=lambda one: one.last_at, reverse=True)
    ]  # fmt: skip


def _batches(visitor: Visitor) -> list[tuple[str, str]]:
    """The latest batches, by what they are called and what is in them."""
    rows = stock.batches(visitor.shop.id, limit=BATCHES)
    names = sku_names(visitor.shop.id, [one.sku_id for one in rows])
    return [(str(one.id), f"{names.get(one.sku_id, '')} · {one.filename}") for one in rows]


@console_page(Permission.RISK_SET, methods=("POST",))
@step_up
def plant_codes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Honeypots: new codes, which stand in the answer to this form and nowhere else."""
    sent = request.POST
    batch, why = sent.get("batch", "").replace("\x00", "").strip(), _why(request)
    try:
        count = whole(sent.get("count", ""), 0)
        if not 1 <= count <= MOST_HONEYPOTS:
            raise InvalidInput(field="count")
        if not why:
            raise InvalidInput(field="reason")
        if batch and batch not in dict(_batches(visitor)):
            raise InvalidInput(field="batch")
        made = plant_honeypots(
            shop_id=visitor.shop.id, count=count, batch=batch, why=why, actor=visitor.actor, now=utc_now()
        )  # fmt: skip
    except DomainError as error:
        return _traps(request, visitor, tab=HONEYPOTS, error=error)
    context = {
        "title": ngettext("布设了 %(n)d 个诱饵码", "布设了 %(n)d 个诱饵码", count) % {"n": count},
        "codes": "\n".join(codes.shown(code) for code in made), "rows": min(len(made), 20),
    }  # fmt: skip
    return show(
        request, visitor, "risk_models/planted", context, page=PAGE, crumbs=[(_("诱饵与金丝雀"), reverse(PAGE))]
    )


@console_page(Permission.RISK_SET, methods=("POST",))
def plant_stock(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Canaries: `count` codes of `batch`, chosen by chance, are never sold from now on. Nobody is told which."""
    require_fresh_proof(request)
    sent = request.POST
    try:
        batch_id = _batch_id(visitor, sent.get("batch", ""))
        count = plant_in_batch(
            shop_id=visitor.shop.id, batch_id=batch_id, count=whole(sent.get("count", ""), 0), why=_why(request),
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _traps(request, visitor, tab=CANARIES, error=error)
    said = ngettext("%(n)d 个卡密成了金丝雀，不会再卖出", "%(n)d 个卡密成了金丝雀，不会再卖出", count) % {"n": count}
    return done(request, said, f"{reverse(PAGE)}?tab={CANARIES}")


def _batch_id(visitor: Visitor, text: str) -> UUID:
    try:
        return stock.batch_by_id(visitor.shop.id, UUID(text)).id
    except (ValueError, BatchNotFound):
        raise InvalidInput(field="batch") from None


def _why(request: HttpRequest) -> str:
    return request.POST.get("why", "").replace("\x00", "").strip()[:MAX_WHY]


@console_page(Permission.RISK_SET, methods=("POST",))
def retire(request: HttpRequest, visitor: Visitor, planted_id: UUID) -> HttpResponse:
    """It raises no alarm any more; a code of the stock is not sold all the same."""
    require_fresh_proof(request)
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": utc_now()}
    try:
        retire_honeypot(**told, honeypot_id=planted_id)
        tab = HONEYPOTS
    except NotPlanted:
        retire_canary(**told, canary_id=planted_id)
        tab = CANARIES
    return done(request, _("已撤下，不再报警，记录还在"), f"{reverse(PAGE)}?tab={tab}")
