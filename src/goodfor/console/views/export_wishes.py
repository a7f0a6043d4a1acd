"""What takes two, for the second person: who wants to take away what, and why."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import queries, wishing, words
from goodfor.console.errors import ExportNotFound, NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.spec import REGISTRY
from goodfor.console.operations.wish import decide_wish, withdraw_wish
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor, WishView
from goodfor.console.wish_queries import wish_by_id, wishes
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission, Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.vault import queries as stock

PAGE: Final = "desk:export-wishes"


@console_page(Permission.RISK_REVIEW)
def wishes_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Those that wait, and the latest that do not."""
    names = {one.id: one.username for one in identity.staff_of_shop(visitor.shop.id)}
    rows = [_row(visitor, one, names) for one in wishes(visitor.shop.id)]
    others = [row for row in rows if not row["waits"]]
    context = {
        "waiting": [row for row in rows if row["waits"]],
        "others": others,
        "stoppable": any(row["may_stop"] for row in others),
    }
    return show(request, visitor, "export_wishes", context, page=PAGE)


def _row(visitor: Visitor, one: WishView, names: dict[UUID, str]) -> dict[str, Any]:
    label, tone = words.WISH_STATES[one.state]
    waits = one.state == "asked" and one.due_at > utc_now()
    what, who = _what(visitor, one), names.get(one.staff_id, "")
    return {
        "wish": one,
        "what": what,
        "title": _("%(what)s：%(value)s") % {"what": who, "value": what},
        "kind": words.WISH_KINDS[one.kind],
        "many": f"{wishing.MOST_ROWS:,}+" if one.kind == wishing.LIST else f"{one.rows:,}",
        "who": who,
        "by": names.get(one.decided_by, "") if one.decided_by else "",
        "state": label,
        "tone": tone,
        "waits": waits,
        "opens": one.state == "approved" and one.open_until is not None and one.open_until > utc_now(),
        "mine": one.staff_id == visitor.staff.id,
        "may_stop": one.state in ("asked", "approved") and _may_stop(visitor, one),
    }


def _what(visitor: Visitor, one: WishView) -> str:
    if one.kind == wishing.CODES:
        return next((found.batch.filename for found in stock.batches_by_ids(visitor.shop.id, [one.subject_id])), "")
    try:
        return str(REGISTRY[queries.export(visitor.shop.id, one.subject_id).listing].title)
    except (ExportNotFound, KeyError):
        return ""


def _may_stop(visitor: Visitor, one: WishView) -> bool:
    return one.staff_id == visitor.staff.id or visitor.staff.role == Role.OWNER


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def wish(request: HttpRequest, visitor: Visitor, wish_id: UUID) -> HttpResponse:
    """Yes, no, or stop; never to one's own."""
    found, asked, now = wish_by_id(visitor.shop.id, wish_id), request.POST.get("act", ""), utc_now()
    if asked == "stop":
        if not _may_stop(visitor, found):
            raise NotAllowed
        withdraw_wish(shop_id=visitor.shop.id, wish_id=wish_id, actor=visitor.actor, now=now)
        return done(request, _("已停止"), reverse(PAGE))
    if asked not in ("approve", "refuse"):
        raise InvalidInput(_("没有这个操作"))
    if asked == "approve":
        require_fresh_proof(request)
    decide_wish(
        shop_id=visitor.shop.id, wish_id=wish_id, staff=visitor.staff, approve=asked == "approve", now=now
    )  # fmt: skip
    return done(request, _("已批准，一小时内可取一次") if asked == "approve" else _("已拒绝"), reverse(PAGE))
