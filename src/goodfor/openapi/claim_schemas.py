"""What goes over the wire about claims."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from goodfor.openapi.schemas import MAX_QUANTITY, Input, MoneyOut

MAX_TEXT = 500
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, strip_whitespace=True)]
Reason = Literal["invalid", "used", "expired", "wrong", "not_received", "top_up_missing", "changed_mind"]


class ClaimIn(Input):
    """What is wrong with a line. Without `code_ids` it is about all codes that the line holds.

    `top_up_missing` is for top-ups, and the only reason for these.
    """

    line_id: UUID | None = Field(default=None, description="May be left out where the order has one line.")
    reason: Reason
    code_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_QUANTITY)
    text: Text = Field(default="", description="Your own words; kept encrypted. Never write a code here.")


class WithdrawIn(Input):
    """Nothing to say: an empty object, or no body."""


class ObjectionIn(Input):
    """Why you do not agree; kept encrypted."""

    text: Said


class MessageIn(Input):
    """What you say to the shop, or answer to what it asked; kept encrypted."""

    text: Said


class ClaimUnitOut(BaseModel):
    """One code of a claim, or the top-up of its line (`code_id` null), and what came of it."""

    code_id: UUID | None
    state: Literal["live", "refunded", "replaced", "none"]
    new_code_id: UUID | None = Field(description="What replaced it: among the codes of the order.")


class DecisionOut(BaseModel):
    """The last decision. `why` is stable, `explanation` says it in words (Accept-Language)."""

    at: datetime
    action: Literal["refund", "replace", "reject", "void_refund", "ask_supplier", "ask_buyer", "person"]
    why: str
    explanation: str
    note: str = Field(description="What the shop added.")
    automatic: bool


class GrantOut(BaseModel):
    """An amount beyond the price that the promise gives."""

    kind: Literal["compensation", "late_delivery", "late_answer", "late_decision"]
    amount: MoneyOut
    state: Literal["owed", "paid"]


class ClaimOut(BaseModel):
    """A claim. It ends refunded, replaced, rejected or withdrawn; `stage` says how far it is looked into.

    `answer_by` and `decide_by` are the shop's promise; null: no such clock runs.
    """

    id: UUID
    order_number: str
    line_id: UUID
    reason: Reason
    state: Literal["open", "replacing", "refunded", "replaced", "rejected", "withdrawn"]
    stage: Literal["checking", "asking", "person", "carrying", "closed"] | None
    opened_at: datetime
    answer_by: datetime | None
    decide_by: datetime | None
    closed_at: datetime | None
    units: list[ClaimUnitOut]
    decision: DecisionOut | None
    refund: MoneyOut | None = Field(description="What the claim gave back, by the route that the order was paid by.")
    refunded: bool = Field(description="It has arrived.")
    objection_possible: bool
    grants: list[GrantOut]


class ClaimsOut(BaseModel):
    """The claims on an order, latest first."""

    items: list[ClaimOut]
