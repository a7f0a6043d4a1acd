"""Speaks to a running gateway's control API and books: for tests, the demo and the audit."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit


class ControlRefused(Exception):
    """The gateway answered with an error; the text is its message."""


class ControlClient:
    """One gateway, by URL and control token. Every call has a deadline."""

    def __init__(self, url: str, token: str, *, timeout: float = 40.0) -> None:
        self._url = url
        self._token = token
        self._timeout = timeout

    def pay(
        self,
        *,
        trade_no: str = "",
        pid: str = "",
        out_trade_no: str = "",
        force: bool = False,
        type: str = "",
    ) -> dict[str, Any]:
        """Pays a trade without a browser; `force` pays a closed one too. The trade after it, and `paid_now`."""
        body = {"trade_no": trade_no, "pid": pid, "out_trade_no": out_trade_no, "force": force, "type": type}
        return self._call("POST", "/_control/pay", body)

    def act(self, trade_no: str, act: str) -> dict[str, Any]:
        """`close`, `freeze`, `unfreeze` or `notify` one trade."""
        return self._call("POST", f"/_control/trades/{quote(trade_no, safe='')}/{act}", {})

    def trade(self, *, trade_no: str = "", pid: str = "", out_trade_no: str = "") -> dict[str, Any]:
        """One trade with its notifies."""
        if trade_no:
            return self._call("GET", f"/_control/trades/{quote(trade_no, safe='')}")
        return self._call("GET", "/_control/trades?" + urlencode({"pid": pid, "out_trade_no": out_trade_no}))

    def fault(self, kind: str, **settings: object) -> dict[str, Any]:
        """Sets a fault; settings are those of the kind, and pid, out_trade_no, times (None: until reset), skip."""
        return self._call("POST", "/_control/faults", {"kind": kind, **settings})

    def faults(self) -> list[dict[str, Any]]:
        """All faults with what was taken and hit."""
        return list(self._call("GET", "/_control/faults")["faults"])

    def hits(self, kind: str) -> int:
        """How often faults of that kind took effect since the last reset."""
        return sum(int(fault["hits"]) for fault in self.faults() if fault["kind"] == kind)

    def reset_faults(self) -> list[dict[str, Any]]:
        """Removes all faults; their last counts."""
        return list(self._call("DELETE", "/_control/faults")["faults"])

    def put_merchant(self, **merchant: object) -> dict[str, Any]:
        """Adds or replaces a merchant: pid, md5_key, public_key, name, md5_dialect."""
        return self._call("POST", "/_control/merchants", merchant)

    def books(self, pid: str, key: str, *, sections: str = "trades,refunds,journal,notifies") -> dict[str, Any]:
        """The gateway's books of one merchant."""
        return self._call("GET", "/books?" + urlencode({"pid": pid, "key": key, "sections": sections}))

    def status(self) -> dict[str, Any]:
        """Whether it lives, and `open_notifies`."""
        return self._call("GET", "/_control/status")

    def wait_quiet(self, seconds: float = 10.0) -> bool:
        """Waits until no notify is under way; False when that takes longer."""
        until = time.monotonic() + seconds
        while self.status()["open_notifies"]:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def _call(self, method: str, target: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        parts = urlsplit(self._url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self._timeout)
        try:
            text = None if body is None else json.dumps(body).encode()
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            connection.request(method, target, text, headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400 or answer.get("code") == -1:
            raise ControlRefused(str(answer.get("msg", response.status)))
        return answer
