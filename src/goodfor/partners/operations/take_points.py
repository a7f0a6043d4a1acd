"""A mall takes units of a member, or gives some: once for its number, and always with the same answer."""

from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.errors import NotEnoughPoints
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.spend_elsewhere import PARTNER, spend_elsewhere
from goodfor.loyalty.types import Holder, Source
from goodfor.partners import schedule, states
from goodfor.partners.accounts import account_of
from goodfor.partners.locks import lock_account
from goodfor.partners.models import Account, Person, Spend
from goodfor.partners.operations.steps import move_spend, note_movement
from goodfor.partners.protocol import PointsAnswer, PointsCall

_TAKEN_TODAY: Final = Statement("goodfor.partners", "sql/taken_today.sql")
SHORT: Final = "short"


@transaction.atomic(savepoint=False)
def take_points(*, shop_id: UUID, account_id: UUID, kind: str, asked: PointsCall, now: datetime) -> PointsAnswer:
    """`kind`: deduct or add. What cannot be done is kept as refused under its number: the mall has been told so.

    Raises PartnerNotFound.
    """
    account = lock_account(shop_id, account_id)
    row = Spend.objects.filter(shop_id=shop_id, account=account, order_num=asked.order_num).first()
    if row is not None:
        return _same_again(row, kind, asked, now)
    person = Person.objects.filter(shop_id=shop_id, account=account, uid=asked.uid, left_at__isnull=True).first()
    row = Spend.objects.create(
        id=uuid7(), shop_id=shop_id, account=account, order_num=asked.order_num, kind=kind, uid=asked.uid,
        owner=person.owner if person else None, units=asked.units, actual_minor=asked.actual_minor,
        face_minor=asked.face_minor, item=asked.item, goods=asked.goods, description=asked.description, at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.SPEND, subject_id=row.id, moves=[(None, states.ASKED)], actor=PARTNER,
        cause=f"partner:{account.code}", now=now,
    )  # fmt: skip
    why = _refusal(account, row, now)
    if not why:
        why = _give(account, row, now) if kind == states.ADD else _take(account, row, now)
    if why:
        move_spend(row, states.REFUSED, actor=PARTNER, cause=why, now=now, why=why)
    return _answer(row, now)


def _refusal(account: Account, row: Spend, now: datetime) -> str:
    """Why it may not be, whatever the member has; empty: it may."""
    call_most, day_most = account.call_most, account.day_most
    if row.kind == states.ADD:
        call_most, day_most = account.add_call_most, account.add_day_most
    if row.owner is None:
        return "uid"
    if not loyalty.gives_points(account.shop_id, now):
        return "off"
    if row.units > call_most:
        return "call_cap"
    # More than our points are worth is not owed to anybody for them.
    if row.actual_minor * 100 > row.units * account.value_centi:
        return "price"
    zone = ZoneInfo(identity.shop_by_id(account.shop_id).timezone)
    since = datetime.combine(now.astimezone(zone).date(), time(), zone)
    asked = {"shop_id": account.shop_id, "account_id": account.id, "since": since, "kind": row.kind}
    taken = _TAKEN_TODAY.row(asked)
    return "day_cap" if taken is not None and taken[0] + row.units > day_most else ""


def _take(account: Account, row: Spend, now: datetime) -> str:
    assert row.owner is not None, "whoever is not known was refused"
    try:
        spend_elsewhere(
            shop_id=row.shop_id, holder=Holder(row.owner), units=row.units, spend_id=row.id,
            account=account_of(account.role, account.code), costs_minor=row.actual_minor, currency=account.currency,
            reason=row.description or account.name, now=now,
        )  # fmt: skip
    except NotEnoughPoints:
        return SHORT
    ask_at = schedule.next_question(0, now) if account.query_url else None
    move_spend(row, states.TAKEN, actor=PARTNER, cause=f"partner:{account.code}", now=now, ask_at=ask_at)
    note_movement(
        account, subject_id=row.id, what=states.TAKEN, order_num=row.order_num, units=row.units,
        minor=row.actual_minor, now=now,
    )  # fmt: skip
    return ""


def _give(account: Account, row: Spend, now: datetime) -> str:
    assert row.owner is not None, "whoever is not known was refused"
    if row.actual_minor:
        return "price"
    minor, ends = loyalty.present(row.shop_id, row.units, now)
    give_units(
        shop_id=row.shop_id, holder=Holder(row.owner), units=row.units, source=Source(PARTNER, str(row.id), "add"),
        currency=account.currency, reason=row.description or account.name, actor=PARTNER, minor=minor,
        expires_at=ends, now=now,
    )  # fmt: skip
    move_spend(row, states.ADDED, actor=PARTNER, cause=f"partner:{account.code}", now=now)
    return ""


def _same_again(row: Spend, kind: str, asked: PointsCall, now: datetime) -> PointsAnswer:
    """What was answered before; to another wish under the same number: no."""
    same = (row.kind, row.uid, row.units, row.actual_minor) == (kind, asked.uid, asked.units, asked.actual_minor)
    return _answer(row, now) if same else _no()


def _answer(row: Spend, now: datetime) -> PointsAnswer:
    left = loyalty.balance(row.shop_id, Holder(row.owner), now).available if row.owner else None
    if row.state in states.COUNTED:
        return PointsAnswer(True, row.id.hex, left)
    return PointsAnswer(False, credits=left, message=_("积分不足")) if row.why == SHORT else _no(left)


def _no(left: int | None = None) -> PointsAnswer:
    return PointsAnswer(False, credits=left, message=_("暂时不能兑换"))
