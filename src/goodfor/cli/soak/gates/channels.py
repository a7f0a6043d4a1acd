"""WeChat Pay, Alipay, Stripe and PayPal: one stand-in process for all, and a second one that lies."""

import http.client
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from goodfor.catalog.operations.create_sku import create_sku
from goodfor.cli import world
from goodfor.cli.soak import paying
from goodfor.cli.soak.gates.accounts import CHANNELS
from goodfor.cli.soak.gates.base import Books, Lie
from goodfor.cli.soak.gates.epay import NOTICES, counted, rates, turns
from goodfor.cli.soak.gates.liar import Liar, address
from goodfor.cli.soak.paying import TRIES, Paying
from goodfor.cli.soak.sql import rows
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.payments.operations.open_account import open_account

T = TypeVar("T")
OUT_OF_ORDER: tuple[str, dict[str, object]] = ("out_of_order", {"ms": 1500})
_PRODUCT = "SELECT product_id FROM catalog_sku WHERE shop_id = %s AND id = %s"


class ChannelGate:
    """`main` is the channel's account, `door` another of the same merchant, `other` one of another channel."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.stack, self.name, self.spec = stack, name, CHANNELS[name]
        self.control, self.without = stack.channels, self.spec.without
        first, *more = self.spec.methods
        self.way = self.asked_way = f"main/{first}"
        self.again = f"main/{more[0]}" if more else ""
        self.elsewhere = f"other/{CHANNELS[self.spec.elsewhere].methods[0]}"
        self._accounts: dict[str, UUID] = {}

    def __enter__(self) -> Self:
        """Open the accounts; Stripe and PayPal are told where their events go."""
        self.liar = Liar()
        for code, channel in (("main", self.name), ("door", self.name), ("other", self.spec.elsewhere)):
            self._accounts[code] = self._open(code, channel)
        self.tell(paying.notify_url(self.stack))
        return self

    def __exit__(self, *_error: object) -> None:
        """End the liar."""
        self.liar.close()

    def _open(self, code: str, channel: str) -> UUID:
        spec = CHANNELS[channel]
        config, secrets = spec.open(self.stack.channels_url, self.liar.url)
        view = open_account(
            shop_id=self.stack.made.shop_id, provider=channel, code=code, name=channel, currency=self.spec.currency,
            config=config, secrets=secrets, methods=spec.methods, enabled=True, actor="soak", now=utc_now(),
        )  # fmt: skip
        return view.id

    def load(self, codes: int) -> UUID:
        """Of a SKU in the channel's currency; cost nothing, since cost is kept in the shop's currency."""
        shop_id, model = self.stack.made.shop_id, self.stack.made.skus[paying.SKU]
        [(product_id,)] = rows(_PRODUCT, shop_id, model)
        sku_id = create_sku(
            shop_id=shop_id, product_id=product_id, code=f"soak-{self.name}", name=self.name, face_value_label="100",
            price=Money(paying.PRICE_MINOR, self.spec.currency), actor="soak", now=utc_now(),
        )  # fmt: skip
        world.load_codes(shop_id, sku_id, world.random_codes(codes), utc_now())
        return sku_id

    def tell(self, base: str) -> None:
        """Both channels of the soak, where they keep an address."""
        for code, channel in (("main", self.name), ("other", self.spec.elsewhere)):
            if CHANNELS[channel].one_address:
                self.control.webhook(channel, address(base, self.stack.made.shop_id, self._accounts[code]))

    def pay(self, paying_: Paying, *, force: bool = False) -> None:
        """At the stand-in, also where the channel would ask the shop to take the money."""
        self._look(paying_)
        _tried(lambda: self.control.buy(paying_.payment.provider, paying_.payment.number, force=force))

    def approve(self, paying_: Paying) -> None:
        """The button of the stand-in's page."""
        self._look(paying_)
        ref = self._row(paying_)["ref"]
        _tried(lambda: self._post(f"/pay/{paying_.payment.provider}/{ref}"))

    def lie(self, paying_: Paying, about: Lie) -> None:
        """The liar's own notify, with everything as in the true books but that."""
        door = self._accounts["door"] if about == "door" else paying_.payment.account_id
        url = address(paying.notify_url(self.stack), self.stack.made.shop_id, door)
        self.liar.tell(self._row(paying_), about, url)

    def unheard(self) -> int:
        """Of what the liar said, all tries."""
        return self.liar.unheard()

    def quiet(self) -> None:
        """Both stand-ins."""
        self.control.wait_quiet(60)
        self.liar.quiet()

    def lose(self, calls: int, drop: int, error: int) -> None:
        """The calls that this channel has."""
        for endpoint in self.spec.calls:
            for kind, each, more in rates(drop, error):
                for skip in turns(calls, each):
                    self.control.fault(kind, channel=self.name, on=endpoint, times=1, skip=skip, **more)
        for kind, more in (*NOTICES, OUT_OF_ORDER):
            for skip in turns(calls, drop):
                self.control.fault(kind, channel=self.name, times=1, skip=skip, **more)

    def mend(self) -> Mapping[str, int]:
        """Counts of what `lose` set."""
        return counted(self.control.reset_faults())

    def books(self) -> Mapping[str, Books]:
        """Of both channels of the soak."""
        return {channel: read(self.control.ledger(channel)) for channel in (self.name, self.spec.elsewhere)}

    def _row(self, paying_: Paying) -> dict[str, Any]:
        found = self.control.ledger(paying_.payment.provider, paying_.payment.number)["payments"]
        row: dict[str, Any] = found[-1]
        return row

    def _look(self, paying_: Paying) -> None:
        """A form is posted by the buyer's browser: only then does the trade exist."""
        if (todo := paying_.todo) is not None and todo.kind == "form":
            _tried(lambda: self._post(urlsplit(todo.url).path, urlencode(todo.fields)))

    def _post(self, path: str, form: str = "") -> None:
        """What a browser does; it follows nothing."""
        parts = urlsplit(self.stack.channels_url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status >= 400:
            raise RuntimeError(f"the stand-in's page answered {status}")


def read(told: Mapping[str, Any]) -> Books:
    """A channel's books by our number. Stripe and PayPal keep it as an alias of a name of their own."""
    trades: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    number = {row["seq"]: str(row["alias"] or row["number"]) for row in told["payments"]}
    for row in told["payments"]:
        trades[number[row["seq"]]][0] += int(row["amount"]) if row["state"] == "paid" else 0
    for row in told["refunds"]:
        trades[number[row["payment"]]][1] += int(row["amount"]) if row["state"] == "success" else 0
    sums: dict[int, int] = defaultdict(int)
    for posting in told["journal"]:
        sums[int(posting["id"])] += int(posting["amount"])
    odd = tuple(f"entry {entry} of the stand-in does not balance" for entry, total in sums.items() if total)
    return Books({number: (paid, back) for number, (paid, back) in trades.items()}, odd)


def _tried(work: Callable[[], T]) -> T:
    """The stand-in is busy now and then."""
    for tried in range(TRIES):
        try:
            return work()
        except Exception:
            if tried + 1 == TRIES:
                raise
            time.sleep(0.05)
    raise AssertionError
