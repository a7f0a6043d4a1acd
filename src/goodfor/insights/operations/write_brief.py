"""Write the brief of a day, once."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.insights import brief
from goodfor.insights.events import BriefWritten
from goodfor.insights.health import supplier_health
from goodfor.insights.models import Brief
from goodfor.insights.reads import slices, steps, totals
from goodfor.insights.stock import restock
from goodfor.insights.types import Ask, Figures, Slice, Steps
from goodfor.kernel.events import publish

WEEKS: Final = 4
HORIZON: Final = 14


def write_brief(*, shop_id: UUID, day: date, currency: str, now: datetime) -> bool:
    """Of a day that is over, from figures as they are now; False where it was written before."""
    if Brief.objects.filter(shop_id=shop_id, day=day).exists():
        return False
    facts = facts_of(shop_id, day, currency, now)
    noted = brief.look(facts)
    try:
        with transaction.atomic():
            Brief.objects.create(
                shop_id=shop_id, day=day, made_at=now,
                findings=[{"kind": one.kind, "stake": round(one.stake), "facts": one.facts} for one in noted],
                summary={"currency": currency, "figures": asdict(facts.day), "steps": asdict(facts.steps)},
            )  # fmt: skip
            publish(shop_id=shop_id, event=BriefWritten(day.isoformat(), len(noted)), now=now)
    except IntegrityError:
        # Somebody wrote it meanwhile.
        return False
    return True


def facts_of(shop_id: UUID, day: date, currency: str, now: datetime) -> brief.Facts:
    """What the brief of a day is made of."""
    asks = [Ask(at, at, currency) for at in (day - timedelta(days=7 * n) for n in range(WEEKS + 1))]
    figures = [totals(shop_id, ask) for ask in asks]
    flows = [steps(shop_id, ask).get("", Steps()) for ask in asks]
    # A shop that is younger than the weeks is compared with what there is.
    known = [n for n in range(1, WEEKS + 1) if figures[n] != Figures()]
    return brief.Facts(
        day=figures[0], usual=[figures[n] for n in known], steps=flows[0], steps_usual=[flows[n] for n in known],
        skus=slices(shop_id, asks[0], "sku"), skus_usual=_weeks_by_sku(shop_id, [asks[n] for n in known]),
        short=restock(shop_id, HORIZON), suppliers=supplier_health(shop_id, now),
    )  # fmt: skip


def _weeks_by_sku(shop_id: UUID, asks: list[Ask]) -> list[Slice]:
    found: dict[str, Slice] = {}
    for ask in asks:
        for one in slices(shop_id, ask, "sku"):
            before = found.get(one.key)
            found[one.key] = Slice(one.key, before.figures + one.figures if before else one.figures, one.name)
    return list(found.values())
