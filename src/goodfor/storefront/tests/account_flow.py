"""Steps of a buyer with an account, for tests: through the pages, without JavaScript."""

import re
from typing import Any

from django.test import Client

from goodfor.identity.types import IssuedCode, ShopView
from goodfor.storefront import sending

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


class Mailbox:
    """Receives the codes instead of people."""

    def __init__(self) -> None:
        self.sent: list[IssuedCode] = []

    def __call__(self, shop: ShopView, issued: IssuedCode) -> None:
        self.sent.append(issued)

    @property
    def code(self) -> str:
        """The last one."""
        return self.sent[-1].code

    @property
    def wrong(self) -> str:
        """Another one."""
        return f"{(int(self.code) + 1) % 1_000_000:06d}"


def install() -> Mailbox:
    """A mailbox for this test; the fixture takes it away again."""
    box = Mailbox()
    sending.install(box)
    return box


def browser(**extra: Any) -> Client:
    """A new browser with its own cookies."""
    return Client(HTTP_USER_AGENT=AGENT, **extra)


def ask_code(client: Client, contact: str, **more: str) -> Any:
    """Ask for a code."""
    return client.post("/signin", {"contact": contact, "way": "code", **more})


def sign_in(client: Client, box: Mailbox, contact: str = "lin@example.com", **more: str) -> Any:
    """Sign in by a code; the last answer."""
    asked = ask_code(client, contact, **more)
    assert asked.status_code == 302, asked.content.decode()
    done = client.post("/signin/code", {"code": box.code})
    assert done.status_code == 302, done.content.decode()
    return done


def prove(client: Client, box: Mailbox, kind: str = "email") -> None:
    """Give a fresh proof by a code."""
    assert client.post("/me/prove", {"way": kind}).status_code == 302
    assert client.post("/me/prove/code", {"code": box.code}).status_code == 302


def is_signed_in(client: Client) -> bool:
    """Whether the security page opens."""
    return bool(client.get("/me/security").status_code == 200)


def plain(response: Any) -> str:
    """The text of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
