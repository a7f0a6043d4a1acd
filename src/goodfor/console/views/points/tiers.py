"""The tiers of a shop: what leads to each, what keeps it, and what it gives."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import points_forms as forms
from goodfor.console import points_words as words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import TierSet
from goodfor.promotions import queries as promotions

PAGE: Final = "desk:tiers"


@console_page(Permission.POINTS_VIEW, methods=("GET", "POST"))
def tiers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The tiers in force, and their form for those who may set them."""
    if request.method != "POST":
        return _show(request, visitor)
    if not visitor.may(Permission.POINTS_SET):
        raise NotAllowed
    require_fresh_proof(request)
    sent, rows = request.POST, list[int]()
    try:
        wanted, rows = forms.tiers_typed(sent, visitor.shop.currency)
        set_tiers(shop_id=visitor.shop.id, tiers=wanted, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _show(request, visitor, sent.dict(), error, rows)
    return done(request, _("会员等级已保存，会员当天按它重新评定"), PAGE)


def _show(
    request: HttpRequest, visitor: Visitor, typed: Mapping[str, Any] | None = None, error: DomainError | None = None,
    rows: list[int] | None = None,
) -> HttpResponse:  # fmt: skip
    currency, held = visitor.shop.currency, loyalty.tiers_of(visitor.shop.id)
    errors = {forms.in_form(name, rows or []): text for name, text in words.errors_of(error).items()}
    typed = typed if typed is not None else forms.tiers_shown(held or TierSet(), currency)
    now = utc_now()
    batches = {str(one.id): one.name for one in promotions.claim_batches(visitor.shop.id, now)}
    shown = forms.tier_rows(typed, errors, batches)
    named = (*forms.FIELDS, forms.COUPONS)
    fields = {"metric", "valid_days", "grace_days", *(f"{name}_{row['n']}" for row in shown for name in named)}
    context = {
        "held": held,
        "metric": words.METRICS[held.metric] if held else "",
        "window": words.WINDOWS[held.window] if held else "",
        "tiers": [
            {
                "tier": tier, "qualify": words.counted(held, tier.qualify, currency),
                "keep": words.counted(held, tier.keep, currency), "perks": loyalty.perks_of(tier),
            }
            for tier in held.tiers
        ] if held else [],
        "typed": typed,
        "rows": shown,
        "errors": errors,
        "error": error if error and not fields & errors.keys() else None,
        "metrics": list(words.METRICS.items()),
        "windows": list(words.WINDOWS.items()),
        "may_set": visitor.may(Permission.POINTS_SET),
    }  # fmt: skip
    return show(request, visitor, "points/tiers", context, page=PAGE, status=error.http_status if error else 200)
