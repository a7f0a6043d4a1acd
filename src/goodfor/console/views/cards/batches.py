"""A batch of cards: made, exported, made good and revoked, each by who may, some by two."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.errors import InvalidBatch
from goodfor.cards.operations.export_codes import allow_export, ask_export, export_codes
from goodfor.cards.operations.make_batch import make_batch
from goodfor.cards.operations.walk import activate_cards, allow_revoke, ask_revoke, drop_revoke
from goodfor.cards.types import BatchView, WalkView
from goodfor.console import card_words as words
from goodfor.console.card_forms import BatchForm
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.cards.programs import PAGE, problem
from goodfor.console.views.code_forms import uuid_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput

#: Above so many cards they are not counted on the page: of a million it takes a moment.
COUNTED: Final = 50_000


@console_page(Permission.CARDS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor, card_program_id: UUID) -> HttpResponse:
    """A new batch."""
    view = cards.program(visitor.shop.id, card_program_id)
    form = BatchForm(request.POST if request.method == "POST" else None)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(view, visitor.shop.timezone)
                made = make_batch(shop_id=visitor.shop.id, wish=wish, actor=visitor.actor, now=utc_now())
                said = _("正在做卡，一百万张大约一分钟；做好后导出印刷，再激活")
                return done(request, said, reverse("desk:card-batch", args=[made.id]))
            except DomainError as refused:
                error, status = problem(form, refused), refused.http_status
    here = reverse("desk:card-program", args=[view.id])
    crumbs = [(_("礼品卡"), reverse(PAGE)), (view.name, here)]
    context = {"title": _("新的一批卡"), "form": form, "error": error, "back": here}
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.CARDS_VIEW)
def batch(request: HttpRequest, visitor: Visitor, card_batch_id: UUID) -> HttpResponse:
    """How far it is, what was done with it, and what may be done."""
    return _batch(request, visitor, card_batch_id)


@console_page(Permission.CARDS_SET, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, card_batch_id: UUID) -> HttpResponse:
    """`act`: ask, allow, take (the codes); activate; revoke, revoke-allow, revoke-drop. `first`, `last`: serials."""
    what, here = request.POST.get("act", ""), reverse("desk:card-batch", args=[card_batch_id])
    asked: dict[str, Any] = {
        "shop_id": visitor.shop.id, "batch_id": card_batch_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    cards.batch(visitor.shop.id, card_batch_id)
    if what not in ("ask", "allow", "take", "activate", "revoke", "revoke-allow", "revoke-drop"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    try:
        if what == "take":
            return _file(card_batch_id, export_codes(**asked))
        return done(request, _do(request, what, asked), here)
    except InvalidBatch as refused:
        return _batch(request, visitor, card_batch_id, error=refused)


def _do(request: HttpRequest, what: str, asked: dict[str, Any]) -> str:
    """Do it, and what to say then."""
    sent = request.POST
    if what == "ask":
        return _("现在可以导出") if ask_export(**asked) else _("等另一位同事同意后导出")
    if what == "allow":
        allow_export(**asked)
        return _("已同意，请申请的人来导出")
    if what == "activate":
        return _said(activate_cards(**asked, first=_serial(sent.get("first", "")), last=_serial(sent.get("last", ""))))
    if what == "revoke":
        return _said(
            ask_revoke(
                **asked, reason=sent.get("reason", "")[:200], kept=sent.get("kept") == "1",
                first=_serial(sent.get("first", "")), last=_serial(sent.get("last", "")),
            )
        )  # fmt: skip
    walk_id = uuid_of(sent.get("walk", ""))
    found = {one.id for one in cards.walks(asked["shop_id"], asked.pop("batch_id"))}
    if walk_id is None or walk_id not in found:
        raise InvalidInput(_("没有这个操作"))
    if what == "revoke-allow":
        return _said(allow_revoke(**asked, walk_id=walk_id))
    drop_revoke(**asked, walk_id=walk_id)
    return _("没有作废，卡照常能用")


def _said(walk: WalkView) -> str:
    if walk.state == states.ASKED:
        return _("等另一位同事同意后作废")
    return _("已完成") if walk.state == states.DONE else _("已开始，进度在下面")


def _serial(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise InvalidBatch(field="range")
    return int(text)


def _batch(
    request: HttpRequest, visitor: Visitor, batch_id: UUID, *, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, people = visitor.shop.id, People(visitor.shop.id)
    view = cards.batch(shop_id, batch_id)
    program = cards.program(shop_id, view.program_id)
    counts = cards.counts(shop_id, view) if view.made <= COUNTED else {}
    may, ready = visitor.may(Permission.CARDS_SET), view.state == states.READY
    context: dict[str, Any] = {
        "title": view.name,
        "view": view,
        "program": program,
        "activation": words.ACTIVATIONS[view.activation],
        "counts": [(*words.CARDS[state], n) for state, n in counts.items() if n],
        "walks": [_walk(one, people, visitor) for one in cards.walks(shop_id, view.id)],
        "by_range": view.activation == states.ON_SALE,
        "may": may and ready,
        "error": words.PROBLEMS.get(str(error.data.get("field", "")), error.title) if error else "",
        **_export(visitor, view, may=may and ready),
    }
    crumbs = [(_("礼品卡"), reverse(PAGE)), (program.name, reverse("desk:card-program", args=[program.id]))]
    status = error.http_status if error else 200
    return show(request, visitor, "cards/batch", context, page=PAGE, crumbs=crumbs, status=status)


def _export(visitor: Visitor, view: BatchView, *, may: bool) -> dict[str, Any]:
    open_ = view.exported_at is None
    return {
        "may_ask": may and open_ and not view.asked_by,
        "may_allow": may and open_ and view.asked_by not in ("", visitor.actor) and not view.allowed_by,
        "waits": open_ and bool(view.asked_by) and not view.allowed_by,
        "may_take": may and open_ and bool(view.allowed_by) and view.asked_by == visitor.actor,
    }


def _walk(one: WalkView, people: People, visitor: Visitor) -> dict[str, Any]:
    word, tone = words.WALKS[one.state]
    waits = one.state == states.ASKED and visitor.may(Permission.CARDS_SET)
    return {
        "one": one,
        "kind": words.KINDS[one.kind],
        "word": word,
        "tone": tone,
        "by": people.name(one.asked_by),
        "allowed": people.name(one.allowed_by) if one.allowed_by not in ("", one.asked_by) else "",
        "may_allow": waits and one.asked_by != visitor.actor,
        "may_drop": waits,
    }


def _file(batch_id: UUID, rows: Iterator[tuple[int, str]]) -> HttpResponse:
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="cards-{batch_id}.csv"'
    return answer  # type: ignore[return-value]


def _lines(rows: Iterator[tuple[int, str]]) -> Iterator[bytes]:
    """A file of serials and codes, in pieces of a thousand cards."""
    held: list[str] = ["serial,code"]
    for serial, code in rows:
        held.append(f"{serial},{code}")
        if len(held) >= 1_000:
            yield ("\r\n".join(held) + "\r\n").encode()
            held = []
    if held:
        yield ("\r\n".join(held) + "\r\n").encode()
