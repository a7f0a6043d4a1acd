"""Speaks to running stand-ins from another process: tests of `up`, the demo, soaks."""

from typing import Any

from goodfor.sandbox.client import ControlClient


class SuppliersClient(ControlClient):
    """All sites, by URL and control token. `fault`, `faults`, `hits`, `reset_faults` and `status` as everywhere."""

    def site(self, vendor: str, name: str, **more: object) -> dict[str, Any]:
        """An account, made where there is none: base_url, config, secrets. `balance`, `credit`, `push_url`, `delay`."""
        return self._call("POST", "/_control/sites", {"vendor": vendor, "name": name, **more})

    def totals(self, vendor: str, name: str) -> dict[str, Any]:
        """The books as sums."""
        return self._call("GET", f"/_control/{vendor}/{name}/totals")

    def site_books(self, vendor: str, name: str) -> dict[str, Any]:
        """Everything of a site."""
        return self._call("GET", f"/_control/{vendor}/{name}/books")

    def seed(self, vendor: str, name: str, count: int, **more: object) -> list[str]:
        """Items; their ids."""
        return list(self._call("POST", f"/_control/{vendor}/{name}/seed", {"count": count, **more})["ids"])

    def change(self, vendor: str, name: str, item: str, **changes: object) -> dict[str, Any]:
        """Changes an item; `tell`: with a call about it."""
        return self._call("POST", f"/_control/{vendor}/{name}/item", {"id": item, **changes})

    def topup(self, vendor: str, name: str, amount: str) -> dict[str, Any]:
        """Money comes in."""
        return self._call("POST", f"/_control/{vendor}/{name}/topup", {"amount": amount})

    def act_on(self, vendor: str, name: str, number: str, what: str, **more: object) -> dict[str, Any]:
        """finish, partial, fail, cancel, refund or state."""
        return self._call("POST", f"/_control/{vendor}/{name}/order", {"number": number, "what": what, **more})

    def use(self, vendor: str, name: str, code: str, state: str = "used", **more: object) -> str:
        """A code (their number of it, its secret or link) is used, `at` Unix seconds, or invalid; its number."""
        return str(self._call("POST", f"/_control/{vendor}/{name}/use", {"code": code, "state": state, **more})["ref"])

    def reply(self, vendor: str, name: str, ticket: str, text: str, **more: object) -> None:
        """A complaint is answered: `state`, and `refund`, what is paid back for it."""
        self._call("POST", f"/_control/{vendor}/{name}/reply", {"ticket": ticket, "text": text, **more})

    def tick(self) -> bool:
        """Does what is due now; whether there was anything."""
        return bool(self._call("POST", "/_control/tick", {})["worked"])
