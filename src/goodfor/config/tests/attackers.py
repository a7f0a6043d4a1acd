"""Attackers and honest people at a running shop: browsers over real HTTP, each from an address of its own."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import UUID

import httpx
from django.db import connection

from goodfor.orders import queries as orders
from goodfor.risk.doors import challenge
from goodfor.storefront.tests.account_flow import AGENT, Mailbox
from goodfor.storefront.tests.world import World

#: What an answer comes to, whoever asked.
STOPPED = frozenset({403, 429, 503})
TIMEOUT = 30.0


class Visitor:
    """A browser at an address of this machine (127.a.b.c), with cookies, that fills in the tokens of forms."""

    def __init__(self, shop: str, address: str, *, agent: str = AGENT) -> None:
        self.address = address
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=shop, transport=transport, headers={"User-Agent": agent}, timeout=TIMEOUT)

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.http.get(path, params=params or None)

    def post(self, path: str, sent: Mapping[str, Any] | None = None) -> httpx.Response:
        """With the token of a page that this browser has; it looks at one first if it has none."""
        if "csrftoken" not in self.http.cookies:
            self.get("/lookup")
        body = {"csrfmiddlewaretoken": self.http.cookies.get("csrftoken", ""), **(sent or {})}
        return self.http.post(path, data=body, headers={"Referer": str(self.http.base_url)})

    def solved(self, answer: httpx.Response) -> httpx.Response:
        """What a browser does with a challenge, by itself; an answer without one is left as it is."""
        found = re.findall(r'<form method="post" action="([^"]+)" data-challenge="([^"]+)"', answer.text)
        if not found:
            return answer
        kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)[0]
        path, given = found[0]
        return self.post(path, {"kept": kept, "proof": challenge.solve(json.loads(unescape(given)))})

    def close(self) -> None:
        self.http.close()


@dataclass
class Street:
    """A running shop, and who is about."""

    url: str
    world: World
    box: Mailbox
    _next: Iterator[int] = field(default_factory=lambda: iter(range(2, 250 * 250)))

    def somebody(self, network: int = 0, **more: Any) -> Visitor:
        """A new browser at a new address; of one /24 where `network` says which."""
        number = next(self._next)
        place = f"127.{10 + network}.7" if network else f"127.77.{1 + number // 250}"
        return Visitor(self.url, f"{place}.{2 + number % 250}", **more)

    def checkout(
        self, visitor: Visitor, quantity: int = 1, contact: str = "", sku: UUID | None = None
    ) -> httpx.Response:
        """Order and set out to pay."""
        sent = {
            "p": self.world.product_slug, "sku": str(sku or self.world.sku_id), "qty": str(quantity),
            "contact": contact, "method": self.world.method,
        }  # fmt: skip
        return visitor.post("/checkout", sent)

    def order(self, answer: httpx.Response) -> Any:
        """What was ordered."""
        assert answer.status_code == 302, (answer.status_code, answer.text[:800])
        return orders.order_by_number(self.world.shop_id, answer.headers["Location"].split("/")[2])

    def sign_in(self, visitor: Visitor, contact: str) -> None:
        """By a code."""
        assert visitor.post("/signin", {"contact": contact, "way": "code"}).status_code == 302
        code = next(one.code for one in reversed(self.box.sent) if one.contact.value == contact)
        assert visitor.post("/signin/code", {"code": code}).status_code == 302

    def join(self, visitor: Visitor, contact: str, password: str) -> None:
        """An account with a password, from a browser that has used it."""
        self.sign_in(visitor, contact)
        assert visitor.post("/me/security/password", {"password": password}).status_code == 302
        assert visitor.post("/signin/password", {"contact": contact, "password": password}).status_code == 302


def side_by_side(work: Callable[[int], Any], count: int, threads: int = 8) -> list[Any]:
    """Results of `work(0..count-1)`, several at once."""
    results: list[Any] = [None] * count
    left = iter(range(count))
    lock = threading.Lock()

    def run() -> None:
        try:
            while True:
                with lock:
                    index = next(left, None)
                if index is None:
                    return
                results[index] = work(index)
        finally:
            connection.close()

    hands = [threading.Thread(target=run) for _ in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return results


@dataclass
class Crowd:
    """Honest people beside an attack: how many acts of each kind, and what stood in the way of which."""

    acts: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    disturbed: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def note(self, kind: str, answer: httpx.Response, wanted: int, visitor: Visitor) -> httpx.Response:
        """Count an act; a proof of work is what a browser does by itself within seconds, and is counted as asked."""
        self.acts[kind] += 1
        if answer.status_code == 403:
            self.asked += 1
            answer = visitor.solved(answer)
        if answer.status_code != wanted:
            self.disturbed.append(f"{kind}: {answer.status_code}")
        return answer

    @property
    def share(self) -> float:
        """Disturbed acts, of all."""
        return len(self.disturbed) / max(1, self.acts.total())


@contextmanager
def crowd(people: Callable[[Crowd, int], None], *, least: int, hands: int = 2) -> Iterator[Crowd]:
    """Honest people act until the block is over and at least so many acts were done; in threads of their own."""
    found, over, lock = Crowd(), threading.Event(), threading.Lock()
    turns = iter(range(1_000_000))

    def run() -> None:
        try:
            while not over.is_set() or found.acts.total() < least:
                with lock:
                    turn = next(turns)
                people(found, turn)
        except BaseException as error:
            found.errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(hands)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if found.errors:
        raise found.errors[0]
