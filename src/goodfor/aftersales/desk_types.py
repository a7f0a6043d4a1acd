"""What the staff's desk asks of cases and gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.aftersales.types import Terms, Verdict
from goodfor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Conditions, all of which hold. `late`: answer, decision or any, at `now`. `decider`: system, staff, or one actor.

    Without `oldest_first` the newest stand first; with it whatever must be decided soonest, which only cases that are
    not closed have. `since` and `until`: when the claim was made.
    """

    states: tuple[str, ...] = ()
    reason: str = ""
    action: str = ""
    late: str = ""
    decider: str = ""
    supplier_id: UUID | None = None
    batch_id: UUID | None = None
    order_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    now: datetime | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case as the staff see it, with what the table says about it now.

    `said`: the last decision (action, rule, why), of which `person` is one. `suggestion`: what the table would do if
    nobody had to look; None: it has nothing to say.
    """

    id: UUID
    order_id: UUID
    line_id: UUID
    sku_id: UUID
    number: str
    buyer: str
    reason: str
    units: int
    amount: Money
    state: str
    opened_at: datetime
    answer_by: datetime
    decide_by: datetime
    answered_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    action: str
    rule: str
    why: str
    by: str
    proven: bool
    escalated: int
    answer_missed_at: datetime | None
    decision_missed_at: datetime | None
    rating: int | None
    supplier_id: UUID | None
    batch_id: UUID | None
    terms: Terms
    promise_version: int
    said: tuple[str, str, str] | None = None
    suggestion: Verdict | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: How many decisions there were: with the state it tells whether a page is stale.
    decisions: int = 0

    @property
    def live(self) -> bool:
        """It is not over."""
        return self.closed_at is None

    @property
    def due(self) -> datetime | None:
        """The clock that runs: the first answer, then the decision; None while it stands still or is over."""
        if self.closed_at is not None or self.paused_at is not None or self.decided_at is not None:
            return None
        return self.decide_by if self.answered_at is not None else min(self.answer_by, self.decide_by)

    @property
    def mark(self) -> str:
        """Changes with whatever happens to the case: a form carries it, so that a stale page decides nothing."""
        return f"{self.state}.{self.decisions}"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of similar claims: how many there are (up to the limit that was asked), and the latest of them."""

    total: int
    proven: int
    back: int
    refused: int
    waiting: int
    latest: tuple[DeskCase, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimFigures:
    """How the latest `sample` claims went. Shares between 0 and 1, None without data; `answer_p50` in seconds."""

    sample: int
    automatic: float | None
    answer_p50: float | None
    answers_kept: float | None
    decisions_kept: float | None
    rated: int
    rating: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision would do to money. `back`: to the buyer, of the price. `cost`: of a new code, None: not known.

    `extra`: beyond the price, if the claim counts as proven. `bearer`: `supplier` where it can be asked to make it
    good, else `shop`; empty where nothing is to bear.
    """

    action: str
    back: Money
    cost: Money | None
    extra: Money
    bearer: str


#: What may stand in braces in a prepared reply.
SNIPPET_PLACES = ("number", "product", "reason", "amount")


@dataclass(frozen=True, slots=True)
class SnippetText:
    """A prepared reply: what it is called, and its text with SNIPPET_PLACES in braces."""

    label: str
    text: str
