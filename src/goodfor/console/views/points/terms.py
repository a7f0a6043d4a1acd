"""What points are worth and how they are earned: the form, what it means for a sale, and every version so far."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import points_words as words
from goodfor.console.errors import NotAllowed
from goodfor.console.finance_words import People
from goodfor.console.frame import console_page, done, show
from goodfor.console.money_fields import percent
from goodfor.console.points_forms import terms_shown, terms_typed
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Revision, Terms

PAGE: Final = "desk:points"
SHOWN: Final = 20


@console_page(Permission.POINTS_VIEW, methods=("GET", "POST"))
def points(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """POST `act`: `try` says what the terms that were typed would mean, anything else saves them."""
    if request.method != "POST":
        return _show(request, visitor)
    if not visitor.may(Permission.POINTS_SET):
        raise NotAllowed
    sent = request.POST
    try:
        terms = terms_typed(sent, visitor.shop.currency)
        if sent.get("act") == "try":
            return _show(request, visitor, sent.dict(), tried=terms)
        require_fresh_proof(request)
        set_terms(shop_id=visitor.shop.id, terms=terms, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _show(request, visitor, sent.dict(), error)
    return done(request, _("积分规则已保存，从新订单起生效"), PAGE)


def _show(
    request: HttpRequest, visitor: Visitor, typed: Mapping[str, Any] | None = None, error: DomainError | None = None,
    *, tried: Terms | None = None,
) -> HttpResponse:  # fmt: skip
    shop, found = visitor.shop, loyalty.revisions(visitor.shop.id, limit=SHOWN)
    people, errors = People(shop.id), words.errors_of(error)
    terms = found[0].terms if found else Terms()
    context = {
        "number": found[0].number if found else 0,
        "sample": sample(tried or terms, shop.currency),
        "tried": tried is not None,
        "on": (tried or terms).on,
        "rows": [_row(one, people, shop.currency) for one in found],
        "typed": typed or terms_shown(terms, shop.currency),
        "errors": errors,
        "error": error if error and not errors else None,
        "may_set": visitor.may(Permission.POINTS_SET),
    }
    status = error.http_status if error else 200
    return show(request, visitor, "points/terms", context, page=PAGE, status=status)


def sample(terms: Terms, currency: str) -> dict[str, Any]:
    """What terms mean for a sale of a hundred, in figures that are shown."""
    paid = Money.parse("100", currency)
    told = loyalty.sample(terms, paid.amount_minor)
    return {
        "paid": paid,
        "units": told.units,
        "growth": told.growth,
        "buys": Money(told.buys_minor, currency),
        "owed": Money(told.owed_minor, currency),
        "percent": percent(told.buys_minor * 10_000 // paid.amount_minor),
    }


def _row(one: Revision, people: People, currency: str) -> dict[str, Any]:
    return {"one": one, "by": people.name(one.made_by), "shown": terms_shown(one.terms, currency),
            "worth": Money(one.terms.value_centi, currency)}  # fmt: skip
