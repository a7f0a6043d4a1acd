"""WebAuthn as this house uses it, by the fido2 library: resident keys, the user verified, one exact origin."""

from collections.abc import Iterable, Mapping
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from goodfor.identity.errors import PasskeyRefused
from goodfor.identity.types import RelyingParty

#: COSE: ES256, EdDSA, RS256.
_ALGORITHMS = (-7, -8, -257)
_REQUIRED = UserVerificationRequirement.REQUIRED
#: What the library raises for an answer that does not hold.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError)


class Registered:
    """A new credential: its id, its attested data, its counter, and whether it is kept in more than one place."""

    def __init__(self, credential: AttestedCredentialData, count: int, backed_up: bool) -> None:
        self.credential_id = bytes(credential.credential_id)
        self.credential = bytes(credential)
        self.count = count
        self.backed_up = backed_up


def _server(party: RelyingParty) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=party.name, id=party.host)
    server = Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)
    server.allowed_algorithms = [one for one in server.allowed_algorithms if one.alg in _ALGORITHMS]
    return server


def begin_registration(
    party: RelyingParty, handle: bytes, name: str, existing: Iterable[bytes]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(options for the browser as JSON, state to keep)."""
    options, state = _server(party).register_begin(
        PublicKeyCredentialUserEntity(name=name, id=handle, display_name=name),
        credentials=_descriptors(existing),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
    )
    return dict(options), dict(state)


def finish_registration(party: RelyingParty, state: Mapping[str, Any], answer: Mapping[str, Any]) -> Registered:
    """The new credential. Raises PasskeyRefused."""
    try:
        data = _server(party).register_complete(dict(state), answer)
        assert data.credential_data is not None
        if data.credential_data.public_key.get(3) not in _ALGORITHMS:
            raise PasskeyRefused
        return Registered(data.credential_data, int(data.counter), bool(data.flags & data.FLAG.BS))
    except _BROKEN as error:
        raise PasskeyRefused from error


def begin_assertion(party: RelyingParty, allowed: Iterable[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(options for the browser as JSON, state to keep); with nothing allowed, any resident key of this shop."""
    options, state = _server(party).authenticate_begin(_descriptors(allowed) or None, user_verification=_REQUIRED)
    return dict(options), dict(state)


def credential_of(answer: Mapping[str, Any]) -> tuple[bytes, bytes | None, int]:
    """(credential id, user handle, counter) that an answer claims; nothing of it is verified. Raises PasskeyRefused."""
    try:
        read = AuthenticationResponse.from_dict(answer)
        handle = read.response.user_handle
        counter = int(read.response.authenticator_data.counter)
        return bytes(read.raw_id), bytes(handle) if handle else None, counter
    except _BROKEN as error:
        raise PasskeyRefused from error


def finish_assertion(
    party: RelyingParty, state: Mapping[str, Any], credential: bytes, answer: Mapping[str, Any]
) -> None:
    """The answer was made by this credential, here and now. Raises PasskeyRefused."""
    try:
        _server(party).authenticate_complete(dict(state), [AttestedCredentialData(credential)], answer)
    except _BROKEN as error:
        raise PasskeyRefused from error


def _descriptors(ids: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=one) for one in ids]
