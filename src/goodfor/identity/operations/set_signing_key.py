"""Say how a client signs its requests (RFC 9421), and whether it must."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import ClientNotFound, ClientRevoked, InvalidIdentity
from goodfor.identity.models import ApiClient
from goodfor.identity.signing_keys import secret_aad
from goodfor.identity.types import NewSigningSecret, SigningAlgorithm
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring

_NO_KEY = {
    "signing_algorithm": "",
    "signing_public_key": None,
    "signing_secret_key_id": None,
    "signing_secret_blob": None,
}


def set_signing_key(
    *,
    shop_id: UUID,
    client_id: UUID,
    algorithm: str | None,
    public_key: bytes | None = None,
    require: bool = True,
    actor: str,
    now: datetime,
) -> NewSigningSecret | None:
    """Set, replace or (algorithm None) remove the signing key; with `require` unsigned requests are refused.

    ed25519 takes the client's 32-byte raw public key. For hmac-sha256 a 256-bit secret is made, sealed by the key
    ring and returned once. Raises InvalidIdentity, ClientNotFound, ClientRevoked.
    """
    values: dict[str, object] = {**_NO_KEY, "require_signature": require and algorithm is not None}
    shown: NewSigningSecret | None = None
    if algorithm == SigningAlgorithm.ED25519:
        values |= {"signing_algorithm": str(algorithm), "signing_public_key": _checked(public_key)}
    elif algorithm == SigningAlgorithm.HMAC_SHA256:
        raw = secrets.token_bytes(32)
        sealed = keyring().seal(raw, secret_aad(shop_id, client_id))
        values |= {
            "signing_algorithm": str(algorithm),
            "signing_secret_key_id": sealed.key_id,
            "signing_secret_blob": sealed.blob,
        }
        shown = NewSigningSecret(client_id, base64.urlsafe_b64encode(raw).decode())
    elif algorithm is not None:
        raise InvalidIdentity(_("不支持的签名算法"), field="algorithm")
    with transaction.atomic():
        mine = ApiClient.objects.filter(shop_id=shop_id, pk=client_id)
        if not mine.filter(active=True).update(**values):
            raise ClientRevoked if mine.exists() else ClientNotFound
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.signing_key_set",
            subject=("api_client", client_id),
            data={"algorithm": str(algorithm or ""), "required": values["require_signature"]},
            now=now,
        )
    return shown


def _checked(public_key: bytes | None) -> bytes:
    """The raw key when it is a point of Ed25519."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key or b"")
    except ValueError as error:
        raise InvalidIdentity(_("Ed25519 公钥是 32 字节"), field="public_key") from error
    return bytes(public_key or b"")
