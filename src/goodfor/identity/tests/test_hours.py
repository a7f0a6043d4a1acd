"""Working hours of a shop's staff, and who could be the second person."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.identity import queries
from goodfor.identity.hours import hours_of, within_hours
from goodfor.identity.operations import add_staff, create_user
from goodfor.identity.operations.change_role import change_role
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.types import Permission, Role


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9-18",
        "09:00",
        "09:00-24:00",
        "09:60-10:00",
        "09:00-09:00",
        "09:00 - 18:00",
        "09:00-18:00\n",
        "０９:00-18:00",
    ],
)
def test_what_is_no_span_says_nothing(text: str) -> None:
    assert hours_of(text) is None
    assert within_hours(text, "Asia/Shanghai", datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("text", "utc", "inside"),
    [
        ("09:00-22:30", "01:00", True), ("09:00-22:30", "00:59", False), ("09:00-22:30", "14:29", True),
        ("09:00-22:30", "14:30", False), ("22:00-06:00", "14:00", True), ("22:00-06:00", "21:59", True),
        ("22:00-06:00", "22:00", False), ("22:00-06:00", "04:00", False),
    ],
)  # fmt: skip
def test_by_the_shops_own_clock(text: str, utc: str, inside: bool) -> None:
    now = datetime.fromisoformat(f"2026-01-01T{utc}:00+00:00")
    assert within_hours(text, "Asia/Shanghai", now) is inside


@pytest.mark.django_db
def test_who_could_be_the_second_person() -> None:
    now = datetime.now(UTC)
    shop = create_shop(code="duo", name="店", currency="CNY", actor="test", now=now)

    def join(name: str, role: str, days: int) -> queries.StaffView:
        user_id = create_user(username=f"{name}-{uuid4()}", password=None)
        return add_staff(shop_id=shop.id, user_id=user_id, role=role, actor="t", now=now - timedelta(days=days))

    owner, helper, newcomer = join("o", Role.OWNER, 9), join("s", Role.SUPPORT, 9), join("n", Role.OPERATOR, 0)
    left, viewer = join("l", Role.OPERATOR, 9), join("v", Role.VIEWER, 9)
    change_role(shop_id=shop.id, staff_id=left.id, role=Role.OPERATOR, active=False, actor="t", now=now)

    def others(of: queries.StaffView, before: datetime) -> list[str]:
        found = queries.colleagues(shop.id, of=of.id, permission=Permission.RISK_REVIEW, before=before)
        return [one.username for one in found]

    day = now - timedelta(days=1)
    assert others(owner, day) == [helper.username]
    assert others(helper, day) == [owner.username]
    assert others(viewer, day) == [owner.username, helper.username]
    assert others(owner, now + timedelta(seconds=1)) == [helper.username, newcomer.username]
    assert queries.colleagues(uuid4(), of=owner.id, permission=Permission.RISK_REVIEW, before=now) == []
