"""The way out of a connector: hard deadlines, no redirects, every exchange written down with its secrets masked."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, quote_plus

from goodfor.kernel.outbound import http
from goodfor.kernel.outbound.http import NoAnswer, NotSent, Reply

__all__ = ["Exchange", "NoAnswer", "NotSent", "Reply", "Through", "Wire", "masked"]
#: More than a reply may have: cut is only what was masked whole, when it is stored.
KEPT_BYTES: Final = 512 * 1024
#: What a reply may have, and what one may have that lists everything a supplier sells.
REPLY_BYTES: Final = http.MAX_REPLY_BYTES
LIST_BYTES: Final = 16 * 1024 * 1024
MASK: Final = "•••"
#: (method, address, body, headers) -> the reply. Raises NotSent or NoAnswer.
Through = Callable[[str, str, bytes, Mapping[str, str]], Reply]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and what came of it, as it may be kept and shown: secrets and codes are masked."""

    what: str
    method: str
    url: str
    request: str
    status: int
    reply: str
    #: Empty, or `not_sent`, `timeout`, `connection_lost`, `reply_too_large`.
    problem: str
    milliseconds: int


@dataclass(slots=True)
class Wire:
    """One errand's calls. `now` is Unix seconds, what a request is stamped with; `hide`: texts that are never kept."""

    now: float
    #: Seconds that only go forward.
    clock: Callable[[], float]
    hide: tuple[str, ...] = field(default=(), repr=False)
    exchanges: list[Exchange] = field(default_factory=list)
    #: A buyer waits for the answer: no call may take longer.
    most_seconds: float | None = None

    def send(
        self,
        what: str,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        seconds: float | None = None,
        most: int = REPLY_BYTES,
        through: Through | None = None,
    ) -> Reply:
        """One exchange, exactly these bytes. `what` names the method of the part. Raises NotSent or NoAnswer.

        `most`: bytes that the reply may have; only a list of everything there is has more than the usual.
        `through`: another way than the network.
        """
        began = self.clock()
        reply, problem = None, "not_sent"
        if self.most_seconds is not None:
            seconds = min(seconds or self.most_seconds, self.most_seconds)
        try:
            if through is not None:
                reply = through(method, url, body, headers or {})
            else:
                reply = http.send(method, url, body, headers, seconds=seconds, most=most)
            problem = ""
            return reply
        except NoAnswer as lost:
            problem = lost.reason
            raise
        finally:
            spent = int((self.clock() - began) * 1000)
            self._keep(what, method, url, body, reply, problem, spent)

    def conceal(self, texts: Iterable[str]) -> None:
        """From now on, and in what was kept so far, these texts (codes that came) are masked."""
        new = tuple(text for text in texts if len(text) >= 4 and text not in self.hide)
        if not new:
            return
        self.hide += new
        self.exchanges = [
            Exchange(
                one.what, one.method, masked(one.url, new), masked(one.request, new), one.status,
                masked(one.reply, new), one.problem, one.milliseconds,
            )
            for one in self.exchanges
        ]  # fmt: skip

    def _keep(
        self, what: str, method: str, url: str, body: bytes, reply: Reply | None, problem: str, spent: int
    ) -> None:
        told = reply.body if reply else b""
        self.exchanges.append(
            Exchange(
                what, method, masked(url, self.hide), self._text(body), reply.status if reply else 0,
                self._text(told), problem, spent,
            )
        )  # fmt: skip

    def _text(self, body: bytes) -> str:
        return masked(body[:KEPT_BYTES].decode("utf-8", "replace"), self.hide)


def masked(text: str, hide: Iterable[str]) -> str:
    """The text without these texts, nor their forms in JSON, in PHP's JSON and in addresses."""
    for secret in sorted(filter(None, hide), key=len, reverse=True):
        for form in sorted(_forms(secret), key=len, reverse=True):
            text = text.replace(form, MASK)
    return text


def _forms(secret: str) -> set[str]:
    plain = {secret, json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(secret)[1:-1]}
    slashed = {form.replace("/", "\\/") for form in plain}
    return plain | slashed | {quote(secret, safe=""), quote_plus(secret), quote(secret)}
