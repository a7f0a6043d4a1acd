"""Speaks to the running channels' control API: for tests, the demo and the audit."""

from typing import Any
from urllib.parse import quote

from goodfor.sandbox.client import ControlClient


class ChannelsClient(ControlClient):
    """The four channels, by URL and control token. Amounts are minor units."""

    def buy(self, channel: str, number: str, *, force: bool = False, tell_first: bool = False) -> dict[str, Any]:
        """The buyer pays: by the merchant's number, the channel's, or an alias. `force` pays a closed one too."""
        return self._call(
            "POST", f"/_control/{channel}/pay", {"number": number, "force": force, "tell_first": tell_first}
        )

    def see(self, channel: str, number: str) -> dict[str, Any]:
        """The buyer scans, logs in or approves, and does not pay yet."""
        return self._call("POST", f"/_control/{channel}/see", {"number": number})

    def sign_up(self, channel: str, number: str) -> dict[str, Any]:
        """The buyer agrees to be charged again: by the merchant's number of the agreement."""
        return self._call("POST", f"/_control/{channel}/sign", {"number": number})

    def unsign(self, channel: str, number: str) -> dict[str, Any]:
        """The buyer ends it in the channel's own app."""
        return self._call("POST", f"/_control/{channel}/unsign", {"number": number})

    def shut(self, channel: str, number: str) -> dict[str, Any]:
        """The channel closes an open payment by itself."""
        return self._call("POST", f"/_control/{channel}/close", {"number": number})

    def dispute(self, channel: str, number: str, **more: object) -> dict[str, Any]:
        """The buyer objects at his bank: `amount`, `reason`, `days`."""
        return self._call("POST", f"/_control/{channel}/dispute", {"number": number, **more})

    def decide(self, channel: str, dispute: str, *, won: bool) -> dict[str, Any]:
        """The bank decides a dispute."""
        return self._call("POST", f"/_control/{channel}/decide", {"dispute": dispute, "won": won})

    def rows(self, channel: str, count: int, date: str, **more: object) -> list[str]:
        """Makes paid rows on a day: `prefix`, `amount`, `refund_every`. Their numbers."""
        made = self._call("POST", f"/_control/{channel}/rows", {"count": count, "date": date, **more})
        return list(made["made"])

    def webhook(self, channel: str, url: str) -> None:
        """Where Stripe or PayPal send their events."""
        self._call("POST", f"/_control/{channel}/webhook", {"url": url})

    def limits(self, **limits: int) -> dict[str, Any]:
        """Changes pauses that the channels demand: see `config.Limits`."""
        return self._call("POST", "/_control/limits", limits)

    def ledger(self, channel: str, number: str = "") -> dict[str, Any]:
        """The books of a channel, or of one payment."""
        return self._call("GET", f"/_control/books/{channel}?number={quote(number)}")
