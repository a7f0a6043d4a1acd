"""One card by its serial number: what became of it, never its code."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.errors import CardNotFound, InvalidBatch
from goodfor.cards.operations.extend_card import extend_card
from goodfor.cards.operations.walk import ask_revoke
from goodfor.console import card_words as words
from goodfor.console.card_forms import moment
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.cards.programs import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.orders import queries as orders


@console_page(Permission.CARDS_VIEW)
def find(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`n`: its serial number."""
    if "n" not in request.GET:
        return redirect(PAGE)
    return _card(request, visitor, _number(request.GET.get("n", "")))


@console_page(Permission.CARDS_SET, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`act`: extend (`until`) or revoke (`kept`), with a `reason`. `n`: its serial number."""
    sent, serial = request.POST, _number(request.POST.get("n", ""))
    what, shop_id, now = sent.get("act", ""), visitor.shop.id, utc_now()
    if what not in ("extend", "revoke"):
        raise InvalidInput(_("没有这个操作"))
    card = cards.card_by_serial(shop_id, serial)
    require_fresh_proof(request)
    asked: dict[str, Any] = {
        "shop_id": shop_id, "reason": sent.get("reason", "")[:200], "actor": visitor.actor, "now": now,
    }  # fmt: skip
    try:
        if what == "extend":
            until = moment(sent.get("until", ""), visitor.shop.timezone)
            if until is None:
                raise InvalidBatch(field="until")
            extend_card(serial=serial, until=until, **asked)
        else:
            ask_revoke(batch_id=card.batch.id, kept=sent.get("kept") == "1", first=serial, last=serial, **asked)
    except InvalidBatch as refused:
        return _card(request, visitor, serial, error=refused)
    here = f"{reverse('desk:card')}?{urlencode({'n': serial})}"
    return done(request, _("已延期") if what == "extend" else _("已作废"), here)


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise CardNotFound
    return int(text)


def _card(
    request: HttpRequest, visitor: Visitor, serial: int, *, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, people = visitor.shop.id, People(visitor.shop.id)
    view = cards.card_by_serial(shop_id, serial)
    may = visitor.may(Permission.CARDS_SET)
    context: dict[str, Any] = {
        "title": _("卡 %(serial)s") % {"serial": view.serial},
        "view": view,
        "state": words.CARDS[view.state],
        "uses": [(use, orders.order_view(shop_id, use.order_id).number) for use in view.uses],
        "steps": [(words.CARDS[step.to_state][0], people.name(step.actor), step.at) for step in view.steps],
        "may_extend": may and view.state in (states.ACTIVE, states.EXPIRED) and view.expires_at is not None,
        "may_revoke": may and view.state in (states.MADE, states.ACTIVE, states.EXPIRED),
        "error": words.PROBLEMS.get(str(error.data.get("field", "")), error.title) if error else "",
    }
    crumbs = [
        (_("礼品卡"), reverse(PAGE)),
        (view.program.name, reverse("desk:card-program", args=[view.program.id])),
        (view.batch.name, reverse("desk:card-batch", args=[view.batch.id])),
    ]
    status = error.http_status if error else 200
    return show(request, visitor, "cards/one", context, page=PAGE, crumbs=crumbs, status=status)
