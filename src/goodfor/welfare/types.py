"""What goes in and out of welfare. A unit is a minor unit of the company's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.loyalty.types import Balance
from goodfor.welfare.parsing import Fault as Fault


@dataclass(frozen=True, slots=True)
class CompanyWish:
    """What the shop's staff say of a company. `markup_bp`: ten-thousandths on top of prices."""

    code: str
    name: str
    domains: tuple[str, ...] = ()
    categories: tuple[UUID, ...] = ()
    skus: tuple[UUID, ...] = ()
    markup_bp: int = 0
    contact: str = field(default="", repr=False)
    #: The API client that may grant for it.
    client_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A company. `contact` only where it was asked for."""

    id: UUID
    shop_id: UUID
    code: str
    name: str
    state: str
    currency: str
    domains: tuple[str, ...]
    categories: tuple[UUID, ...]
    skus: tuple[UUID, ...]
    markup_bp: int
    made_at: datetime
    client_id: UUID | None
    contact: str = field(default="", repr=False)

    @property
    def on(self) -> bool:
        """Whether anything is granted and spent."""
        return self.state == "on"

    def offers(self, sku_id: UUID, category_id: UUID) -> bool:
        """Whether its people may buy it."""
        return sku_id in self.skus or category_id in self.categories


@dataclass(frozen=True, slots=True)
class Budget:
    """What a company has prepaid and not granted: by the books, and what grants under way have yet to take of it."""

    booked_minor: int
    promised_minor: int

    @property
    def free_minor(self) -> int:
        """What may still be granted."""
        return self.booked_minor - self.promised_minor


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who looks after a company."""

    id: UUID
    company_id: UUID
    name: str
    role: str
    state: str
    mail: str = field(repr=False)
    last_in_at: datetime | None

    @property
    def actor(self) -> str:
        """How the audit trail names him."""
        return f"welfare:{self.id}"

    @property
    def manages(self) -> bool:
        """Whether he may do more than look."""
        return self.role == "manager"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody of a company at work; `token` is for the browser alone, and only where it was just made."""

    session_id: UUID
    person: PersonView
    company: CompanyView
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PrepaymentView:
    """Money that came by the bank, and what became of the wish for an invoice."""

    id: UUID
    amount: Money
    bank: str
    reference: str
    paid_on: date
    at: datetime
    invoice: "InvoiceView | None" = None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A wish for an invoice of a prepayment."""

    id: UUID
    prepayment_id: UUID
    company_id: UUID
    state: str
    title: str
    tax_number: str
    number: str
    reason: str
    asked_at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class EmployeeView:
    """An employee as his company sees him: what he holds, never what he bought."""

    id: UUID
    company_id: UUID
    work_id: str
    name: str
    department: str
    birthday: int | None
    joined_on: date | None
    state: str
    mail: str = field(repr=False)
    phone: str = field(repr=False)
    invited_at: datetime | None
    bound_at: datetime | None
    left_at: datetime | None
    held: Money


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list of employees did, or why not: with faults nothing was changed."""

    added: int = 0
    changed: int = 0
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """A buyer as an employee of a company that is on."""

    employee_id: UUID
    company: CompanyView
    work_id: str
    name: str
    department: str
    balance: Balance

    @property
    def held(self) -> Money:
        """What he may spend now."""
        return Money(self.balance.available, self.company.currency)


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant. `faults` are the first of `fault_count`."""

    id: UUID
    company_id: UUID
    kind: str
    name: str
    state: str
    content_hash: bytes
    ends_at: datetime
    lines: int
    total: Money
    walked: int
    given: int
    given_total: Money
    faults: tuple[Fault, ...]
    fault_count: int
    made_by: str
    made_at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None

    @property
    def part(self) -> int:
        """How far it is, in percent."""
        return 100 * self.walked // self.lines if self.lines else 0


@dataclass(frozen=True, slots=True)
class GrantWish:
    """What is to be given to those on a list. `ends_at`: until when it may be spent."""

    name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RuleWish:
    """What is given by itself."""

    kind: str
    name: str
    minor: int
    live_days: int
    department: str = ""
    on_day: date | None = None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule, and through which day it has been looked at."""

    id: UUID
    kind: str
    name: str
    amount: Money
    department: str
    on_day: date | None
    live_days: int
    on: bool
    through: date


@dataclass(frozen=True, slots=True)
class Spent:
    """An order that units paid, all of it or a part. `secret` only where it was just placed."""

    order_id: UUID
    number: str
    units: int
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Price:
    """What goods cost an employee: `units` in all; of them `fee` on top of the shop's price."""

    units: int
    minor: int

    @property
    def fee(self) -> int:
        """The company's markup."""
        return self.units - self.minor


@dataclass(frozen=True, slots=True)
class Statement:
    """A company's month, both sides in minor units. What is granted leaves the one and comes to the other.

    Company: opening + paid in - granted + returned = closing. Employees: opening + granted - spent + back - ended -
    taken back = closing.
    """

    company: CompanyView
    month: date
    opening: int
    paid_in: int
    granted: int
    returned: int
    closing: int
    held_opening: int
    held_granted: int
    spent: int
    back: int
    ended: int
    taken: int
    held_closing: int
    #: Units of all who hold some, by their wallets; prepaid money by the books.
    booked: int
    through: datetime

    @property
    def balances(self) -> bool:
        """Whether both sides add up, and agree with each other and the books."""
        own = self.opening + self.paid_in - self.granted + self.returned == self.closing
        held = self.held_opening + self.held_granted - self.spent + self.back - self.ended - self.taken
        between = self.granted == self.held_granted and self.returned == self.ended + self.taken
        return own and held == self.held_closing and between


@dataclass(frozen=True, slots=True)
class Usage:
    """Units spent less what came back, by department and by category; never by person.

    What few people spent is told together (`few`), so that nobody's purchases can be read off.
    """

    month: date
    orders: int
    units: int
    departments: Mapping[str, int]
    categories: Mapping[UUID, int]
    few: int
