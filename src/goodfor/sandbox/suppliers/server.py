"""Serves the sites on loopback: as a process of its own, or within a test's."""

import secrets
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.server import LoopbackServer, NotLoopbackHost, until_signal, write_token
from goodfor.sandbox.suppliers import acts, control
from goodfor.sandbox.suppliers.app import Application
from goodfor.sandbox.suppliers.client import SuppliersClient
from goodfor.sandbox.suppliers.faults import Switch
from goodfor.sandbox.suppliers.house import House
from goodfor.sandbox.suppliers.registry import all_vendors
from goodfor.sandbox.suppliers.types import Item, Order, Site


class _Listener:
    """A socket and the thread that accepts there."""

    def __init__(self, house: House, port: int = 0, only: tuple[str, str] | None = None) -> None:
        self._server = LoopbackServer("127.0.0.1", port)
        self.port = self._server.server_port
        self._server.set_app(Application(house, only))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class StandIn:
    """One site, in process. `config` and `secrets` are what a shop enters."""

    def __init__(self, house: House, vendor: str, name: str) -> None:
        self._house, self._vendor, self._name = house, vendor, name
        self._own: _Listener | None = None
        self._port = 0
        self.base_url = house.base_url(self.site)

    @property
    def site(self) -> Site:
        """The account as it stands now."""
        return self._house.site(self._vendor, self._name)

    @property
    def key(self) -> str:
        """`vendor/name`."""
        return f"{self._vendor}/{self._name}"

    @property
    def config(self) -> dict[str, str]:
        """What a shop enters in the open."""
        return self._house.vendors[self._vendor].credentials(self._name, self.base_url)[0]

    @property
    def secrets(self) -> dict[str, str]:
        """What a shop enters and nobody is shown."""
        return self._house.vendors[self._vendor].credentials(self._name, self.base_url)[1]

    def own_port(self) -> None:
        """From now on at a port of its own (`base_url` changes), which `down` closes: connections are refused."""
        if self._own is None:
            self._own = _Listener(self._house, self._port, (self._vendor, self._name))
            self._port = self._own.port
            self.base_url = f"http://127.0.0.1:{self._port}"

    def down(self) -> None:
        """Stops listening at its own port; `own_port` begins again, at the same one."""
        if self._own is not None:
            self._own.stop()
            self._own = None

    def fault(self, kind: str, **settings: object) -> Switch:
        """Sets a switch for this site: see `faults.KINDS`; `times` None is until it is reset."""
        return self._house.board.set({"kind": kind, **settings, "site": self.key})

    def seed(self, count: int = 1, **more: Any) -> list[str]:
        """See `acts.seed`."""
        return acts.seed(self._house, self.site, count, **more)

    def change(self, item_id: str, *, tell: bool = False, **changes: Any) -> Item:
        """See `acts.change`."""
        return acts.change(self._house, self.site, item_id, tell=tell, **changes)

    def topup(self, amount: object) -> Site:
        """Money comes in, or goes."""
        return acts.topup(self._house, self.site, acts.amount(amount))

    def act(self, number: str, what: str, **more: Any) -> Order:
        """See `acts.act`: finish, partial, fail, cancel, refund, state."""
        return acts.act(self._house, self.site, number, what, **more)

    def use(self, code: str, state: str = "used", *, at: float | None = None) -> str:
        """See `acts.use`: a code was used (`at`), or is invalid; by their number of it, its secret or link."""
        return acts.use(self._house, self.site, code, state, at=at)

    def reply(self, ticket_ref: str, text: str, state: str = "done", *, refund: object = None) -> None:
        """A complaint is answered; `refund`: with so much paid back."""
        acts.reply(self._house, self.site, ticket_ref, text, state, refund=refund)

    def orders(self, *, after: int = 0) -> list[Order]:
        """All orders, oldest first; `after`: only those that came later than that one."""
        return self._house.orders(self.site, after=after)

    def order(self, number: str) -> Order:
        """The newest order of that number. Raises LookupError."""
        return next(one for one in reversed(self.orders()) if number in (one.number, one.ref))

    def totals(self) -> dict[str, Any]:
        """See `acts.totals`."""
        return acts.totals(self._house, self.site)

    def books(self) -> dict[str, Any]:
        """See `control.books`."""
        return control.books(self._house, self.site)


class SupplierSandbox:
    """Sites of suppliers in threads of this process, for the length of a `with` block.

    `hurry`: the vendors' pauses between calls back, shortened; `seed`: of the faults that happen with a share.
    """

    def __init__(
        self, data_dir: Path | str, *, port: int = 0, token: str = "", hurry: float = 0.001, seed: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.house = House(
            Path(data_dir), all_vendors(), token=token or secrets.token_urlsafe(18), hurry=hurry, seed=seed, clock=clock
        )
        try:
            self._listener = _Listener(self.house, port)
        except BaseException:
            self.house.close()
            raise
        self.url = f"http://127.0.0.1:{self._listener.port}"
        self.house.url = self.url
        self.control = SuppliersClient(self.url, self.house.token)
        self._sites: dict[str, StandIn] = {}

    def __enter__(self) -> "SupplierSandbox":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def site(
        self, vendor: str, name: str = "a", *, balance: object = 10_000, credit: object = 0, push_url: str = "",
        delay: float | None = None,
    ) -> StandIn:  # fmt: skip
        """An account, made where there is none. `delay`: seconds until a delivery; 0 with the reply or at once."""
        self.house.open_site(
            vendor, name, balance=acts.amount(balance), credit=acts.amount(credit), push_url=push_url, delay=delay
        )
        made = StandIn(self.house, vendor, name)
        return self._sites.setdefault(made.key, made)

    def faults(self) -> list[dict[str, object]]:
        """All switches, with how often they hit."""
        return self.house.board.listed()

    def hits(self, kind: str) -> int:
        """How often switches of that kind hit."""
        return sum(int(str(one["hits"])) for one in self.faults() if one["kind"] == kind)

    def reset_faults(self) -> None:
        """No more faults."""
        self.house.board.reset()

    def wait_quiet(self, seconds: float = 5.0) -> bool:
        """Until no call back and no step at a time is to come; False when that takes longer."""
        until = time.monotonic() + seconds
        while control.open_pushes(self.house):
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def stop(self) -> None:
        """Stops listening, ends what runs, closes the books."""
        for one in self._sites.values():
            one.down()
        self._listener.stop()
        self.house.close()


def serve(port: int, data_dir: Path | str, *, host: str = "127.0.0.1", token: str = "", hurry: float = 1.0) -> None:
    """Serves until SIGINT or SIGTERM, from the main thread of a process of its own, with a demo site of each vendor."""
    if not is_loopback_name(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    with until_signal() as stop, SupplierSandbox(data_dir, port=port, token=token, hurry=hurry) as sandbox:
        if not token:
            write_token(Path(data_dir) / "control.token", sandbox.house.token)
        for vendor in sandbox.house.vendors:
            demo(sandbox.house, sandbox.site(vendor, "demo", balance=Decimal(10_000)))
        print(f"supplier stand-ins listening on {sandbox.url}", flush=True)
        stop.wait()


def demo(house: House, site: StandIn) -> None:
    """A few invented goods, once."""
    with house.db.read() as conn:
        filled = conn.execute("SELECT 1 FROM items WHERE site = ? LIMIT 1", (site.site.id,)).fetchone()
    if filled is None:
        site.seed(8, first=1001, name="云朵视频 月卡", cost="9.90", step="1.10")
        site.seed(4, first=2001, name="青鸟话费 直充", cost="29.70", step="10", kind="direct", face="30")
