"""Invitations: what the shop gives for them, and the queue of rewards that look odd."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, done, show
from goodfor.console.money_fields import minor_of, points_of, whole_of
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.promotions import queries as promotions
from goodfor.referrals import queries as referrals
from goodfor.referrals import states
from goodfor.referrals.operations import review
from goodfor.referrals.operations.set_programme import set_programme
from goodfor.referrals.scoring import WORDS
from goodfor.referrals.types import Level, ReviewView, Terms
from goodfor.referrals.wording import LEVELS, REVIEWS, STATES, WECHAT_RULE

PAGE: Final = "desk:referrals"


@console_page(Permission.RISK_VIEW)
def queue(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits for a person, what was decided, the terms in force, and what rewards have cost so far."""
    shop_id, now, people = visitor.shop.id, utc_now(), People(visitor.shop.id)
    revision = referrals.revision_at(shop_id, now)
    wish = referrals.wish_of(shop_id)
    terms = wish.terms if wish else revision.terms if revision else Terms()
    totals = referrals.totals(shop_id)
    context: dict[str, Any] = {
        "title": _("邀请奖励"),
        "rows": [_row(one, people, visitor, now) for one in referrals.reviews(shop_id)],
        "over": [_row(one, people, visitor, now) for one in referrals.reviews(shop_id, done=True, limit=20)],
        "waiting": referrals.waiting_reviews(shop_id),
        "owed": totals[states.APPROVED] + totals[states.PAYABLE],
        "pending": totals[states.PENDING],
        "paid": totals[states.PAID],
        "debts": totals["owed"],
        "terms": terms,
        "two": terms.levels > 1,
        "form": _form(terms, visitor.shop.currency),
        "number": revision.number if revision else 0,
        "asked_by": people.name(wish.asked_by) if wish else "",
        "rule": WECHAT_RULE,
        "coupons": _coupons(shop_id, terms, now),
        "coupon": str(terms.coupon_batch or ""),
        "may_set": visitor.may(Permission.PROMISES_SET),
        "may_decide": visitor.may(Permission.RISK_REVIEW),
    }
    return show(request, visitor, "referrals", context, page=PAGE)


@console_page(Permission.PROMISES_SET, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Terms for orders that are placed from now on."""
    require_fresh_proof(request)
    before = referrals.revision_at(visitor.shop.id, utc_now())
    terms = _terms(request.POST, visitor.shop.currency, before.terms if before else Terms())
    made = set_programme(shop_id=visitor.shop.id, terms=terms, actor=visitor.actor, now=utc_now())
    if made is None:
        return done(request, _("给得更多的设置，要另一位同事原样再保存一次才生效"), PAGE)
    return done(request, _("邀请奖励的设置已保存，从新订单起生效"), PAGE)


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, order_id: UUID) -> HttpResponse:
    """`act`: take, approve or reject."""
    referrals.review(visitor.shop.id, order_id)
    what = request.POST.get("act", "")
    mine: dict[str, Any] = {
        "shop_id": visitor.shop.id, "order_id": order_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    if what == "take":
        review.take(**mine)
        return done(request, _("已领取，15 分钟内由你处理"), PAGE)
    if what not in (states.YES, states.NO):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    after = review.decide(verdict=what, reason=request.POST.get("reason", ""), **mine)
    return done(request, _("金额较大，等另一位同事确认") if after == states.SECOND else _("已处理"), PAGE)


def _coupons(shop_id: UUID, terms: Terms, now: datetime) -> list[tuple[str, str]]:
    """Batches that rewards may come from; the one in force, too, where it is not among them any more."""
    found = [(str(one.id), one.name) for one in promotions.claim_batches(shop_id, now)]
    kept = str(terms.coupon_batch or "")
    return found if not kept or kept in dict(found) else [*found, (kept, _("已不能发的一批"))]


def _row(one: ReviewView, people: People, visitor: Visitor, now: datetime) -> dict[str, Any]:
    word, tone = REVIEWS[one.state]
    taken = one.state == states.TAKEN
    return {
        "one": one,
        "word": word,
        "tone": tone,
        "reasons": [WORDS[reason] for reason in one.reasons],
        "who": people.name(one.taken_by) if taken else people.name(one.by) if one.by else "",
        "mine": (taken and one.taken_by == visitor.actor) or (one.state == states.SECOND and one.by != visitor.actor),
        "takes": one.state == states.WAITING or (taken and one.taken_by != visitor.actor),
        "hours": int((now - one.asked_at).total_seconds() // 3600),
        "verdict": {states.YES: _("通过"), states.NO: _("不发")}.get(one.verdict, ""),
        "rewards": [
            {"level": LEVELS[each.level], "minor": each.kept, "state": STATES[each.state][0]} for each in one.rewards
        ],
    }


def _form(terms: Terms, currency: str) -> dict[str, str]:
    def money(minor: int) -> str:
        return Money(minor, currency).as_decimal_string()

    return {
        "first": f"{terms.first.bp / 100:g}", "first_minor": money(terms.first.minor),
        "second": f"{terms.second.bp / 100:g}", "friend_minor": money(terms.friend.minor),
        "floor": money(terms.floor_minor), "least": money(terms.least_minor), "month": money(terms.month_minor),
        "alone": money(terms.alone_minor),
    }  # fmt: skip


def _terms(sent: Mapping[str, str], currency: str, before: Terms) -> Terms:
    """What was typed; what the form does not ask (rates of single SKUs, weights of the queue) stays."""
    batch = uuid_of(sent.get("coupon", ""))
    return Terms(
        on="on" in sent,
        levels=2 if "two" in sent else 1,
        first=Level(points_of(sent, "first"), minor_of(sent, "first_minor", currency)),
        second=Level(points_of(sent, "second")),
        friend=Level(0, minor_of(sent, "friend_minor", currency)),
        sku_bp=before.sku_bp,
        campaign_bp=before.campaign_bp,
        kind=states.COUPON if batch else states.BALANCE,
        coupon_batch=batch,
        floor_minor=minor_of(sent, "floor", currency),
        least_minor=minor_of(sent, "least", currency),
        freeze_days=whole_of(sent, "freeze", 0, 180),
        window_days=whole_of(sent, "window", 1, 365),
        sticky="sticky" in sent,
        orders_most=whole_of(sent, "orders", 1, 1000),
        day_friends=whole_of(sent, "day", 0, 10_000),
        month_minor=minor_of(sent, "month", currency),
        queue_from=before.queue_from,
        reject_from=before.reject_from,
        alone_minor=minor_of(sent, "alone", currency),
        wechat_prompts="wechat" in sent,
    )
