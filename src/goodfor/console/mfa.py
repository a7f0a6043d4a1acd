"""How allauth's building blocks for second factors fit into this house: named in settings.MFA_ADAPTER."""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from goodfor.kernel.crypto import Sealed, keyring

_AAD = b"console.mfa"
ISSUER = "Goodfor"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed with the key ring; names come from us and never from the Host header."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database or a session."""
        sealed = keyring().seal(text.encode(), _AAD)
        return f"{sealed.key_id}.{base64.urlsafe_b64encode(sealed.blob).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` gave. Raises DecryptFailed, ValueError."""
        key_id, _dot, blob = encrypted_text.partition(".")
        return keyring().open(Sealed(int(key_id), base64.urlsafe_b64decode(blob)), _AAD).decode()

    def get_totp_label(self, user: Any) -> str:
        """What the authenticator app calls the account."""
        return str(user.get_username())

    def get_totp_issuer(self) -> str:
        """What the authenticator app calls us."""
        return ISSUER

    def _get_site_name(self) -> str:
        return ISSUER

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())
