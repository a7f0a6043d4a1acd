"""Check that a request was signed by its client, and was not sent before."""

from datetime import datetime

from goodfor.identity.errors import InvalidSignature, SignatureRequired
from goodfor.identity.operations.use_nonce import use_nonce
from goodfor.identity.queries import signing_secret
from goodfor.identity.signing import verify
from goodfor.identity.types import ApiCaller, SignedRequest


def check_signature(*, caller: ApiCaller, request: SignedRequest, now: datetime) -> bool:
    """True when the request carries a good signature of this client, False when it has none and needs none.

    Raises SignatureRequired, InvalidSignature, SignatureExpired, SignatureReplayed.
    """
    signed = {name.lower() for name in request.headers} & {"signature", "signature-input"}
    if not signed:
        if caller.require_signature:
            raise SignatureRequired
        return False
    if not caller.signing_algorithm:
        raise InvalidSignature(reason="no_key_on_file")
    key = caller.signing_public_key or signing_secret(caller)
    good = verify(request, algorithm=caller.signing_algorithm, key=key, key_id=caller.key_id, now=now)
    use_nonce(shop_id=caller.shop_id, client_id=caller.client_id, nonce=good.nonce, expires_at=good.remember_until)
    return True
