"""Ask what last week's purchases would have been under another routing."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.drafts import written_draft
from goodfor.supply.errors import TooManyTrials, TrialInvalid
from goodfor.supply.models import Offer, Supplier
from goodfor.supply.purchase_models import Want
from goodfor.supply.types import DraftChange, TrialDraft
from goodfor.supply.watch_models import Trial

BACK: Final = timedelta(days=7)
#: So many wants at most, the latest.
MOST: Final = 20_000
MOST_OPEN: Final = 3
_MOST_COST: Final = Decimal(10) ** 9


@transaction.atomic
def start_trial(*, shop_id: UUID, draft: TrialDraft, actor: str, now: datetime) -> UUID:
    """Its id; a loop works it out. Raises TrialInvalid with the field, TooManyTrials."""
    _check(shop_id, draft)
    if Trial.objects.filter(shop_id=shop_id, state__in=("waiting", states.TRIAL_RUNNING)).count() >= MOST_OPEN:
        raise TooManyTrials
    since = now - BACK
    wants = Want.objects.filter(shop_id=shop_id, created_at__gte=since, created_at__lt=now, id__gt=id_at(since))
    if draft.sku_id is not None:
        wants = wants.filter(sku_id=draft.sku_id)
    oldest = wants.order_by("-id").values_list("id", "created_at")[MOST : MOST + 1]
    cut = list(oldest)
    trial_id = uuid7()
    Trial.objects.create(
        id=trial_id, shop_id=shop_id, actor=actor, draft=written_draft(draft), since=since, until=now,
        total=min(MOST, wants.order_by("-id")[: MOST + 1].count()), cut=bool(cut),
        after=cut[0][0] if cut else id_at(since), created_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.TRIAL, subject_id=trial_id, moves=[(None, states.TRIAL.initial)], actor=actor,
        cause="asked", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="supply.trial_started", subject=("supply.trial", trial_id),
        data={"sku": str(draft.sku_id or ""), "offers": len(draft.offers), "suppliers": len(draft.suppliers)}, now=now,
    )  # fmt: skip
    return trial_id


def id_at(moment: datetime) -> UUID:
    """Below every id that was made since; an hour's doubt about clocks."""
    return UUID(int=int((moment - timedelta(hours=1)).timestamp() * 1000) << 80)


def _check(shop_id: UUID, draft: TrialDraft) -> None:
    if not (draft.offers or draft.suppliers or draft.floors):
        raise TrialInvalid(field="draft")
    skus = {*draft.floors, *([draft.sku_id] if draft.sku_id else [])}
    if len(catalog.prices(shop_id, list(skus))) != len(skus):
        raise TrialInvalid(field="sku")
    if Offer.objects.filter(shop_id=shop_id, id__in=list(draft.offers)).count() != len(draft.offers):
        raise TrialInvalid(field="offer")
    if Supplier.objects.filter(shop_id=shop_id, id__in=list(draft.suppliers)).count() != len(draft.suppliers):
        raise TrialInvalid(field="supplier")
    for change in (*draft.offers.values(), *draft.suppliers.values()):
        _check_change(change)
    if any(abs(floor) > 10**12 for floor in draft.floors.values()):
        raise TrialInvalid(field="floor")


def _check_change(change: DraftChange) -> None:
    if change.priority is not None and not 0 <= change.priority <= 1000:
        raise TrialInvalid(field="priority")
    if change.weight is not None and not 1 <= change.weight <= 1000:
        raise TrialInvalid(field="weight")
    if change.cost is not None and not 0 <= change.cost <= _MOST_COST:
        raise TrialInvalid(field="cost")
    if change.cost_points is not None and not -10_000 <= change.cost_points <= 1_000_000:
        raise TrialInvalid(field="cost_points")
