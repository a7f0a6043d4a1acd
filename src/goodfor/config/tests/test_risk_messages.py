"""Who hears that a rule was switched off by one person."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model

from goodfor.config.tests.test_messages import ACTOR, desk, mail, told
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.orders.tests.conftest import Shop, now, shop
from goodfor.risk.operations.approve import approve
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.tests.rule_world import SAYS
from goodfor.sandbox.notify.server import RunningDesk


def somebody(shop_id: UUID, role: str, now: datetime) -> tuple[str, str]:
    """(how the audit trail names them, their mail box)."""
    box = f"{role}-{uuid4().hex[:8]}@mail.example"
    user_id = create_user(username=box)
    get_user_model().objects.filter(pk=user_id).update(email=box)
    return add_staff(shop_id=shop_id, user_id=user_id, role=role, actor=ACTOR, now=now).actor, box


@pytest.mark.usefixtures("mail")
def test_the_owner_hears_that_a_rule_was_switched_off(shop: Shop, now: datetime, desk: RunningDesk) -> None:
    shop_id = shop.demo.shop_id
    owner, owners_box = somebody(shop_id, "owner", now)
    operator, operators_box = somebody(shop_id, "operator", now)
    made = save_draft(shop_id=shop_id, says=SAYS, code="big-order", actor=operator, now=now)
    wish = {"shop_id": shop_id, "rule_id": made.id, "actor": operator, "now": now}
    set_state(state="shadow", **wish)
    change = set_state(state="live", **wish)
    assert change.proposal_id is not None
    approve(shop_id=shop_id, proposal_id=change.proposal_id, actor=owner, now=now)
    off = set_state(state="off", reason="误伤太多", **wish)
    (letter,) = told(desk, owners_box, now)
    assert letter["subject"] == "风控规则被紧急停用：大额订单"
    assert "误伤太多" in letter["html"]
    assert f"/console/risk/changes/{off.proposal_id}/" in letter["html"]
    assert told(desk, operators_box, now) == []
    # Again from the events makes no second letter.
    assert len(told(desk, owners_box, now)) == 1
