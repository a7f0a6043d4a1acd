"""What goes in and out of this room: promises, facts, decisions, cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal
from uuid import UUID

from goodfor.kernel.money import Money

#: What a promise is for, the narrowest wins: sku > category > supplier > shop.
Scope = Literal["shop", "supplier", "category", "sku"]
#: How an amount beyond the price reaches its buyer. `hand`: the staff transfer it.
Way = Literal["wallet", "hand"]


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work. `days`: weekday (0 Monday) -> from, to (local); `free`: ISO dates on which nobody does.

    `extra`: ISO dates on which they work though the weekday says no (调休), with the hours of `days[0]`.
    """

    zone: str = "Asia/Shanghai"
    days: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compensation:
    """Money beyond the refund for a code that was not good. Amounts in minor units of the sale's currency.

    `multiple` of the base, at most `claim_cap_minor` a claim and `day_cap_minor` a day of the shop. `base`: `price`
    (what was paid for the bad units) or `order`. `reasons`: the claim reasons it is for, once proven.
    """

    multiple: int = 0
    base: Literal["price", "order"] = "price"
    claim_cap_minor: int = 0
    day_cap_minor: int = 0
    reasons: tuple[str, ...] = ("invalid", "used", "wrong")
    #: `supplier`: the supplier admits it; `any`: whatever proof made the decision table approve the claim.
    evidence: Literal["supplier", "any"] = "any"
    way: Way = "wallet"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised. Each deadline in seconds; goodwill amounts in minor units, 0: none.

    Answer and decision run in `hours` where these are given (delivery never: it is by machine). `claim_days`: how long
    after delivery a claim may be opened. `excluded`: reasons that the promise does not cover.
    """

    instant_refund: bool = True
    first: Literal["refund", "replace"] = "replace"
    delivery_seconds: int = 300
    answer_seconds: int = 3_600
    decision_seconds: int = 86_400
    claim_days: int = 30
    change_of_mind: bool = True
    compensation: Compensation = Compensation()
    goodwill_delivery_minor: int = 0
    goodwill_answer_minor: int = 0
    goodwill_decision_minor: int = 0
    excluded: tuple[str, ...] = ()
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A version of a promise. `terms` None: taken away, what is wider holds again. In force since `from_at`."""

    id: UUID
    scope: Scope
    scope_id: UUID | None
    version: int
    terms: Terms | None
    from_at: datetime
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class BoundPromise:
    """The promise that an order's line has: the one in force when the order was placed."""

    promise_id: UUID | None
    scope: Scope
    version: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a claim when a decision is made; each a plain value that a rule may ask for.

    `None`: not known. Times are seconds. `seen`: codes that were shown to the buyer. `code_said`: what the supplier
    says of it now: `` (not asked or cannot be), `asked` (no answer yet), `unused`, `locked`, `used` (no time told),
    `used_before` (before the buyer first saw it), `used_after`, `voided`, `expired`, `invalid`, `silent` (no answer in
    time).
    """

    reason: str
    units: int
    amount_minor: int
    #: Of the units, how many the buyer has looked at.
    seen: int
    seen_for: int | None
    since_delivery: int
    within_promise: bool
    covered: bool
    kind: str
    #: Whether the code's supplier can tell its state, and take it back.
    can_ask: bool
    can_void: bool
    code_said: str
    expired: bool
    #: Claims proven in the same batch (distinct orders), and units of it that were sold.
    batch_bad: int
    batch_sold: int
    #: The buyer's history in this shop: orders delivered, claims on seen codes, how many were proven or refused.
    buyer_orders: int
    buyer_claims: int
    buyer_proven: int
    buyer_refused: int
    #: Money that the buyer had back for seen codes within 90 days, minor units.
    buyer_back_minor: int
    account: bool
    #: A replacement can be had now (own stock or a supplier under the loss guard).
    replaceable: bool
    first: str
    replaced_before: bool
    pictures: int
    topped: bool
    objection: bool
    #: Whether someone of the shop already said no to this claim.
    disputed_payment: bool
    #: What risk control said when the claim was made, `` for nothing; else a person decides about money.
    risk: str = ""
    #: The shop itself called the codes back, for too many of their batch were bad.
    recalled: bool = False
    #: The promise gives unseen codes' money back at once, and who asks has proved it lately.
    at_once: bool = True
    #: Of the units, how many nobody has looked at.
    unseen: int = 0
    #: Units proven bad a thousand sold ones of the batch; other orders that say its codes are bad, proven or not.
    batch_share: int = 0
    batch_claims: int = 0
    #: How often this buyer was believed without proof within 180 days; that and the refusals, a hundred orders.
    buyer_trusted: int = 0
    doubt: int = 0
    #: The buyer was asked for something about this claim already.
    asked_buyer: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the decision table. `when`: fact -> condition ({"is": x}, {"in": [..]}, {"min": n}, {"max": n}).

    `then`: an action of `states.ACTIONS`. `why`: key of the words that the buyer reads (`wording.WHY`). `proven`:
    approving it counts the code as bad (batch watch, compensation, recovery).
    """

    name: str
    when: Mapping[str, Mapping[str, Any]]
    then: str
    why: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says, and by which row."""

    rule: Rule
    row: int
    policy_version: int


@dataclass(frozen=True, slots=True)
class Ground:
    """One condition of a rule and the value that met it, for whoever reads why."""

    fact: str
    operator: str
    wanted: Any
    value: Any


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A version of a shop's decision table; version 0 is the one that every shop begins with."""

    version: int
    rules: tuple[Rule, ...]
    made_at: datetime | None
    made_by: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A message about a case; `author`: `buyer`, or the staff's name in the audit trail."""

    id: UUID
    author: str
    text: str = field(repr=False)
    at: datetime

    @property
    def by_buyer(self) -> bool:
        """From the buyer."""
        return self.author == "buyer"


@dataclass(frozen=True, slots=True)
class Changed:
    """A decision that another table would have made otherwise."""

    case_id: UUID
    number: str
    at: datetime
    was: str
    was_rule: str
    now: str
    now_rule: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Past decisions of the table, made anew by another: counts by action, and the latest that change (some)."""

    decisions: int
    was: Mapping[str, int]
    now: Mapping[str, int]
    changed: int
    examples: tuple[Changed, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One fact as it was found, for the page of a case. `kind`: see `facts.KINDS`."""

    kind: str
    value: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision of a case. `by`: `system` or the staff's name in the audit trail."""

    at: datetime
    by: str
    action: str
    rule: str
    why: str
    policy_version: int
    note: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its clocks. `answer_by`, `decide_by`: of the promise, moved on by pauses; None: no longer running."""

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
    claim_state: str
    terms: Terms
    promise_version: int
    opened_at: datetime
    answer_by: datetime | None
    decide_by: datetime | None
    answered_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    action: str
    rule: str
    why: str
    by: str
    escalated: int
    rating: int | None
    supplier_id: UUID | None
    batch_id: UUID | None

    @property
    def automatic(self) -> bool:
        """Decided with nobody touching it."""
        return self.by == "system"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim led to at once, for the page that answers the tap."""

    case: CaseView
    decisions: tuple[DecisionView, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantView:
    """An amount beyond the price."""

    id: UUID
    case_id: UUID | None
    order_id: UUID
    kind: str
    amount: Money
    way: Way
    state: str
    made_at: datetime
    paid_at: datetime | None
    number: str = ""
    buyer: str = ""
    paid_by: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """What a supplier is asked to make good for one claim."""

    id: UUID
    case_id: UUID
    supplier_id: UUID
    amount: Money
    settled: Money
    state: str
    ref: str
    made_at: datetime
    ended_at: datetime | None
    order_id: UUID | None = None
    number: str = ""
    units: int = 0
    purchases: tuple[str, ...] = ()
    sent_at: datetime | None = None
    note: str = ""

    @property
    def open(self) -> Money:
        """What is still to come; nothing of one that is over."""
        return self.amount - self.settled if self.ended_at is None else Money.zero(self.amount.currency)


@dataclass(frozen=True, slots=True)
class PictureView:
    """A buyer's picture of a case, without its content; width and height in pixels. `position` counts from 1."""

    id: UUID
    position: int
    width: int
    height: int
    at: datetime
