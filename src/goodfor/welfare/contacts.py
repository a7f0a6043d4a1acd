"""Mail addresses and telephone numbers of a company's people: sealed with their row, found by a blind index."""

from dataclasses import dataclass
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.welfare.errors import InvalidWelfare


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact as it is stored."""

    key_id: int
    blob: bytes
    index: bytes


def aad(row_id: UUID) -> bytes:
    """What binds a sealed contact to its row."""
    return b"welfare.contact:" + row_id.bytes


def normal_mail(text: str) -> str:
    """A mail address in its one spelling; empty where it is none."""
    plain = text.strip().lower()
    return plain if "@" in plain and identity.order_contact_index(UUID(int=0), plain) else ""


def normal_phone(text: str) -> str:
    """A telephone number without gaps; empty where it is none."""
    plain = "".join(text.split()).replace("-", "")
    return plain if "@" not in plain and identity.order_contact_index(UUID(int=0), plain) else ""


def domain_of(mail: str) -> str:
    """What stands behind the @."""
    return mail.rpartition("@")[2]


def mail_index(shop_id: UUID, mail: str) -> bytes:
    """By which a mail address is found within its shop. Raises InvalidWelfare for what is none."""
    found = identity.order_contact_index(shop_id, mail) if "@" in mail else None
    if found is None:
        raise InvalidWelfare(field="mail")
    return found


def keep_mail(shop_id: UUID, row_id: UUID, mail: str) -> Kept:
    """A mail address under the active key. Raises InvalidWelfare."""
    index = mail_index(shop_id, mail)
    sealed = keyring().seal(mail.encode(), aad(row_id))
    return Kept(sealed.key_id, sealed.blob, index)


def seal(row_id: UUID, text: str) -> Sealed:
    """Something else under the active key."""
    return keyring().seal(text.encode(), aad(row_id))


def opened(row_id: UUID, key_id: int | None, blob: bytes | memoryview | None) -> str:
    """What was sealed; empty for nothing."""
    return "" if key_id is None or blob is None else keyring().open(Sealed(key_id, bytes(blob)), aad(row_id)).decode()
