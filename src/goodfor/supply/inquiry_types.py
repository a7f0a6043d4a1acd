"""What is told of codes' origins, of what was asked of suppliers, and of what followed from how they did."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from goodfor.supply.health import ReportCard


@dataclass(frozen=True, slots=True)
class CodeOrigin:
    """Which purchase a code came from. `number`: ours of the purchase; `supplier`: its name.

    `can_ask`: its supplier can tell whether it was used; `can_void`: can take it back; `can_complain`: hears complaints
    about its purchase by the protocol.
    """

    attempt_id: UUID
    supplier_id: UUID
    supplier: str
    number: str
    can_ask: bool
    can_void: bool
    can_complain: bool


@dataclass(frozen=True, slots=True)
class InquiryView:
    """Something asked of a supplier. `kind`: ask, void, complain; `state`: due, sent, done, failed.

    `said`: unused, locked, used, voided, expired, invalid, silent, refused; upheld of complaints; empty: no end yet.
    `amount_minor`: what came back for a complaint, in minor units of the shop's `currency`.
    """

    id: UUID
    subject: UUID
    code_id: UUID | None
    attempt_id: UUID
    supplier_id: UUID
    supplier: str
    number: str
    kind: str
    round: int
    state: str
    said: str
    used_at: datetime | None
    tries: int
    ticket: str
    reply: str
    amount_minor: int | None
    currency: str
    asked_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsequenceView:
    """What followed from too many bad codes. `level`: weigh, hold, suspend. Rates in hundredths of a percent."""

    id: UUID
    supplier_id: UUID
    level: str
    since: datetime
    units: int
    bad: int
    rate_points: int
    bound_points: int
    at: datetime
    lifted_at: datetime | None
    lifted_by: str
    note: str


@dataclass(frozen=True, slots=True)
class AfterSales:
    """How a supplier answered about what it had sold. Seconds; `recovered` in minor units of the shop's `currency`.

    `answered` of `asked` questions and `voided` of `voids` ended so; complaints ended `upheld`, `refused`, `unheard`.
    """

    asked: int = 0
    answered: int = 0
    p50: float | None = None
    p95: float | None = None
    voids: int = 0
    voided: int = 0
    complained: int = 0
    upheld: int = 0
    refused: int = 0
    unheard: int = 0
    recovered_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a grade is made of: what was found, how good that is (`A` to `E`, empty: too few to say)."""

    name: str
    value: float | None
    grade: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SupplierReport:
    """A supplier over some time. `late`: purchases whose goods came when nobody waited any more.

    `bad_rate`: of the units paid for, those spoiled on receipt or upheld as bad; `grade`: the worst of `measures`,
    empty where too little was bought. `days`: (start of the day, bad rate or None).
    """

    card: ReportCard
    late: int
    bad_rate: float | None
    after: AfterSales
    grade: str
    measures: tuple[Measure, ...]
    days: tuple[tuple[datetime, float | None], ...]
    consequences: tuple[ConsequenceView, ...]

    @property
    def recovered(self) -> Decimal:
        """What came back, in the supplier's currency."""
        return self.card.total.refunded


@dataclass(frozen=True, slots=True)
class Returned:
    """What a purchase took, what came back of it, and for how much of that a void or a complaint is the reason.

    In minor units of the shop's currency.
    """

    charged_minor: int
    returned_minor: int
    explained_minor: int
