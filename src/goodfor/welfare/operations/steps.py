"""Small steps that operations of welfare share; each runs in its caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel import audit
from goodfor.kernel.statemachine import Machine, record_history, record_many
from goodfor.welfare import states
from goodfor.welfare.errors import CompanyOff, InvalidWelfare
from goodfor.welfare.models import Company, Employee

log = structlog.get_logger(__name__)


def filled(text: str, most: int, field: str) -> str:
    """The same without gaps around it. Raises InvalidWelfare where nothing is left, or too much."""
    plain = text.strip()
    if not 0 < len(plain) <= most or "\x00" in plain:
        raise InvalidWelfare(field=field)
    return plain


def must_be_on(company: Company) -> None:
    """Raise CompanyOff."""
    if company.state != states.ON:
        raise CompanyOff


def noted(
    company: Company, action: str, subject: tuple[str, UUID], actor: str, data: dict[str, Any], now: datetime
) -> None:  # fmt: skip
    """In the audit trail of the shop."""
    told = {"company": company.code, **data}
    audit.record(shop_id=company.shop_id, actor=actor, action=action, subject=subject, data=told, now=now)


def moved(
    shop_id: UUID, machine: Machine, subject_id: UUID, move: tuple[str | None, str], actor: str, now: datetime,
    cause: str = "",
) -> None:  # fmt: skip
    """A step of one thing's history. Raises IllegalTransition."""
    record_history(
        shop_id=shop_id,
        machine=machine,
        subject_id=subject_id,
        moves=[move],
        actor=actor,
        cause=cause or actor,
        now=now,
    )


def moved_all(
    shop_id: UUID, rows: Sequence[Employee], to_state: str, actor: str, now: datetime, cause: str = ""
) -> None:  # fmt: skip
    """The histories of employees, who may come from several states. Raises IllegalTransition."""
    for was in sorted({row.state for row in rows}):
        record_many(
            shop_id=shop_id, machine=states.EMPLOYEE, subject_ids=[row.id for row in rows if row.state == was],
            move=(was, to_state), actor=actor, cause=cause or actor, now=now,
        )  # fmt: skip


def each(step: Callable[[UUID, UUID, datetime], int], rows: Iterable[tuple[UUID, UUID]], now: datetime) -> int:
    """A step for each (shop, row), the sum of what they answer: one company's trouble is not another's."""
    done = 0
    for shop_id, row_id in rows:
        try:
            done += step(shop_id, row_id, now)
        except Exception as error:
            log.error("welfare_step_failed", step=step.__name__, shop_id=str(shop_id), error=type(error).__name__)
    return done


def shop_of(shop_id: UUID) -> ShopView:
    """The shop, for its currency and its clock."""
    return identity.shop_by_id(shop_id)
