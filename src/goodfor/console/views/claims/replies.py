"""The prepared replies: those of the shop, or those that ship."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.set_snippets import MAX_LABEL, MAX_TEXT, set_snippets
from goodfor.aftersales.queries import SNIPPET_PLACES, SnippetText
from goodfor.console import claim_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

CLAIMS: Final = "desk:claims"
#: Empty places for new ones below those that there are.
MORE: Final = 3


def prepared(shop_id: UUID) -> list[SnippetText]:
    """What the staff of a shop have at hand."""
    own = aftersales.snippets(shop_id)
    return own or [SnippetText(str(one.label), str(one.text)) for one in words.SNIPPETS]


@console_page(Permission.PROMISES_SET, methods=("GET", "POST"))
def replies(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them in one form; whoever empties one takes it away."""
    shop_id = visitor.shop.id
    if request.method != "POST":
        return _replies(request, visitor, prepared(shop_id))
    typed = [
        SnippetText(label.replace("\x00", "").strip(), text.replace("\x00", "").replace("\r\n", "\n").strip())
        for label, text in zip(request.POST.getlist("label"), request.POST.getlist("text"), strict=False)
    ]
    kept = [] if request.POST.get("act") == "reset" else [one for one in typed if one.label or one.text]
    try:
        set_snippets(shop_id=shop_id, snippets=kept, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _replies(request, visitor, kept, error)
    return done(request, _("常用回复已保存"), reverse("desk:claim-replies"))


def _replies(
    request: HttpRequest, visitor: Visitor, shown: list[SnippetText], error: DomainError | None = None
) -> HttpResponse:
    rows: list[Any] = [*shown, *(SnippetText("", "") for _one in range(MORE))]
    wrong = error.data.get("field") if error else None
    context = {
        "title": _("常用回复"),
        "rows": [(one, error.detail if error and place == wrong else "") for place, one in enumerate(rows)],
        "own": bool(aftersales.snippets(visitor.shop.id)),
        "places": [(f"{{{name}}}", words.PLACES[name]) for name in SNIPPET_PLACES],
        "most_label": MAX_LABEL,
        "most": MAX_TEXT,
        "error": error,
    }
    crumbs = [(_("售后工单"), reverse(CLAIMS))]
    status = error.http_status if error else 200
    return show(request, visitor, "claims/replies", context, page=CLAIMS, crumbs=crumbs, status=status)
