"""The part of `soak subscriptions` that is charged over HTTP: the stand-in of Alipay, by the told clock."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from goodfor.cli.soak.sql import rows
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import Instruction
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels

CHANNEL = "alipay"


@dataclass
class HttpChannel:
    """An account at the stand-in, and what its buyers and their banks do there."""

    desk: RunningChannels
    account_id: UUID

    def sign(self, number: str, instruction: Instruction) -> None:
        """The holder's browser posts the form, and he agrees."""
        parts = urlsplit(instruction.url)
        client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST", f"{parts.path}?{parts.query}", urlencode(dict(instruction.fields)), head)
        client.getresponse().read()
        client.close()
        self.desk.control.sign_up(CHANNEL, number)

    def mood(self, refuses: str) -> None:
        """The next charges are refused once, whosever they are."""
        if refuses:
            self.desk.control.fault("charge_refused", channel=CHANNEL, reason=refuses, times=1)

    def taken(self) -> tuple[int, int]:
        """Minor units that the stand-in took by agreements, and gave back, by its own books."""
        paid = self._paid()
        return sum(int(row["amount"]) for row in paid), sum(int(row["refunded"]) for row in paid)

    def doubled(self, shop_id: UUID) -> int:
        """How many periods its books charged more than once and kept, or that we know nothing of."""
        kept = [row["number"] for row in self._paid() if row["refunded"] < row["amount"]]
        found = rows(
            "SELECT source_id FROM payments_payment WHERE shop_id = %s AND number = ANY(%s)", shop_id, kept
        )  # fmt: skip
        return len(kept) - len({row[0] for row in found})

    def _paid(self) -> list[dict[str, Any]]:
        books: dict[str, Any] = self.desk.control.ledger(CHANNEL)
        return [row for row in books["payments"] if row["paid_ms"] is not None]


@contextmanager
def http_channel(path: Path, clock: Callable[[], datetime], shop_id: UUID) -> Iterator[HttpChannel]:
    """The stand-in in threads of this process, and the shop's account there."""
    with running_channels(path / "books", retry_seconds=(), clock=lambda: clock().timestamp()) as desk:
        account = open_account(
            shop_id=shop_id, provider=CHANNEL, code="http", name="支付宝", currency="CNY",
            config={
                "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
                "alipay_public_key": demo.platform_public_pem(), "base_url": f"{desk.base(CHANNEL)}/gateway.do",
                "agreement_scene": demo.ALIPAY_SCENE,
            },
            secrets={"private_key": demo.merchant_private_pem()}, methods=("page",), enabled=True, actor="soak",
            now=clock(),
        )  # fmt: skip
        yield HttpChannel(desk, account.id)
