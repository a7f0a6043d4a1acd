"""One review: why it waits, who it is and what it is about; taken into one's hands, decided, and on to the next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import hold_words, risk_words
from goodfor.console import risk_links as links
from goodfor.console import risk_rule_words as words
from goodfor.console.errors import TooNewHere
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk import why
from goodfor.console.views.risk.lines import reasons_of, score_words
from goodfor.console.views.risk_rules.reviews import PAGE, due_html, holder
from goodfor.console.wish_queries import may_be_second
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput, NotFound
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.risk import link_queries, queries, review_queries, rule_queries, search_queries, watch_queries
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ReviewDone, ReviewNotFound, ReviewTaken
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import release_lock, take, take_next
from goodfor.risk.read_types import DecisionView
from goodfor.risk.rule_types import ReviewView
from goodfor.risk.types import BY_STAFF, Result, Scene
from goodfor.risk.watch_types import KeyFigures
from goodfor.risk.wording_rules import REVIEW_OUTCOMES, REVIEW_STATES

MAX_NOTE: Final = 400
#: Of an order or a payment people hold in their hands whether goods leave.
_ABOUT_GOODS: Final = frozenset({Scene.ORDER, Scene.PAY})


@console_page(Permission.RISK_VIEW)
def review(request: HttpRequest, visitor: Visitor, review_id: UUID) -> HttpResponse:
    """All that a person needs to decide it. Looking takes nothing into one's hands: that is a button."""
    return _review(request, visitor, review_id)


def _review(request: HttpRequest, visitor: Visitor, review_id: UUID, error: DomainError | None = None) -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    one, people = review_queries.review(shop_id, review_id), words.People(shop_id)
    before, after = review_queries.neighbours(shop_id, review_id)
    may = visitor.may(Permission.RISK_REVIEW) and one.state != states.DONE
    held = holder(one, people, now)
    mine = bool(held) and one.taken_by == visitor.actor
    context: dict[str, Any] = {
        "title": _("审核：%(scene)s") % {"scene": risk_words.SCENES[one.scene]},
        "review": one,
        "due": due_html(one, now),
        "state": REVIEW_STATES[one.state],
        "tone": words.REVIEW_TONES[one.state],
        "outcome": REVIEW_OUTCOMES.get(one.outcome, ""),
        "outcome_tone": words.OUTCOME_TONES.get(one.outcome, "plain"),
        "by": people.name(one.done_by) if one.done_by else "",
        "amount": Money(one.amount_minor, one.currency) if one.amount_minor and one.currency else None,
        "held": held,
        "mine": mine,
        "may_decide": may and mine,
        "may_take": may and not held,
        "others": may and bool(held) and not mine,
        "before": before,
        "after": after if after != review_id else None,
        "may": may,
        "reviewer": visitor.may(Permission.RISK_REVIEW),
        "most_note": MAX_NOTE,
        "typed": request.POST.dict() if error else {},
        "acts": _acts(one),
        "error": words.wrong(error) if error else "",
        **_why(visitor, one, now),
        **_order(visitor, one),
    }
    crumbs = [(_("人工审核"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/review", context, page=PAGE, crumbs=crumbs, status=status)


def _acts(one: ReviewView) -> list[dict[str, str]]:
    """The three ends, with what each does, and the key that presses its button."""
    goods = one.scene in _ABOUT_GOODS
    return [
        {
            "outcome": states.RELEASE, "key": "r", "label": _("放行"), "style": "button-main",
            "confirm": _("放行？暂缓的订单会马上发货。") if goods else _("放行这次操作？"),
        },
        {
            "outcome": states.DENY, "key": "x", "label": _("拒绝"), "style": "button-danger",
            "confirm": _("拒绝？暂缓的订单不发货，钱退给买家。") if goods else _("拒绝这次操作？"),
        },
        {
            "outcome": states.ASK, "key": "a", "label": _("要求验证"), "style": "button-quiet",
            "confirm": _("请买家用一次性验证码证明是本人？"),
        },
    ]  # fmt: skip


def _why(visitor: Visitor, one: ReviewView, now: datetime) -> dict[str, Any]:
    """What the decision was made from; nothing where its month is gone."""
    shop_id = visitor.shop.id
    try:
        found = queries.decision(shop_id, one.decision_id)
    except (NotFound, OverflowError):
        return {"found": None}
    line = found.line
    live, _shadow = why.hits_of(visitor, found)
    outcome, tone = risk_words.OUTCOMES[line.outcome]
    group = link_queries.cluster_of(shop_id, *found.keys.values()) if found.keys else None
    names = links.key_names(visitor, found.keys.items())
    return {
        "found": found,
        "line": line,
        "was": outcome,
        "was_tone": tone,
        "reasons": reasons_of(line.outcome, line.reasons, watch_queries.rule_names(shop_id)),
        "hits": live,
        "strongest": why.strongest(found),
        "score": score_words(line.score),
        "lists": why.lists_of(rule_queries.entries_of_keys(shop_id, found.keys.values(), now)),
        "keys": list(names.values()),
        "linked": (group.buyers - 1) if group else 0,
        "groups": why.groups_of(found.features),
        "history": _history(shop_id, found, now),
        "labels": review_queries.labels_of(shop_id, decision_id=line.id, subject=line.subject),
    }


def _history(shop_id: UUID, found: DecisionView, now: datetime) -> dict[str, Any] | None:
    """What whoever acted did within 90 days, by the first key that is known of them."""
    who = links.who(found.keys)
    if who is None:
        return None
    figures: KeyFigures = search_queries.figures_of(shop_id, *who, now=now)
    acts: dict[Scene, dict[str, Any]] = {}
    for act in figures.acts:
        row = acts.setdefault(act.scene, {"scene": risk_words.SCENES[act.scene], "last_at": act.last_at})
        row[Result(act.result).name.lower()] = f"{act.count:,}+" if act.capped else f"{act.count:,}"
        row["last_at"] = max(row["last_at"], act.last_at)
    return {
        "acts": list(acts.values()), "href": links.key_page(*who), "kind": risk_words.KINDS[who[0]],
        "outcomes": [(*risk_words.OUTCOMES[outcome], count) for outcome, count in figures.outcomes.items()],
    }  # fmt: skip


def _order(visitor: Visitor, one: ReviewView) -> dict[str, Any]:
    """The order that it is about, with its hold, and what else its buyer bought."""
    if one.subject is None:
        return {}
    shop_id = visitor.shop.id
    name = links.subject_names(visitor, [one.subject]).get(one.subject)
    placed = orders.desk_orders(shop_id, [one.subject[1]]) if one.subject[0] == "order" else []
    if not placed:
        return {"subject": name}
    order = placed[0]
    contact = order.contact if visitor.may(Permission.BUYERS_VIEW) else orders.masked_contact(order.contact)
    buyer = None
    if order.contact or order.buyer_ref:
        buyer = orders.buyer_of_shop(shop_id, contact=order.contact, buyer_ref=order.buyer_ref)
    return {
        "subject": name, "order": order, "contact": contact, "hold": hold_words.card(visitor, order), "buyer": buyer,
        "paid": Money(buyer.paid_minor, buyer.currency) if buyer else None,
        "refunded": Money(buyer.refunded_minor, buyer.currency) if buyer else None,
    }  # fmt: skip


# -- acts -------------------------------------------------------------------------------------------


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def hold(request: HttpRequest, visitor: Visitor, review_id: UUID) -> HttpResponse:
    """Take it into one's hands and open it; `leave`: another one that is given back, undecided."""
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": utc_now()}
    _leave(request.POST, told)
    try:
        take(review_id=review_id, **told)
    except ReviewTaken as error:
        return _review(request, visitor, review_id, error)
    except ReviewDone:
        # Somebody was quicker; how it ended stands there.
        return redirect("desk:risk-review", review_id)
    return redirect("desk:risk-review", review_id)


def _leave(sent: Mapping[str, str], told: Mapping[str, Any]) -> None:
    """Give back what somebody goes away from; harmless where it is not in these hands any more."""
    try:
        left = UUID(sent.get("leave", ""))
        release_lock(review_id=left, **told)
    except (ValueError, ReviewTaken, ReviewDone, ReviewNotFound):
        return


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def next_one(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The most urgent that nobody holds."""
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": utc_now()}
    _leave(request.POST, told)
    return _on(request, visitor, "")


def _on(request: HttpRequest, visitor: Visitor, said: str) -> HttpResponse:
    """To the next one, in one's hands already; to the queue where there is none."""
    found = take_next(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
    where = reverse("desk:risk-review", args=[found.id]) if found else reverse(PAGE)
    if found is None and not said:
        said = _("没有等待审核的了")
    return done(request, said, where) if said else redirect(where)


def _of_colleague(request: HttpRequest, visitor: Visitor, review_id: UUID, outcome: str, now: datetime) -> None:
    """What a colleague does with codes or files is let through like an export: by a second person who may be one, after
    a fresh proof. Raises ReviewNotFound, TooNewHere, StepUpNeeded.
    """
    if outcome != states.RELEASE or review_queries.review(visitor.shop.id, review_id).scene not in BY_STAFF:
        return
    require_fresh_proof(request)
    if not may_be_second(visitor.staff, now):
        raise TooNewHere


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def decide(request: HttpRequest, visitor: Visitor, review_id: UUID) -> HttpResponse:
    """`outcome`: release, deny or ask; empty gives it back undecided. Then the next one opens."""
    sent = request.POST
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": utc_now()}
    outcome = sent.get("outcome", "")
    try:
        if outcome == "leave":
            release_lock(review_id=review_id, **told)
            return done(request, _("已放回队列"), reverse(PAGE))
        if outcome not in states.REVIEW_OUTCOMES:
            review_queries.review(visitor.shop.id, review_id)
            raise InvalidInput(_("没有这个操作"))
        _of_colleague(request, visitor, review_id, outcome, told["now"])
        decide_review(
            review_id=review_id, outcome=outcome, note=sent.get("note", "").replace("\x00", "")[: MAX_NOTE + 1], **told
        )
    except ReviewNotFound:
        raise
    except DomainError as error:
        return _review(request, visitor, review_id, error)
    return _on(request, visitor, _("审核完成：%(outcome)s") % {"outcome": REVIEW_OUTCOMES[outcome]})
