"""What goes over the wire about grants of welfare."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from goodfor.openapi.presenters import money
from goodfor.openapi.schemas import Input, MoneyOut
from goodfor.welfare.types import GrantView

MOST: int = 1_000
_VISIBLE = r"^[^\x00-\x1f\x7f]+$"


class ShareIn(Input):
    """What somebody is given."""

    who: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_VISIBLE)] = Field(
        description="Work id, or work mail address."
    )
    amount_minor: int = Field(ge=1, le=10**9)
    note: Annotated[str, StringConstraints(max_length=120, pattern=_VISIBLE)] | None = None


class GrantIn(Input):
    """A grant for people of your company."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_VISIBLE)]
    ends_at: AwareDatetime = Field(strict=False, description="Until when it may be spent; the rest is yours again.")
    people: list[ShareIn] = Field(min_length=1, max_length=MOST)


class GrantOut(BaseModel):
    """A grant, and how far it is."""

    id: UUID
    name: str
    state: Literal["draft", "short", "running", "done", "dropped"]
    people: int
    given: int
    total: MoneyOut
    given_total: MoneyOut
    ends_at: datetime
    made_at: datetime


def present(view: GrantView) -> dict[str, Any]:
    """GrantOut."""
    return {
        "id": view.id, "name": view.name, "state": view.state, "people": view.lines, "given": view.given,
        "total": money(view.total), "given_total": money(view.given_total), "ends_at": view.ends_at,
        "made_at": view.made_at,
    }  # fmt: skip
