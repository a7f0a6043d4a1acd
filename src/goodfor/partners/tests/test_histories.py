"""Any order of deductions and results, repeated and contradictory: a model of six lines says what must be left."""

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.kernel.clock import utc_now
from goodfor.partners import states
from goodfor.partners.models import Person
from goodfor.partners.operations.go_to_mall import go_to_mall
from goodfor.partners.operations.hear_result import hear_result
from goodfor.partners.operations.take_points import take_points
from goodfor.partners.protocol import NoticeCall, PointsCall
from goodfor.partners.tests.conftest import World

pytestmark = pytest.mark.django_db(transaction=True)
HELD: Final = 1_000
#: (number, units to take), or (number, what is told of it).
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.one_of(st.sampled_from([200, 400, 700]), st.booleans())), min_size=3, max_size=14
)


@pytest.fixture
def audited(world: World) -> Iterator[World]:
    """Whatever happened in it, all truths hold afterwards."""
    yield world
    assert world.faults() == {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_history(audited: World, steps: list[tuple[int, int | bool]]) -> None:
    world, history = audited, uuid4().hex
    owner = world.member(HELD)
    go_to_mall(shop_id=world.shop_id, account_id=world.account.id, owner=owner, now=utc_now())
    uid = Person.objects.get(shop_id=world.shop_id, owner=owner).uid
    #: number -> (state, units)
    model: dict[int, tuple[str, int]] = {}
    left = HELD
    for n, what in steps:
        state, units = model.get(n, ("", 0))
        if isinstance(what, bool):
            told = NoticeCall(f"{history}-{n}", what)
            hear_result(shop_id=world.shop_id, account_id=world.account.id, told=told, now=utc_now())
            if not state:
                model[n] = (states.BARRED, 0)
            elif state == states.TAKEN:
                model[n] = (states.DONE if what else states.UNDONE, units)
                left += 0 if what else units
            continue
        asked = PointsCall(f"{history}-{n}", uid, what, what // 2)
        answer = take_points(
            shop_id=world.shop_id, account_id=world.account.id, kind=states.DEDUCT, asked=asked, now=utc_now()
        )
        if not state:
            model[n] = (states.TAKEN if what <= left else states.REFUSED, what)
            left -= what if what <= left else 0
        good = model[n][0] in (states.TAKEN, states.DONE) and model[n][1] == what
        assert (answer.ok, world.holds(owner)) == (good, left)
    assert world.holds(owner) == left
    seen = {one.order_num: one.state for one in world.spends() if one.order_num.startswith(history)}
    assert seen == {f"{history}-{n}": state for n, (state, _units) in model.items()}
