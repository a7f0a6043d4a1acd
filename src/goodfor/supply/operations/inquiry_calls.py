"""The calls of one step of a question to a supplier, and what their answers come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from goodfor.kernel.faultpoints import reach
from goodfor.supply import states
from goodfor.supply.abilities import Abilities
from goodfor.supply.calling import Line
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.mapping import order_ref
from goodfor.supply.notify_url import notify_url
from goodfor.supply.operations.ask import ask
from goodfor.supply.operations.guard import may_call
from goodfor.supply.operations.open_calls import OPEN_QUESTIONS
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.operations.settle_inquiry import End, Hold, Step, Wait, begin_call
from goodfor.supply.providers.base import AfterSale
from goodfor.supply.providers.values import CodeNow, CodeState, Doubt, Order, Refused, Ticket
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.returns import other_returns

#: Whoever took up a question has it for so long.
LEASE: Final = timedelta(seconds=90)
#: The pace has no room, or something of the same is under way: look again so much later.
LATER: Final = timedelta(seconds=2)
NEXT_COMPLAINT: Final = timedelta(minutes=1)
#: "Still unused" after a void counts when it is said again so much later; then it may be called again, so often in all.
SURELY: Final = timedelta(seconds=60)
MOST_VOIDS: Final = 3
#: A complaint that nobody answered for is sent again so much later.
LOST_AFTER: Final = timedelta(minutes=10)
MOST_COMPLAINTS: Final = 2
#: They closed a complaint: money may follow a little later.
MONEY_WITHIN: Final = timedelta(hours=1)
#: A no that is about now, not about what was asked: nothing was done.
_PASSING: Final = frozenset({"not_sent", "throttled", "busy", "config"})
_ENDS: Final[Mapping[CodeState, str]] = {
    "unused": "unused", "processed": "locked", "used": "used", "voided": "voided", "expired": "expired",
    "invalid": "invalid",
}  # fmt: skip
#: They are at it.
_UNDER_WAY: Final = frozenset({"voiding", "refunding"})


@dataclass(frozen=True, slots=True)
class Errand:
    """A question, an open line, the purchase, and what the supplier can do about the code."""

    row: Inquiry
    line: Line
    attempt: Attempt
    code_ref: str
    can: Abilities
    now: datetime

    @property
    def after(self) -> AfterSale:
        """The connector's part, which is there where anything can be done."""
        part = self.line.connector.after
        assert part is not None
        return part

    def no_place(self, method: str) -> bool:
        """Not now: the pace of this method has no room."""
        supplier = self.line.supplier
        place: dict[str, Any] = {"shop_id": supplier.shop_id, "supplier_id": supplier.id}
        about = self.line.connector.about
        return OPEN_QUESTIONS.full(supplier.id) or not may_call(about=about, method=method, now=self.now, **place)

    def code_state(self) -> CodeNow | Refused | Doubt:
        """What they say of the code."""
        with OPEN_QUESTIONS.at(self.line.supplier.id):
            told = self.after.code_state(self.line.site, self.line.wire, self.code_ref)
        reach("supply.answered")
        return CodeNow(told) if isinstance(told, str) else told

    def begin(self) -> bool:
        """It is known from now on that something goes out."""
        return begin_call(shop_id=self.row.shop_id, inquiry_id=self.row.id, lease=self.now + LEASE, now=self.now)


def asked(errand: Errand) -> Step:
    """What became of a code."""
    if not errand.can.ask:
        return End("silent", failed=True)
    if errand.no_place("code_state"):
        return Hold(errand.now + LATER)
    told = errand.code_state()
    if isinstance(told, CodeNow) and told.state in _ENDS:
        return End(_ENDS[told.state], told.used_at)
    if isinstance(told, Refused) and told.why == "request":
        return End("silent", failed=True)
    return Wait()


def voided(errand: Errand) -> Step:
    """Take a code back: called only after they said that it is unused, and then only asked about."""
    if errand.row.state == states.INQUIRY_SENT:
        return _void_followed(errand)
    if not errand.can.void:
        return End("refused", failed=True)
    elsewhere = Inquiry.objects.filter(shop_id=errand.row.shop_id, code_id=errand.row.code_id, kind="void")
    elsewhere = elsewhere.exclude(id=errand.row.id)
    if elsewhere.filter(said="voided").exists():
        # Its money came back for somebody else already.
        return End("refused")
    if elsewhere.filter(state=states.INQUIRY_SENT).exists():
        return Hold(errand.now + LATER)
    if errand.can.ask:
        before = _before_void(errand)
        if before is not None:
            return before
    if errand.no_place("void") or not errand.begin():
        return Hold(errand.now + LATER)
    with OPEN_QUESTIONS.at(errand.line.supplier.id):
        told = errand.after.void(errand.line.site, errand.line.wire, errand.code_ref)
    reach("supply.void_called")
    if isinstance(told, Refused):
        return Wait() if told.why in _PASSING else End("refused")
    if isinstance(told, Doubt) or told in _UNDER_WAY or told not in _ENDS or told == "unused":
        return Wait(sent=True)
    return End(_ENDS[told])


def _before_void(errand: Errand) -> Step | None:
    """None: they say that it is unused."""
    if errand.no_place("code_state"):
        return Hold(errand.now + LATER)
    told = errand.code_state()
    if not isinstance(told, CodeNow):
        refused = isinstance(told, Refused) and told.why == "request"
        return End("refused", failed=True) if refused else Wait()
    if told.state == "unused":
        return None
    if told.state in _UNDER_WAY:
        return Wait(sent=True)
    return End(_ENDS[told.state], told.used_at) if told.state in _ENDS else Wait()


def _void_followed(errand: Errand) -> Step:
    """What came of a void that went out, or may have."""
    row, now = errand.row, errand.now
    if not errand.can.follow:
        return Wait(sent=True)
    if "code_state" not in errand.line.connector.can:
        return _void_of_order(errand)
    if errand.no_place("code_state"):
        return Hold(now + LATER)
    told = errand.code_state()
    if not isinstance(told, CodeNow):
        return Wait(sent=True)
    if told.state == "unused":
        if row.unused_at is None or now < row.unused_at + SURELY:
            return Wait(sent=True, unused=True)
        return Wait() if row.calls < MOST_VOIDS else End("refused")
    return End(_ENDS[told.state], told.used_at) if told.state in _ENDS else Wait(sent=True)


def _void_of_order(errand: Errand) -> Step:
    """Where only the order tells: one code, so that its money back is the code's."""
    if errand.no_place("query"):
        return Hold(errand.now + LATER)
    connector, attempt = errand.line.connector, errand.attempt
    with OPEN_QUESTIONS.at(errand.line.supplier.id):
        found = connector.purchase.query(errand.line.site, errand.line.wire, order_ref(attempt))
    reach("supply.answered")
    if not isinstance(found, Order):
        return Wait(sent=True)
    settle_attempt(
        shop_id=attempt.shop_id, attempt_id=attempt.id, told=Told(found, asking=True), about=connector.about,
        now=errand.now,
    )  # fmt: skip
    done = found.state in ("refunded", "cancelled") or found.refunded > 0
    return End("voided") if done else Wait(sent=True)


def complained(errand: Errand) -> Step:
    """A complaint, once; then whether money came."""
    if errand.row.state == states.INQUIRY_SENT:
        return _complaint_followed(errand)
    if not errand.can.complain:
        return End("refused", failed=True)
    about = Inquiry.objects.filter(shop_id=errand.row.shop_id, attempt_id=errand.attempt.id, kind="complain")
    if about.filter(state=states.INQUIRY_SENT).exists():
        return Hold(errand.now + NEXT_COMPLAINT)
    if errand.no_place("complain") or not errand.begin():
        return Hold(errand.now + LATER)
    line = errand.line
    with OPEN_QUESTIONS.at(line.supplier.id):
        told = errand.after.complain(
            line.site, line.wire, order_ref(errand.attempt), errand.row.text, (), notify_url(line.supplier)
        )
    reach("supply.complain_called")
    if isinstance(told, Refused):
        if told.why in _PASSING:
            return Wait()
        # A no to the repeat says nothing about the first.
        return Wait(sent=True) if errand.row.calls else End("refused")
    return Wait(sent=True, ticket=told.ref if isinstance(told, Ticket) else "")


def _complaint_followed(errand: Errand) -> Step:
    """What came back of the purchase says whether it was upheld: their words do not."""
    row, line = errand.row, errand.line
    closed = row.closed_at
    if closed is None and row.ticket and "ticket" in line.connector.can and not errand.no_place("ticket"):
        told = errand.after.ticket(line.site, line.wire, row.ticket)
        closed = errand.now if isinstance(told, Ticket) and told.state in ("done", "ended") else None
    ask(shop_id=row.shop_id, attempt_id=row.attempt_id, now=errand.now)
    attempt = Attempt.objects.get(shop_id=row.shop_id, id=row.attempt_id)
    back = attempt.refunded - other_returns(attempt) - row.refunded_before
    if back > Decimal(0):
        return End("upheld", amount=back)
    if closed is not None:
        return End("refused") if errand.now >= closed + MONEY_WITHIN else Wait(sent=True)
    lost = not row.ticket and not row.reply and row.calls < MOST_COMPLAINTS
    if lost and row.sent_at is not None and errand.now >= row.sent_at + LOST_AFTER:
        # Whether it came is not known. Twice the same costs nobody anything: they pay back once.
        return Wait()
    return Wait(sent=True, ticket=row.ticket)
