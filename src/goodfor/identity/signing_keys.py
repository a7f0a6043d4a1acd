"""How a client's signing secret is bound to its row when it is sealed. Pure."""

from uuid import UUID


def secret_aad(shop_id: UUID, client_id: UUID) -> bytes:
    """Associated data of the sealed HMAC secret: another client's row cannot be swapped in."""
    return b"identity.signing:" + shop_id.bytes + client_id.bytes
