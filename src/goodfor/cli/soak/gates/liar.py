"""A second stand-in that has the same keys and other books: it signs what is not true, as a thief of the keys would."""

import json
import tempfile
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

from goodfor.cli.soak.gates.base import Lie
from goodfor.sandbox.channels import faults
from goodfor.sandbox.channels.rows import Wanted
from goodfor.sandbox.channels.server import start

#: What it asks for of a payment of which it lies about the sum, in minor units.
LESS = 1


class Liar:
    """Lives in this process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="goodfor-liar-")
        self._running = start(Path(self._folder.name) / "books", retry_seconds=(0.0, 1.0))
        # What is changed for one lie must not colour the next.
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens; PayPal's certificate is fetched there."""
        return self._running.url

    def close(self) -> None:
        """Forget its books."""
        self._running.stop()
        self._folder.cleanup()

    def tell(self, true: dict[str, Any], about: Lie, url: str) -> None:
        """Claim to `url` that the payment, a row of the true books, was paid."""
        desk = self._running.desk
        wanted = Wanted(
            channel=true["channel"], merchant=true["merchant"], number=true["number"], ref=true["ref"],
            kind=true["kind"], amount=LESS if about == "amount" else true["amount"], currency=true["currency"],
            subject=true["subject"], alias=true["alias"], notify_url=url, detail=json.loads(true["detail"]),
        )  # fmt: skip
        with self._lock:
            desk.webhooks[wanted.channel] = url
            if about == "foreign":
                wish = {"kind": "foreign_merchant_notify", "channel": wanted.channel, "instead": 1}
                desk.faults.add(faults.as_wish(wish))
            desk.pay(desk.open_payment(wanted))
            desk.faults.reset()

    def unheard(self) -> int:
        """Payments of which the shop answered no notify at all."""
        silent = 0
        for channel in self._running.desk.channels:
            told = self._running.control.ledger(channel)
            heard = {row["trade_no"] for row in told["notifies"] if row["status"]}
            silent += sum(1 for row in told["payments"] if row["ref"] not in heard)
        return silent

    def quiet(self) -> None:
        """Wait until everything is said."""
        self._running.control.wait_quiet(60)


def address(base: str, shop_id: UUID, account_id: UUID) -> str:
    """Where the shop takes the notifies of an account, as `start_payment` writes it."""
    return f"{base.rstrip('/')}/{shop_id}/{account_id}"
