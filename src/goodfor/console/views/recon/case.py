"""A difference: both sides next to each other, what the machine did about it, and ending it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from goodfor.console import recon_words as words
from goodfor.console.desk.recon_cases import PAGE, names_of, number_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.kit import writing
from goodfor.ledger import queries as ledger
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound
from goodfor.recon import queries as recon
from goodfor.recon.operations.act_again import act_again
from goodfor.recon.operations.confirm_pair import confirm_pair
from goodfor.recon.operations.work_case import assign_case, close_case, correct_case, explain_case
from goodfor.recon.types import CaseView

#: Acts that end a difference or say that two rows are one.
_GRAVE: Final = frozenset({"close", "correct", "pair"})
_MINOR: Final = frozenset({"want_minor", "have_minor", "gap_minor"})


@console_page(Permission.LEDGER_VIEW)
def case(request: HttpRequest, visitor: Visitor, recon_case_id: UUID) -> HttpResponse:
    """One difference."""
    return _case(request, visitor, recon_case_id)


def _case(
    request: HttpRequest, visitor: Visitor, case_id: UUID, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, found = visitor.shop.id, recon.case(visitor.shop.id, case_id)
    names, now = names_of(shop_id), utc_now()
    live = found.closed_at is None
    people = [one for one in identity.staff_of_shop(shop_id) if one.active and one.may(Permission.LEDGER_ADJUST)]
    field = str(error.data.get("field", "")) if error else ""
    context = {
        "title": words.word(words.CATEGORIES, found.category),
        "case": found,
        "number": number_of(found),
        "risk": Money(found.risk_minor, found.currency),
        "state": words.pair(words.STATES, found.state),
        "hint": words.HINTS.get(found.category, ""),
        "area": words.word(words.AREAS, found.area),
        "owner": names.get(found.owner, found.owner),
        "closed_by": names.get(found.closed_by, found.closed_by),
        "reason": words.word(words.NOTES, found.reason),
        "late": live and found.due_at < now,
        "sides": sides_of(found),
        "detail": detail_of(found),
        "links": links_of(visitor, found),
        "machine": words.pair(words.MACHINE, found.action_state),
        "action": words.word(words.ACTIONS, found.action),
        "note": words.word(words.NOTES, found.action_note),
        "tries": [
            (number, words.word(words.ACTIONS, action), *words.pair(words.OUTCOMES, outcome),
             words.word(words.NOTES, note), at)
            for number, action, outcome, note, at in recon.tries(shop_id, found.id)
        ],
        "history": [_step(step, names) for step in recon.case_steps(shop_id, found.id)],
        "suggestion": _suggested(visitor, found) if live else None,
        "may_act": live and visitor.may(Permission.LEDGER_ADJUST),
        "may_again": live and bool(found.action) and found.action_state != "due",
        "mine": found.owner == visitor.actor,
        "people": [(one.actor, one.username) for one in people],
        "typed": {name: request.POST.get(name, "")[:300] for name in ("reason", "tx")},
        "errors": {field: error.detail} if error and field else {},
        "error": error if error and not field else None,
    }  # fmt: skip
    status = error.http_status if error else 200
    crumbs = [(_("对账差异"), reverse(PAGE))]
    return show(request, visitor, "recon/case", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, recon_case_id: UUID) -> HttpResponse:
    """`act`: take, give (to a colleague), explain, correct (a transaction put it right), close, again, pair."""
    found, what = recon.case(visitor.shop.id, recon_case_id), request.POST.get("act", "")
    if what in _GRAVE:
        require_fresh_proof(request)
    try:
        said = _do(request, visitor, found, what)
    except DomainError as error:
        return _case(request, visitor, recon_case_id, error)
    return done(request, said, reverse("desk:recon-case", args=[recon_case_id]))


def _do(request: HttpRequest, visitor: Visitor, found: CaseView, what: str) -> str:
    sent = request.POST
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "case_id": found.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    reason = sent.get("reason", "").replace("\x00", "").strip()
    if what == "take":
        assign_case(**common, owner=visitor.actor)
        return _("由你处理")
    if what == "give":
        assign_case(**common, owner=_colleague(visitor, sent.get("owner", "")))
        return _("已交给同事")
    if what == "explain":
        explain_case(**common, reason=reason)
        return _("已写下原因")
    if what == "correct":
        correct_case(**common, ledger_tx=_tx(sent.get("tx", "")))
        return _("已登记更正的凭证")
    if what == "close":
        close_case(**common, reason=reason)
        return _("已了结")
    if what == "again":
        act_again(**common)
        return _("半分钟内再自动处理一次")
    if what == "pair":
        _pair(visitor, found, reason)
        return _("已配对，一分钟内重新核对")
    raise InvalidInput(_("没有这个操作"))


def _pair(visitor: Visitor, found: CaseView, note: str) -> None:
    suggests = found.detail.get("suggests")
    if not isinstance(suggests, Mapping) or found.theirs_id is None:
        raise InvalidInput(_("没有这个操作"))
    confirm_pair(
        shop_id=visitor.shop.id, area=found.area, ours_id=int(suggests["ours_id"]), theirs_id=found.theirs_id,
        note=note, actor=visitor.actor, now=utc_now(),
    )  # fmt: skip


def _colleague(visitor: Visitor, actor: str) -> str:
    people = identity.staff_of_shop(visitor.shop.id)
    if not any(one.actor == actor and one.active and one.may(Permission.LEDGER_ADJUST) for one in people):
        raise InvalidInput(_("请选择一位能处理的同事"), field="owner")
    return actor


def _tx(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput(_("请填凭证页地址里的数字编号"), field="tx")
    return int(text)


# -- both sides, and what leads on -----------------------------------------------------------------------------


def sides_of(found: CaseView) -> list[dict[str, Any]]:
    """Each field as we have it and as they have it, and whether that differs; none where neither says anything."""
    rows = []
    for name, label in words.FIELDS:
        ours, theirs = _shown(found.ours, name), _shown(found.theirs, name)
        if ours or theirs:
            both = bool(found.ours) and bool(found.theirs) and bool(ours) and bool(theirs)
            rows.append({"label": label, "ours": ours, "theirs": theirs, "differs": both and ours != theirs})
    return rows


def _shown(side: Mapping[str, Any], name: str) -> Any:
    if name == "amount":
        return (
            writing.money(Money(int(side["amount_minor"]), str(side["currency"]))) if side.get("amount_minor") else ""
        )
    value = side.get(name)
    if value in (None, ""):
        return ""
    if name == "at":
        at = parse_datetime(str(value))
        return writing.exact(at) if isinstance(at, datetime) else str(value)
    if name == "kind":
        return words.word(words.KINDS, str(value))
    if name == "state":
        return words.word(words.ROW_STATES, str(value))
    return plain_figure(str(value)) if name == "fee" else str(value)


def plain_figure(text: str) -> str:
    """An exact figure without idle zeros; what is none stays as it is."""
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def detail_of(found: CaseView) -> list[tuple[str, Any]]:
    """What else was found, in words."""
    rows: list[tuple[str, Any]] = []
    for key, value in found.detail.items():
        if key == "suggests" or value in (None, "", False):
            continue
        shown: Any = str(value)
        if key in _MINOR and isinstance(value, int) and found.currency in EXPONENTS:
            shown = writing.money(Money(value, found.currency))
        elif key in ("fee", "expected", "said"):
            shown = plain_figure(str(value))
        elif key == "by":
            shown = words.word(words.PASSES, str(value))
        elif key == "what":
            shown = words.word(words.REASONS, str(value))
        elif value is True:
            shown = _("是")
        rows.append((words.word(words.DETAILS, key), shown))
    return rows


def links_of(visitor: Visitor, found: CaseView) -> list[dict[str, str]]:
    """Where one looks further: the payment, the purchase, the postings, the sheet of the day."""
    shop_id, links = visitor.shop.id, []
    for number in dict.fromkeys(str(side.get("key") or "") for side in (found.ours, found.theirs)):
        if found.area == "channel" and number:
            try:
                paid = payments.payment_by_number(shop_id, number)
            except PaymentNotFound:
                continue
            label = _("支付 %(number)s") % {"number": paid.number}
            links.append({"label": label, "href": reverse("desk:payment", args=[paid.number])})
    attempt = _uuid(str(found.ours.get("source", "")).partition(":")[2])
    if found.area == "supplier" and attempt:
        label = _("采购单 %(number)s") % {"number": found.ours.get("key", "")}
        links.append({"label": label, "href": reverse("desk:purchase", args=[attempt])})
    named = {str(found.ours.get("post_ref") or ""), str(found.detail.get("reference") or "")} - {""}
    for tx in ledger.transactions_named(shop_id, sorted(named)) if named else []:
        if tx.reference in named:
            links.append(_tx_link(tx.id))
    if found.ledger_tx:
        links.append({**_tx_link(found.ledger_tx), "label": _("更正的凭证 %(n)s") % {"n": found.ledger_tx}})
    day = {"label": _("%(day)s 的对账单") % {"day": found.day.isoformat()},
           "href": f"{reverse('desk:recon-day')}?day={found.day.isoformat()}"}  # fmt: skip
    return [*links, day]


def _tx_link(tx_id: int) -> dict[str, str]:
    return {"label": _("凭证 %(n)s") % {"n": tx_id}, "href": reverse("desk:ledger-tx", args=[tx_id])}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _suggested(visitor: Visitor, found: CaseView) -> dict[str, Any] | None:
    """A row of ours that may be the twin of theirs: the same amount, minutes apart."""
    suggests = found.detail.get("suggests")
    if not isinstance(suggests, Mapping) or found.theirs_id is None:
        return None
    row = recon.rows_by_ids(visitor.shop.id, [int(suggests["ours_id"])]).get(int(suggests["ours_id"]))
    if row is None:
        return None
    at, amount = row["at"], Money(int(str(row["amount_minor"])), str(row["currency"]))
    return {"key": row["key"], "amount": amount, "at": at, "seconds": int(suggests.get("seconds", 0)),
            "day": row["day"] if isinstance(row["day"], date) else ""}  # fmt: skip


def _step(step: Any, names: Mapping[str, str]) -> dict[str, Any]:
    label, tone = words.pair(words.STATES, step.to_state)
    back = _("又发现") if step.from_state == "closed" else label
    return {"at": step.at, "label": back if step.from_state else _("发现"), "tone": tone if tone != "plain" else "",
            "who": names.get(step.actor, step.actor)}  # fmt: skip
