"""Models, trainings and planted codes, for the pages of risk control."""

from datetime import timedelta
from functools import cache
from typing import Any

from goodfor.console.tests.conftest import Shop
from goodfor.kernel.clock import utc_now
from goodfor.risk.doors.desk import honeypots
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model.groups import CLAIM, PURCHASE
from goodfor.risk.model.registry import ModelView
from goodfor.risk.model.rows import read_rows
from goodfor.risk.model.training import Plan, Trained, train_model
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.register_model import register_model
from goodfor.risk.operations.start_training import start_training
from goodfor.risk.tests.model_world import QUICK, START, decisions


@cache
def trained() -> Trained:
    """A model of the invented world, with folds."""
    plan = Plan(START + timedelta(days=60), folds=2)
    return train_model(read_rows(decisions(6000), SET_VERSION), plan, settings=QUICK)


def registered(shop: Shop, by: str = "staff:gone", group: str = PURCHASE) -> ModelView:
    """A candidate."""
    return register_model(shop_id=shop.id, group=group, trained=trained(), actor=by, now=utc_now())


def model_things(shop: Shop) -> dict[str, Any]:
    """One of each."""
    now = utc_now()
    plant_honeypots(shop_id=shop.id, count=1, why="x", actor="test", now=now)
    return {
        "model_id": registered(shop).id,
        "training_id": start_training(shop_id=shop.id, group=CLAIM, actor="test", now=now),
        "planted_id": honeypots(shop_id=shop.id)[0].id,
    }
