"""Challenges: solved once, by whom they are for, in time; whatever else comes is refused."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import altcha
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.kernel.ids import uuid7
from goodfor.risk.door_tasks import purge
from goodfor.risk.doors import challenge
from goodfor.risk.tests.door_helpers import side_by_side, sql

pytestmark = pytest.mark.django_db
PLACE = {"door": "redeem", "bound_to": "device"}


@pytest.fixture
def shop_id() -> UUID:
    return uuid7()


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The prices do not matter here."""
    monkeypatch.setattr(challenge, "ROUNDS", {1: 4, 2: 8, 3: 12, 4: 16})
    monkeypatch.setattr(challenge, "ITERATIONS", 10)


def used() -> int:
    return int(sql("SELECT count(*) FROM risk_used_challenge")[0][0])


def test_a_solution_opens_once(shop_id: UUID, now: datetime) -> None:
    made = challenge.issue(shop_id=shop_id, cost=2, now=now, **PLACE)
    payload = challenge.solve(made)
    asked = {"shop_id": shop_id, "payload": payload, "now": now, **PLACE}
    assert not challenge.verify(**asked, cost=3)
    assert used() == 0
    assert challenge.verify(**asked, cost=2)
    assert not challenge.verify(**asked, cost=2)
    assert not challenge.verify(**asked, cost=1)
    assert used() == 1


@pytest.mark.django_db(transaction=True)
def test_handed_in_twenty_times_at_once_it_opens_once(shop_id: UUID, now: datetime) -> None:
    payload = challenge.solve(challenge.issue(shop_id=shop_id, cost=1, now=now, **PLACE))
    told = side_by_side(
        lambda _: challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE), 20, 20
    )  # fmt: skip
    assert sum(told) == 1
    assert used() == 1


@pytest.mark.parametrize(
    "other",
    [{"door": "coupon"}, {"bound_to": "another"}, {"bound_to": ""}, {"shop_id": uuid7()},
     {"now": datetime.fromisoformat("2026-01-01T00:10:01+00:00")}],
)  # fmt: skip
def test_it_is_good_for_one_asker_at_one_door_for_ten_minutes(shop_id: UUID, now: datetime, other: Any) -> None:
    """A solution cannot be sold: what another device solved is worth nothing here."""
    payload = challenge.solve(challenge.issue(shop_id=shop_id, cost=1, now=now, **PLACE))
    assert not challenge.verify(**{"shop_id": shop_id, "payload": payload, "now": now, **PLACE, **other})
    assert used() == 0
    late = now + timedelta(minutes=9, seconds=59)
    assert challenge.verify(shop_id=shop_id, payload=payload, now=late, **PLACE)


def changed(payload: str, change: Any) -> str:
    told = json.loads(base64.b64decode(payload))
    change(told)
    return base64.b64encode(json.dumps(told).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t["challenge"]["parameters"]["data"].update(cost=4),
        lambda t: t["challenge"]["parameters"]["data"].update(until=9_999_999_999),
        lambda t: t["challenge"]["parameters"].update(keyPrefix=""),
        lambda t: t["challenge"]["parameters"].update(cost=1),
        lambda t: t["challenge"]["parameters"].update(nonce="00" * 16),
        lambda t: t["challenge"]["parameters"].pop("data"),
        lambda t: t["challenge"]["parameters"].pop("keySignature"),
        lambda t: t["challenge"].pop("signature"),
        lambda t: t["challenge"].update(signature="00" * 32),
        lambda t: t["solution"].update(derivedKey="00" * 32),
        lambda t: t["solution"].update(derivedKey=None),
        lambda t: t.update(solution=None),
        lambda t: t.update(challenge=[]),
    ],
)
def test_what_was_changed_opens_nothing(shop_id: UUID, now: datetime, change: Any) -> None:
    payload = changed(challenge.solve(challenge.issue(shop_id=shop_id, cost=1, now=now, **PLACE)), change)
    assert not challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)
    assert used() == 0


def test_an_unsolved_one_opens_nothing(shop_id: UUID, now: datetime) -> None:
    made = altcha.Challenge.from_dict(challenge.issue(shop_id=shop_id, cost=1, now=now, **PLACE))
    prefix = made.parameters.key_prefix
    for key in (prefix, prefix + "00" * 16, ""):
        payload = altcha.Payload(made, altcha.Solution(3, key)).to_base64()
        assert not challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(st.one_of(
    st.text(max_size=300),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["challenge", "solution", "parameters", "signature", "data", "algorithm", "nonce",
                                 "salt", "cost", "counter", "derivedKey", "keySignature", "expiresAt", "__proto__"]),
                inner, max_size=6,
            ),
        ),
        max_leaves=20,
    ).map(lambda told: base64.b64encode(json.dumps(told).encode()).decode()),
))  # fmt: skip
def test_whatever_comes_is_refused(shop_id: UUID, now: datetime, payload: str) -> None:
    assert not challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)


def test_long_or_deep_ones_are_refused_at_once(shop_id: UUID, now: datetime) -> None:
    deep = base64.b64encode(b'{"challenge":' + b"[" * 900 + b"]" * 900 + b"}").decode()
    for payload in ("", "A" * 5_000_000, deep):
        assert not challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)


def test_another_shops_key_does_not_matter_and_another_installations_does(shop_id: UUID, now: datetime) -> None:
    made = altcha.create_challenge(
        challenge.ALGORITHM, 10, counter=5, data={"cost": 4, "until": 9_999_999_999, "for": "x", "rounds": 8},
        hmac_secret=b"somebody else's", hmac_key_secret=b"somebody else's",
    )  # fmt: skip
    payload = challenge.solve(made.to_dict())
    assert not challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)


def test_costs(shop_id: UUID, now: datetime) -> None:
    for cost in (0, 5, -1):
        with pytest.raises(ValueError, match="1 to 4"):
            challenge.issue(shop_id=shop_id, cost=cost, now=now, **PLACE)
    told = json.dumps(challenge.issue(shop_id=shop_id, cost=4, now=now, **PLACE))
    assert "device" not in told
    assert str(shop_id) not in told


def test_used_ones_are_forgotten_when_they_are_too_old_anyway(shop_id: UUID, now: datetime) -> None:
    payload = challenge.solve(challenge.issue(shop_id=shop_id, cost=1, now=now, **PLACE))
    assert challenge.verify(shop_id=shop_id, payload=payload, now=now, **PLACE)
    assert purge(now + timedelta(minutes=14)) == 0
    assert purge(now + timedelta(minutes=16)) == 1
    assert not challenge.verify(shop_id=shop_id, payload=payload, now=now + timedelta(minutes=16), **PLACE)
