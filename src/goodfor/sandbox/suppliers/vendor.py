"""What a module about one vendor brings, and small things that all of them need."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol
from urllib.parse import parse_qsl

from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket
from goodfor.sandbox.web import Request, Response

if TYPE_CHECKING:
    from goodfor.sandbox.suppliers.desk import Desk

#: The same number again: the order that there is; refused; a new order once the first failed; always a new order.
Repeat = Literal["same", "refused", "new_after_failure", "unsafe"]


class Vendor(Protocol):
    """One supplier's protocol, from its side. It keeps nothing: all that lasts is the desk's.

    Data: `name` (the path), `currency`, `repeat`, `inline` (cards come with the reply), `retries` (seconds between
    the tries of a call back).
    """

    name: str
    currency: str
    repeat: Repeat
    inline: bool
    retries: tuple[float, ...]

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """(config, secrets) as a shop enters them; always the same for a site. `derived` makes them."""
        ...

    def answer(self, request: Request, desk: "Desk") -> Response:
        """Verify, read, `desk.begin(...)`, work, answer. `request.path` is without the site. Raises Refused."""
        ...

    def refusal(self, refused: Refused, desk: "Desk") -> Response:
        """A no in the vendor's words. `unknown` is the vendor's own "we do not know"."""
        ...

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """What is told about an order as it stands now; nothing where the vendor tells nothing. No reads here."""
        ...

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """What is told about an item that changed, to `site.push_url`."""
        ...

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:
        """What is told about a complaint."""
        ...

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """The call made wrong: `forged` (a signature that is not right) or `tampered` (a part that is not signed).

        Of what has no unsigned part something that is signed is changed: the signature does not fit any more.
        """
        ...


_UPPER: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def derived(vendor: str, site: str, what: str, length: int, letters: str = "0123456789abcdef") -> str:
    """A credential: worthless elsewhere, the same on every start, another one for every site."""
    found = ""
    for block in range(length // 32 + 1):
        digest = hashlib.sha256(f"goodfor stand-in|{vendor}|{site}|{what}|{block}".encode()).digest()
        found += "".join(letters[byte % len(letters)] for byte in digest)
    return found[:length]


def code_text(seed: str, length: int = 16) -> str:
    """A code's secret: letters that nobody mixes up."""
    digest = hashlib.sha512(seed.encode()).digest()
    return "".join(_UPPER[byte % len(_UPPER)] for byte in digest[:length])


def same(ours: str, theirs: object) -> bool:
    """Compared in constant time, whatever came."""
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode())


def header(request: Request, name: str) -> str:
    """A header of a request, however it is written."""
    return request.headers.get(name.title(), "")


def json_body(request: Request) -> dict[str, Any]:
    """The body as an object, `{}` when there is none. Raises Refused(request)."""
    try:
        found = json.loads(request.body or b"{}")
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused("request", "not JSON") from None
    if not isinstance(found, dict):
        raise Refused("request", "not an object")
    return found


def form_body(request: Request) -> dict[str, str]:
    """The body as a form. Raises Refused(request)."""
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=200))
    except (UnicodeDecodeError, ValueError):
        raise Refused("request", "not a form") from None


def in_time(stamp: str, unit: int, desk: "Desk", seconds: int) -> None:
    """A time stamp of digits, so many a second, must be near the site's clock. Raises Refused(clock)."""
    if not stamp.isdigit() or abs(int(stamp) / unit - desk.now_ms() / 1000) > seconds:
        raise Refused("clock", "time stamp")


def spoiled(signature: str) -> str:
    """A signature of the right shape that is wrong."""
    return ("0" if signature[:1] != "0" else "1") + signature[1:]


def whole(value: object, least: int = 1, most: int = 100_000) -> int:
    """A whole number within bounds, as number or text. Raises Refused(request)."""
    try:
        found = int(str(value))
    except ValueError:
        raise Refused("request", "a number") from None
    if not least <= found <= most:
        raise Refused("request", "a number out of bounds")
    return found


def texts(value: object) -> dict[str, str]:
    """An object of texts. Raises Refused(request)."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused("request", "a form")
    return {str(key): str(one) for key, one in value.items()}
