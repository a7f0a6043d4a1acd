"""How far the acts of late differ from those that a shop's champion, and its challenger, learned from."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from goodfor.risk.model import boosting, scoring
from goodfor.risk.model.drift import Drift, drift
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.registry import model_report
from goodfor.risk.model.scoring import Loaded
from goodfor.risk.model.source import newest

#: What counts as of late, and how many acts of it are looked at.
SPAN: Final = timedelta(days=7)
MOST: Final = 5000


def champion_drift(shop_id: UUID, group: str, since: datetime, until: datetime, limit: int = MOST) -> Drift | None:
    """Of the newest decisions in [since, until), `limit` at most; None where no champion scores."""
    champion = scoring.serving(shop_id, group).champion
    return None if champion is None else _drift(shop_id, group, champion, since, until, limit)


def model_drift(shop_id: UUID, model_id: UUID, since: datetime, until: datetime) -> Drift | None:
    """The same of one model that scores; None where it does not."""
    for group in SCENES:
        held = scoring.serving(shop_id, group)
        for loaded in (held.champion, held.challenger):
            if loaded is not None and loaded.id == model_id:
                return _drift(shop_id, group, loaded, since, until, MOST)
    return None


def _drift(shop_id: UUID, group: str, loaded: Loaded, since: datetime, until: datetime, limit: int) -> Drift:
    report = model_report(shop_id, loaded.id)[1]
    snapshots = newest(shop_id, group, since, until, limit)
    return drift(report, loaded.encoding, snapshots, partial(boosting.raw_scores, loaded.booster))
