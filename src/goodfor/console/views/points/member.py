"""A buyer's points and tier: what they hold, every movement, where they stand; and giving, taking and granting."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import points_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.money_fields import date_of, text_of, whole_of
from goodfor.console.points_forms import signed_of
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.errors import MoveDiffers
from goodfor.loyalty.operations.adjust_units import adjust_units
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.types import GRANTED, GROWTH, EntryView, Holder, MemberView
from goodfor.orders import queries as orders

PAGE: Final = "desk:buyers"
HERE: Final = "desk:buyer-points"
SHOWN: Final = 30
#: Points that a person gives or takes at once.
MOST: Final = 1_000_000


def buyer_of_ref(shop_id: UUID, ref: str | None, contact: str) -> UUID | None:
    """The account that orders name, else the one that a contact opens; None for neither."""
    named = ref if ref and ref.startswith("buyer:") else identity.ref_of_contact(shop_id, contact) if contact else ""
    buyer_id = uuid_of(named.removeprefix("buyer:")) if named else None
    return buyer_id if buyer_id and identity.registered_at(shop_id, buyer_id) else None


def held(visitor: Visitor, buyer_id: UUID) -> dict[str, Any]:
    """What somebody holds, in figures, and their tier."""
    shop, now = visitor.shop, utc_now()
    points = loyalty.balance(shop.id, Holder(buyer_id), now)
    ends = loyalty.expiring(shop.id, Holder(buyer_id), now, within=timedelta(days=400))
    return {
        "points": points,
        "buys": Money(loyalty.worth_of(shop.id, points.available, now), shop.currency),
        "ends": ends[0] if ends else None,
        "growth": loyalty.balance(shop.id, Holder(buyer_id, GROWTH), now).available,
        "member": loyalty.member(shop.id, buyer_id, now),
        "href": reverse(HERE, args=[buyer_id]),
    }


@console_page(Permission.POINTS_VIEW)
def member(request: HttpRequest, visitor: Visitor, buyer_id: UUID) -> HttpResponse:
    """All of it on one page."""
    return _show(request, visitor, buyer_id)


@console_page(Permission.POINTS_ADJUST, methods=("POST",))
def adjust(request: HttpRequest, visitor: Visitor, buyer_id: UUID) -> HttpResponse:
    """Give points (`units` above 0) or take them. `request`: made with the form, so that sent twice it is once."""
    shop, now, sent = visitor.shop, utc_now(), request.POST
    identity.buyer_view(shop.id, buyer_id)
    require_fresh_proof(request)
    try:
        units, asked = signed_of(sent, "units", MOST), uuid_of(sent.get("request", ""))
        if asked is None:
            raise InvalidInput(_("请刷新页面再提交"))
        minor, ends = loyalty.present(shop.id, units, now) if units > 0 else (0, None)
        made = adjust_units(
            shop_id=shop.id, holder=Holder(buyer_id), units=units, request=str(asked), reason=text_of(sent, "reason"),
            actor=visitor.actor, currency=shop.currency, minor=minor, expires_at=ends, now=now,
        )  # fmt: skip
    except DomainError as error:
        return _show(request, visitor, buyer_id, sent.dict(), error)
    told = _("这次调整之前已经做过了") if made.again else _("积分已调整")
    return done(request, told, reverse(HERE, args=[buyer_id]))


@console_page(Permission.POINTS_ADJUST, methods=("POST",))
def grant(request: HttpRequest, visitor: Visitor, buyer_id: UUID) -> HttpResponse:
    """A tier until the end of a day. Granted already until then, it is not granted once more."""
    shop, now, sent = visitor.shop, utc_now(), request.POST
    identity.buyer_view(shop.id, buyer_id)
    require_fresh_proof(request)
    try:
        rank, until = whole_of(sent, "rank", 0, 100), _end_of(visitor, sent)
        stands = loyalty.member(shop.id, buyer_id, now)
        before = stands.standing if stands else None
        if before is None or (before.rank, before.until, before.source) != (rank, until, GRANTED):
            grant_tier(
                shop_id=shop.id, owner=buyer_id, rank=rank, until=until, reason=text_of(sent, "reason"),
                actor=visitor.actor, now=now,
            )  # fmt: skip
    except DomainError as error:
        return _show(request, visitor, buyer_id, sent.dict(), error)
    return done(request, _("等级已给，到期后按会员自己的情况评定"), reverse(HERE, args=[buyer_id]))


def _end_of(visitor: Visitor, sent: Mapping[str, str]) -> datetime:
    """As the day after the one that was chosen begins, by the shop's clock."""
    day = date_of(sent, "until")
    if day is None:
        raise InvalidInput(_("请选择日期"), field="until")
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(visitor.shop.timezone))


def _show(
    request: HttpRequest, visitor: Visitor, buyer_id: UUID, typed: Mapping[str, Any] | None = None,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    shop, buyer = visitor.shop, identity.buyer_view(visitor.shop.id, buyer_id)
    here, typed = held(visitor, buyer_id), typed or {}
    stands: MemberView | None = here["member"]
    errors, form = words.errors_of(error), "adjust" if "units" in typed else "grant"
    # A request that was used for another number is not asked for again.
    kept = None if isinstance(error, MoveDiffers) else uuid_of(str(typed.get("request", "")))
    context = {
        "title": _("会员积分与等级"),
        "buyer": buyer,
        "held": here,
        "stands": _stands(stands, shop.currency) if stands else None,
        "entries": _entries(shop.id, loyalty.statement(shop.id, Holder(buyer_id), limit=SHOWN)),
        "steps": [words.step_row(stands.tiers, one, shop.currency) for one in loyalty.steps_of(shop.id, buyer_id)]
        if stands else [],
        "ranks": [(str(rank), tier.name) for rank, tier in enumerate(stands.tiers.tiers) if rank] if stands else [],
        # Both forms have a reason: what was typed, and what is wrong with it, is said at the one that was sent.
        "typed": {form: typed},
        "errors": {form: errors},
        "request_id": kept or uuid7(),
        "error": error if error and not errors else None,
        "may_adjust": visitor.may(Permission.POINTS_ADJUST),
    }  # fmt: skip
    crumbs = [(_("买家查询"), reverse(PAGE))] if visitor.may(Permission.BUYERS_VIEW) else []
    status = error.http_status if error else 200
    return show(request, visitor, "points/member", context, page=PAGE, crumbs=crumbs, status=status)


def _stands(view: MemberView, currency: str) -> dict[str, Any]:
    """A member's tier with its figures written out."""
    above = view.next_tier
    return {
        "view": view,
        "amount": words.counted(view.tiers, view.amount, currency),
        "metric": words.METRICS[view.tiers.metric],
        "source": words.SOURCES[view.standing.source],
        "next": above.name if above else "",
        "missing": words.counted(view.tiers, view.to_next or 0, currency),
        "to_keep": words.counted(view.tiers, view.to_keep, currency) if view.to_keep else "",
        "falls_to": view.tiers.tiers[view.projected].name if view.projected < view.standing.rank else "",
    }


def _entries(shop_id: UUID, entries: list[EntryView]) -> list[dict[str, Any]]:
    """Lines of the statement, with the orders that they are of."""
    of = {one.id: uuid_of(one.source.id) for one in entries if one.source.kind == "order"}
    numbers = {one.id: one.number for one in orders.desk_orders(shop_id, [id_ for id_ in of.values() if id_])}
    return [
        {
            "one": one,
            "said": loyalty.said(one),
            "order": numbers.get(order_id, "") if (order_id := of.get(one.id)) else "",
        }
        for one in entries
    ]
