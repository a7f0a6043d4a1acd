"""A plan is made, given new terms, put on sale or taken off."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import secret_token
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty import queries as loyalty
from goodfor.orders.types import DIRECT
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import InvalidPlan
from goodfor.subscriptions.locks import lock_plan
from goodfor.subscriptions.mapping import plan_view
from goodfor.subscriptions.models import MOST, Plan, Terms
from goodfor.subscriptions.operations.steps import must_be_able
from goodfor.subscriptions.types import PlanView, PlanWish


def make_plan(*, shop_id: UUID, slug: str, wish: PlanWish, actor: str, now: datetime) -> PlanView:
    """A new one, a draft in the shop's currency; an empty `slug` is chosen. Raises InvalidPlan, Forbidden."""
    must_be_able(shop_id, actor)
    currency = identity.shop_by_id(shop_id).currency
    _check(shop_id, wish, currency)
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                shop_id=shop_id, slug=slug or secret_token(5).lower().replace("_", "-"), name=wish.name.strip(),
                revision=1, made_by=actor[:80], made_at=now,
            )  # fmt: skip
            record_history(
                shop_id=shop_id, machine=states.PLAN, subject_id=plan.id, moves=[(None, states.DRAFT)], actor=actor,
                cause="make", now=now,
            )  # fmt: skip
            terms = _write(plan, wish, currency, actor, now)
            _note(plan, "made", wish, actor, now)
    except IntegrityError:
        raise InvalidPlan(field="slug") from None
    return plan_view(plan, terms)


@transaction.atomic(savepoint=False)
def change_plan_terms(*, shop_id: UUID, plan_id: UUID, wish: PlanWish, actor: str, now: datetime) -> PlanView:
    """New terms for whoever signs from now on; who has signed keeps his. Raises PlanNotFound, InvalidPlan."""
    must_be_able(shop_id, actor)
    plan = lock_plan(shop_id, plan_id)
    currency = identity.shop_by_id(shop_id).currency
    _check(shop_id, wish, currency)
    plan.revision += 1
    plan.name = wish.name.strip()
    plan.save(update_fields=["revision", "name"])
    terms = _write(plan, wish, currency, actor, now)
    _note(plan, "changed", wish, actor, now)
    return plan_view(plan, terms)


@transaction.atomic(savepoint=False)
def move_plan(*, shop_id: UUID, plan_id: UUID, to_state: str, actor: str, now: datetime) -> None:
    """On sale, or off it: whoever has it keeps it. Raises PlanNotFound, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    plan = lock_plan(shop_id, plan_id)
    was = plan.state
    states.PLAN.check(was, to_state)
    plan.state = to_state
    plan.save(update_fields=["state"])
    record_history(
        shop_id=shop_id, machine=states.PLAN, subject_id=plan.id, moves=[(was, to_state)], actor=actor,
        cause="sale", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action=f"subscriptions_plan_{to_state}", subject=("subscriptions_plan", plan.id),
        data={"name": plan.name}, now=now,
    )  # fmt: skip


def _check(shop_id: UUID, wish: PlanWish, currency: str) -> None:
    """Raises InvalidPlan(field)."""
    tiers = loyalty.tiers_of(shop_id)
    bounds = {
        "name": bool(wish.name.strip()) and len(wish.name) <= 80,
        "words": len(wish.words) <= 400,
        "price": 1 <= wish.price_minor <= MOST,
        "months": wish.months in states.CYCLES,
        "picks": 1 <= wish.picks <= 50,
        "carry": 0 <= wish.carry <= wish.picks,
        "pause_days": 0 <= wish.pause_days <= 365,
        "skus": 1 <= len(wish.skus) <= 50 and len(set(wish.skus)) == len(wish.skus),
        "tier_rank": wish.tier_rank == 0 or (tiers is not None and 0 < wish.tier_rank < len(tiers.tiers)),
        "default": wish.default_kind in states.DEFAULTS
        and (wish.default_kind == states.GOODS) == (wish.default_sku is not None)
        and (wish.default_kind == states.POINTS) == (wish.default_points > 0)
        and wish.default_points <= 1_000_000,
    }
    for name, fits in bounds.items():
        if not fits:
            raise InvalidPlan(field=name)
    try:
        found = catalog.skus_for_sale(shop_id, list(wish.skus))
    except DomainError:
        raise InvalidPlan(field="skus") from None
    if any(sku.price.currency != currency or sku.price.amount_minor < 1 for sku in found.values()):
        raise InvalidPlan(field="skus")
    chosen = wish.default_sku
    if chosen is not None and (chosen not in found or found[chosen].delivery_kind == DIRECT):
        raise InvalidPlan(field="default")


def _write(plan: Plan, wish: PlanWish, currency: str, actor: str, now: datetime) -> Terms:
    return Terms.objects.create(
        shop_id=plan.shop_id, plan=plan, number=plan.revision, words=wish.words.strip(),
        price_minor=wish.price_minor, currency=currency, months=wish.months, picks=wish.picks, skus=list(wish.skus),
        carry=wish.carry, pause_days=wish.pause_days, default_kind=wish.default_kind, default_sku=wish.default_sku,
        default_points=wish.default_points, tier_rank=wish.tier_rank, made_by=actor[:80], made_at=now,
    )  # fmt: skip


def _note(plan: Plan, what: str, wish: PlanWish, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=plan.shop_id, actor=actor, action=f"subscriptions_plan_{what}", subject=("subscriptions_plan", plan.id),
        data={"name": plan.name, "number": plan.revision, "price_minor": wish.price_minor, "months": wish.months,
              "picks": wish.picks, "skus": [str(sku) for sku in wish.skus]}, now=now,
    )  # fmt: skip
