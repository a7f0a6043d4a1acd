"""Replay last week's purchases under another routing, a stretch at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.timezone import localtime

from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.drafts import Sums, draft_of
from goodfor.supply.locks import lock_trial
from goodfor.supply.models import Route, Supplier
from goodfor.supply.offers_now import candidates_of
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.replaying import Past, Share, expect, first_of, replay
from goodfor.supply.routing import Candidate
from goodfor.supply.types import TrialDraft
from goodfor.supply.watch_models import Trial

log = structlog.get_logger(__name__)
STRETCH: Final = 300
AT_ONCE: Final = 4


def walk_trials(*, now: datetime) -> int:
    """A stretch of each of the oldest trials, all shops; how many wants. A killed worker goes on where it was."""
    with platform_job("trials of another routing"):
        due = list(
            Trial.objects.filter(state__in=("waiting", states.TRIAL_RUNNING))
            .order_by("created_at")
            .values_list("shop_id", "id")[:AT_ONCE]
        )
    done = 0
    for shop_id, trial_id in due:
        try:
            done += walk_trial(shop_id=shop_id, trial_id=trial_id, now=now)
        except Exception as error:
            log.exception("supply_trial_failed", trial=str(trial_id))
            _break(shop_id, trial_id, type(error).__name__, now)
    return done


@transaction.atomic
def walk_trial(*, shop_id: UUID, trial_id: UUID, now: datetime) -> int:
    """The next stretch; how many wants. Nothing where somebody else is at it or it is over."""
    trial = lock_trial(shop_id, trial_id)
    if trial is None or trial.state not in ("waiting", states.TRIAL_RUNNING):
        return 0
    draft, sums = draft_of(trial.draft), Sums.read(trial.sums)
    wants = _wants(trial, draft)
    attempts = _attempts(shop_id, wants)
    today = candidates_of(shop_id, list({want.sku_id for want in wants}), now)
    routes = {row.sku_id: row for row in Route.objects.filter(shop_id=shop_id, sku_id__in=list(today))}
    rates = dict(Supplier.objects.filter(shop_id=shop_id).values_list("id", "rate"))
    for want in wants:
        _add(sums, want, attempts.get(want.id, []), today.get(want.sku_id, []), routes.get(want.sku_id), rates, draft)
    over = len(wants) < STRETCH
    after = states.TRIAL_DONE if over else states.TRIAL_RUNNING
    Trial.objects.filter(shop_id=shop_id, id=trial.id).update(
        done=trial.done + len(wants), after=wants[-1].id if wants else trial.after, sums=sums.written(), state=after,
        ended_at=now if over else None,
    )  # fmt: skip
    if after != trial.state:
        _history(shop_id, trial.id, trial.state, after, now)
    return len(wants)


def _wants(trial: Trial, draft: TrialDraft) -> Sequence[Want]:
    """Of the time that is replayed. Ids of wants grow with time, so that they are walked in their order."""
    rows = Want.objects.filter(
        shop_id=trial.shop_id, id__gt=trial.after, created_at__gte=trial.since, created_at__lt=trial.until
    )
    if draft.sku_id is not None:
        rows = rows.filter(sku_id=draft.sku_id)
    return list(rows.order_by("id").defer("form_blob")[:STRETCH])


def _attempts(shop_id: UUID, wants: Sequence[Want]) -> Mapping[UUID, list[Attempt]]:
    found: dict[UUID, list[Attempt]] = {}
    for row in Attempt.objects.filter(shop_id=shop_id, want_id__in=[want.id for want in wants]).order_by("id"):
        found.setdefault(row.want_id, []).append(row)
    return found


def _add(
    sums: Sums, want: Want, attempts: Sequence[Attempt], today: Sequence[Candidate], route: Route | None,
    rates: Mapping[UUID, Decimal], draft: TrialDraft,
) -> None:  # fmt: skip
    exponent, local = EXPONENTS[want.currency], localtime(want.created_at)
    trace: Mapping[str, Any] = attempts[0].trace if attempts else {}
    past = Past(
        want_id=want.id, sku_id=want.sku_id, quantity=want.quantity, price_minor=want.price_minor, exponent=exponent,
        channel=want.channel, kind=want.kind, minute=local.hour * 60 + local.minute,
        floor_minor=route.floor_minor if route else 0, may_split=route.may_split if route else True, trace=trace,
    )  # fmt: skip
    choice = replay(past, today, draft)
    shares, left = expect(choice, past)
    for supplier_id, share in shares.items():
        sums.add("draft", supplier_id, share)
    price = Decimal(want.price_minor).scaleb(-exponent)
    for one in attempts:
        paid = ((one.charged or Decimal(0)) - one.refunded) * rates.get(one.supplier_id, Decimal(1))
        share = Share(Decimal(one.quantity), Decimal(one.got), paid, price * one.got - paid)
        sums.add("really", one.supplier_id, share)
    chosen = trace.get("chosen") if trace else None
    sums.changed += int(bool(attempts) and str(first_of(choice)) != chosen)
    sums.unrecorded += int(not attempts)
    sums.unserved += left
    sums.really_unserved += want.quantity - want.delivered


def _break(shop_id: UUID, trial_id: UUID, problem: str, now: datetime) -> None:
    with transaction.atomic():
        trial = lock_trial(shop_id, trial_id)
        if trial is None or trial.ended_at is not None:
            return
        Trial.objects.filter(shop_id=shop_id, id=trial_id).update(
            state=states.TRIAL_BROKEN, problem=problem[:40], ended_at=now
        )
        _history(shop_id, trial_id, trial.state, states.TRIAL_BROKEN, now)


def _history(shop_id: UUID, trial_id: UUID, before: str, after: str, now: datetime) -> None:
    record_history(
        shop_id=shop_id, machine=states.TRIAL, subject_id=trial_id, moves=[(before, after)], actor="system",
        cause="stretch", now=now,
    )  # fmt: skip
