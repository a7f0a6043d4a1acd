"""Apply the rules of watched prices to what things cost now: change prices, ask a person, stop and go on selling."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.timezone import localtime

from goodfor.catalog import operations as catalog_does
from goodfor.catalog import queries as catalog
from goodfor.catalog.types import PriceChange, SkuView
from goodfor.kernel import audit
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.events import PriceWatched
from goodfor.supply.locks import lock_watch
from goodfor.supply.models import Route
from goodfor.supply.offers_now import candidates_of
from goodfor.supply.operations.set_watch import drop_waiting
from goodfor.supply.reads_watch import rule_of
from goodfor.supply.watch_models import PriceMove, Watch
from goodfor.supply.watching import Costs, Seen, Verdict, costs_of, judge

log = structlog.get_logger(__name__)
_DUE: Final = Statement("goodfor.supply", "sql/watches_due.sql")
#: A rule is looked at so often even where no item changed: the price, the rate or the offers may have.
IN_TURN: Final = timedelta(seconds=30)
#: Who changes prices by a rule, in the audit trail.
ACTOR: Final = "system"


@dataclass(frozen=True, slots=True)
class _Look:
    """A rule with what it looks at, and what it says."""

    watch: Watch
    sku: SkuView
    costs: Costs | None
    verdict: Verdict

    @property
    def quiet(self) -> bool:
        """Nothing is to be done but to note that it was looked at."""
        return self.verdict == Verdict()


def follow_costs(*, now: datetime, limit: int = 500) -> int:
    """Look at what is due, all shops; how many rules did something."""
    with platform_job("prices that follow costs"):
        due = _DUE.rows({"now": now, "before": now - IN_TURN, "limit": limit})
    by_shop: dict[UUID, list[UUID]] = defaultdict(list)
    for shop_id, sku_id in due:
        by_shop[shop_id].append(sku_id)
    return sum(_follow_shop(shop_id, sku_ids, now) for shop_id, sku_ids in by_shop.items())


def _follow_shop(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime) -> int:
    watches = list(Watch.objects.filter(shop_id=shop_id, sku_id__in=sku_ids))
    loud = [look.watch.sku_id for look in _look(shop_id, watches, now) if not look.quiet]
    Watch.objects.filter(shop_id=shop_id, sku_id__in=set(sku_ids) - set(loud)).update(looked_at=now)
    done = 0
    for sku_id in loud:
        try:
            done += follow_cost(shop_id=shop_id, sku_id=sku_id, now=now)
        except DomainError as error:
            log.warning("price_not_followed", sku=str(sku_id), error=error.code)
            Watch.objects.filter(shop_id=shop_id, sku_id=sku_id).update(looked_at=now)
    return done


@transaction.atomic
def follow_cost(*, shop_id: UUID, sku_id: UUID, now: datetime) -> int:
    """Apply one rule to the cost as it is; a repeat finds nothing to do. Raises what the catalog refuses."""
    watch = lock_watch(shop_id, sku_id)
    found = _look(shop_id, [watch], now) if watch else []
    if not found:
        return 0
    (look,) = found
    verdict, done = look.verdict, 0
    if verdict.cost is not None:
        drop_waiting(shop_id=shop_id, sku_id=sku_id, actor=ACTOR, now=now)
    if verdict.price_minor is not None:
        done += _price(look, verdict.price_minor, now)
    if verdict.alert:
        done += _note(look, "alert", "supply.price_alert", look.sku.price.amount_minor, now)
    if verdict.pause is not None:
        done += _note(
            look, "pause" if verdict.pause else "resume",
            "supply.selling_paused" if verdict.pause else "supply.selling_resumed", look.sku.price.amount_minor, now,
        )  # fmt: skip
    columns: dict[str, object] = {"looked_at": now}
    if verdict.cost is not None:
        columns["cost"] = verdict.cost
    if verdict.pause is not None:
        columns["paused_at"] = now if verdict.pause else None
    Watch.objects.filter(shop_id=shop_id, sku_id=sku_id).update(**columns)
    return done


def _look(shop_id: UUID, watches: Sequence[Watch], now: datetime) -> list[_Look]:
    """Rules whose SKU is gone are left out."""
    ids = [watch.sku_id for watch in watches]
    skus = {one.id: one.sku for one in catalog.desk_skus(shop_id, ids)}
    floors = dict(Route.objects.filter(shop_id=shop_id, sku_id__in=ids).values_list("sku_id", "floor_minor"))
    days, candidates = _day_prices(shop_id, ids, now), candidates_of(shop_id, ids, now)
    looks = []
    for watch in watches:
        sku = skus.get(watch.sku_id)
        if sku is None:
            continue
        exponent, price = EXPONENTS[sku.price.currency], sku.price.amount_minor
        kind = "code" if sku.delivery_kind == "code" else "direct"
        costs = costs_of(candidates.get(watch.sku_id, []), exponent, kind)
        seen = Seen(price, days.get(watch.sku_id, price), floors.get(watch.sku_id, 0), exponent, watch.cost,
                    watch.paused_at is not None)  # fmt: skip
        looks.append(_Look(watch, sku, costs, judge(rule_of(watch), seen, costs)))
    return looks


def _day_prices(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime) -> Mapping[UUID, int]:
    """With which price the shop's day began, where a rule has changed it since."""
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    moved = PriceMove.objects.filter(
        shop_id=shop_id, sku_id__in=sku_ids, what="price", state=states.MOVE_DONE, at__gte=midnight
    )
    return dict(moved.order_by("-at", "-id").values_list("sku_id", "old_minor"))


def _price(look: _Look, price_minor: int, now: datetime) -> int:
    if look.verdict.held_by:
        return _note(look, "held", "supply.price_held", price_minor, now)
    change = PriceChange("set", price_minor, look.sku.price.currency)
    catalog_does.change_price(shop_id=look.watch.shop_id, sku_id=look.sku.id, change=change, actor=ACTOR, now=now)
    return _note(look, "price", "supply.price_followed", price_minor, now)


def _note(look: _Look, what: str, action: str, price_minor: int, now: datetime) -> int:
    """A line of history, of the audit trail and an event."""
    watch, costs, move_id, waits = look.watch, look.costs, uuid7(), what == "held"
    assert costs is not None
    PriceMove.objects.create(
        id=move_id, shop_id=watch.shop_id, sku_id=watch.sku_id, what="price" if waits else what,
        state=states.MOVE_WAITING if waits else states.MOVE_DONE, held_by=look.verdict.held_by if waits else "",
        supplier_id=costs.supplier_id, old_cost=watch.cost, new_cost=costs.first,
        old_minor=look.sku.price.amount_minor, new_minor=price_minor, currency=look.sku.price.currency,
        rule=rule_of(watch).columns(), at=now, decided_at=None if waits else now, decided_by="" if waits else ACTOR,
    )  # fmt: skip
    moves: list[tuple[str | None, str]] = [(None, states.MOVE_WAITING)]
    if not waits:
        moves.append((states.MOVE_WAITING, states.MOVE_DONE))
    record_history(
        shop_id=watch.shop_id, machine=states.MOVE, subject_id=move_id, moves=moves, actor=ACTOR, cause=what, now=now
    )
    audit.record(
        shop_id=watch.shop_id, actor=ACTOR, action=action, subject=("catalog.sku", watch.sku_id),
        data={
            "old_cost": None if watch.cost is None else str(watch.cost), "new_cost": str(costs.first),
            "old_minor": look.sku.price.amount_minor, "new_minor": price_minor, "held_by": look.verdict.held_by,
        }, now=now,
    )  # fmt: skip
    event = PriceWatched(watch.sku_id, move_id, what)
    publish(shop_id=watch.shop_id, event=event, cause=("supply.price_move", move_id), now=now)
    return 1
