"""Write down weak signs of who belongs together that no event keeps."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Statement
from goodfor.risk.enrichment import device, mail
from goodfor.risk.link_kinds import LinkKind
from goodfor.risk.link_types import Hint

_HINT = Statement("goodfor.risk", "sql/link_hint.sql")
_63_BITS: Final = (1 << 63) - 1


def hints_of(*, mail_address: str = "", fingerprint: str = "") -> tuple[Hint, ...]:
    """What may be noted of an act: the pattern of the mailbox, the fingerprint that the browser sent."""
    found = []
    taken = mail.take_apart(mail_address) if mail_address else None
    pattern = mail.pattern(taken) if taken else None
    if pattern:
        found.append(Hint(LinkKind.PATTERN, pattern))
    told = device.fingerprint(fingerprint)
    if told:
        found.append(Hint(LinkKind.FINGERPRINT, told))
    return tuple(found)


def hint_key(shop_id: UUID, hint: Hint) -> int:
    """63 bits that are the same for the same hint in the same shop, and tell nothing of it."""
    text = f"{shop_id.hex}|{hint.kind.name.lower()}|{hint.value}".encode()
    digest = hmac.digest(keyring().raw_index_key("risk.key"), text, "sha256")
    return int.from_bytes(digest[:8]) & _63_BITS or 1


def note_hints(*, shop_id: UUID, buyer: int, hints: Sequence[Hint], at: datetime) -> None:
    """Link a buyer, by the surrogate key of events, with what he was seen with; groups follow within seconds.

    Call it where the buyer is proven: after a registration, a sign-in or an order, not at an attempt to sign in.
    """
    if not hints:
        return
    _HINT.run(
        {
            "shop_id": shop_id, "buyer": buyer, "at": at, "kinds": [int(hint.kind) for hint in hints],
            "keys": [hint_key(shop_id, hint) for hint in hints],
        }
    )  # fmt: skip
