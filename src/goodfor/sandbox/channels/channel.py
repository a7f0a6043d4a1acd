"""What the frame asks of a channel."""

# ruff: noqa: ARG002 - a channel is given more than each of its answers needs

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Dispute, Event, Outgoing, Payment, Refund, Refused
from goodfor.sandbox.web import Handler, Request, Response, Router

if TYPE_CHECKING:
    from goodfor.sandbox.channels.desk import Desk

#: One segment of a path: merchants' numbers may hold `|` and `*`.
SEGMENT = r"[A-Za-z0-9_|*.-]{1,64}"


class Channel(ABC):
    """One channel: its routes, its way to refuse, and what it tells the merchant."""

    name: str

    def __init__(self) -> None:
        self.router = Router(SEGMENT)

    def find(self, request: Request, path: str) -> tuple[str, Handler, dict[str, str]] | int:
        """(call's name for faults, handler, path parameters), or an HTTP status. `path` is without the prefix."""
        return self.router.find(request.method, path)

    def number_of(self, request: Request, arguments: dict[str, str]) -> str:
        """The payment's number that a request names, for the choice of faults only; empty when it does not say."""
        return arguments.get("number", "")

    def prepare(self, desk: "Desk", request: Request, endpoint: str) -> None:
        """Called before a handler, to refuse requests that are not the merchant's. Raises Refused."""
        return

    @abstractmethod
    def refusal(self, desk: "Desk", request: Request, refused: Refused) -> Response:
        """A refusal in the channel's words."""

    def finish(self, desk: "Desk", request: Request, response: Response, *, spoil: bool) -> Response:
        """The answer as it leaves, signed where the channel signs; `spoil` makes that signature wrong."""
        return response

    def fault(self, desk: "Desk", request: Request, status: int) -> Response:
        """What the fault `error_burst` answers."""
        return self.refusal(desk, request, Refused("SYSTEM_ERROR", "fault on demand", status))

    def book_refusal(self, refused: BookRefused) -> Refused:
        """What the books do not allow, in the channel's words."""
        return Refused(refused.why)

    @abstractmethod
    def paid_events(self, desk: "Desk", payment: Payment) -> list[Event]:
        """What a payment tells."""

    @abstractmethod
    def refund_events(self, desk: "Desk", payment: Payment, refund: Refund) -> list[Event]:
        """What the end of a refund tells."""

    def closed_events(self, desk: "Desk", payment: Payment) -> list[Event]:
        """What closing tells."""
        return []

    def dispute_events(self, desk: "Desk", payment: Payment, dispute: Dispute, step: str) -> list[Event]:
        """What a dispute tells; `step` is opened, updated, won or lost."""
        return []

    def declined_events(self, desk: "Desk", payment: Payment) -> list[Event]:
        """What a charge by an agreement tells that came to nothing."""
        return []

    def agreement_events(self, desk: "Desk", agreement: Agreement) -> list[Event]:
        """What an agreement tells that was signed or ended."""
        return []

    def agreement_url(self, desk: "Desk", agreement: Agreement) -> str:
        """Where that goes."""
        return agreement.notify_url

    def dispute_state(self, step: str) -> str:
        """The channel's word for a dispute that was opened, updated, won or lost."""
        return step

    def dispute_ref(self, desk: "Desk") -> str:
        """A new dispute's name."""
        return desk.token("dp_", 24)

    def notify_url(self, desk: "Desk", payment: Payment) -> str:
        """Where its notifies go."""
        return payment.notify_url

    def buyer_pays(self, desk: "Desk", payment: Payment) -> None:
        """The buyer presses the button of the page."""
        desk.pay(payment)

    def return_url(self, desk: "Desk", payment: Payment) -> str:
        """Where the buyer's browser goes after paying."""
        return payment.return_url

    @abstractmethod
    def seal(self, desk: "Desk", letter: Letter, lie: str, settings: dict[str, Any]) -> Outgoing:
        """The notify as it is sent now: content changed as the lie demands, then validly signed unless it is that."""

    def accepts(self, status: int, answer: str) -> bool:
        """Whether the merchant's answer means that he took it."""
        return 200 <= status < 300
