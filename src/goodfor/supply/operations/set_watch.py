"""Say how a SKU's price follows what it costs."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.errors import WatchInvalid
from goodfor.supply.locks import lock_watch
from goodfor.supply.types import WatchRule
from goodfor.supply.watch_models import MODES, PriceMove, Watch

#: Never looked at: the loop does so at once.
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_POINTS: Final = 10_000_000
_MOST_MINOR: Final = 10**12


@transaction.atomic(savepoint=False)
def set_watch(*, shop_id: UUID, sku_id: UUID, rule: WatchRule, actor: str, now: datetime) -> None:
    """A rule, or another one; it is applied by the loop, first of all to the cost as it is. Raises WatchInvalid."""
    if not catalog.desk_skus(shop_id, [sku_id]):
        raise WatchInvalid(field="sku")
    _check(rule)
    lock_watch(shop_id, sku_id)
    fresh = rule.columns() | {"cost": None, "looked_at": LONG_AGO, "changed_at": now}
    Watch.objects.update_or_create(shop_id=shop_id, sku_id=sku_id, defaults=fresh)
    drop_waiting(shop_id=shop_id, sku_id=sku_id, actor=actor, now=now)
    _note(shop_id, sku_id, "supply.watch_set", rule.columns(), actor, now)


@transaction.atomic(savepoint=False)
def remove_watch(*, shop_id: UUID, sku_id: UUID, actor: str, now: datetime) -> None:
    """No rule any more; what it had stopped is sold again. Nothing happens where there is none."""
    watch = lock_watch(shop_id, sku_id)
    if watch is None:
        return
    Watch.objects.filter(shop_id=shop_id, sku_id=sku_id).delete()
    drop_waiting(shop_id=shop_id, sku_id=sku_id, actor=actor, now=now)
    _note(shop_id, sku_id, "supply.watch_removed", {"was_paused": watch.paused_at is not None}, actor, now)


def drop_waiting(*, shop_id: UUID, sku_id: UUID, actor: str, now: datetime) -> None:
    """A proposal that nobody decided about is out of date. Runs in the caller's transaction, the rule locked."""
    waiting = PriceMove.objects.filter(shop_id=shop_id, sku_id=sku_id, state=states.MOVE_WAITING)
    for move_id in list(waiting.values_list("id", flat=True)):
        waiting.filter(id=move_id).update(state=states.MOVE_STALE, decided_by=actor, decided_at=now)
        record_history(
            shop_id=shop_id, machine=states.MOVE, subject_id=move_id, moves=[(states.MOVE_WAITING, states.MOVE_STALE)],
            actor=actor, cause="cost_or_rule_changed", now=now,
        )  # fmt: skip


def _check(rule: WatchRule) -> None:
    if rule.mode not in MODES:
        raise WatchInvalid(field="mode")
    for name in ("margin_points", "most_once_points", "most_day_points"):
        value = getattr(rule, name)
        if value is not None and not 0 <= value <= _MOST_POINTS:
            raise WatchInvalid(_("百分比请填 0 以上的数"), field=name)
    for name in ("margin_minor", "least_minor", "most_minor", "step_minor", "ending_minor"):
        value = getattr(rule, name)
        lowest = 0 if name in ("margin_minor", "ending_minor") else 1
        if value is not None and not lowest <= value <= _MOST_MINOR:
            raise WatchInvalid(_("金额超出范围"), field=name)
    if rule.ending_minor >= rule.step_minor:
        raise WatchInvalid(field="ending_minor")
    if rule.least_minor is not None and rule.most_minor is not None and rule.least_minor > rule.most_minor:
        raise WatchInvalid(_("最低价不能高于最高价"), field="most_minor")


def _note(shop_id: UUID, sku_id: UUID, action: str, data: dict[str, object], actor: str, now: datetime) -> None:
    audit.record(
        shop_id=shop_id, actor=actor, action=action, subject=("catalog.sku", sku_id), data=data, now=now
    )  # fmt: skip
