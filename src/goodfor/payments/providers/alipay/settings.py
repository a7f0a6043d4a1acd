"""An account's configuration for Alipay, checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from cryptography import x509

from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay import certificates
from goodfor.payments.providers.base import Account, ConfigProblem

BASE_URL: Final = "https://openapi.alipay.com/gateway.do"
METHODS: Final = ("page", "wap", "app", "precreate")
FACE_TO_FACE: Final = "FACE_TO_FACE_PAYMENT"
PRODUCT_CODES: Final[Mapping[str, str]] = {
    "page": "FAST_INSTANT_TRADE_PAY",
    "wap": "QUICK_WAP_WAY",
    "app": "QUICK_MSECURITY_PAY",
    "precreate": FACE_TO_FACE,
}
AGREEMENT_PRODUCT: Final = "CYCLE_PAY_AUTH"
_SCENE = re.compile(r"[A-Z_]{1,32}\|[A-Z_]{1,32}")
_DIGITS = re.compile(r"[0-9]{16}")
_APP_ID = re.compile(r"[0-9]{16,32}")
_PRODUCT = re.compile(r"[A-Z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`mode` key: `alipay_public_key` verifies. Certificate: three PEM texts, of the app, of Alipay and of the roots.

    `alipay_cert` may hold more than one of Alipay's certificates (an old and a new one) and those between it and the
    roots. `auth_app_id` is the app of the merchant that `app_auth_token` acts for. `agreement_scene`: what holders of
    agreements sign for, as the contract says; empty: nobody is charged by agreement.
    """

    base_url: str
    app_id: str
    seller_id: str
    auth_app_id: str
    mode: Literal["key", "certificate"]
    alipay_public_key: str
    app_cert: str
    alipay_cert: str
    root_cert: str
    product_codes: Mapping[str, str]
    royalty_mode: Literal["sync", "async"]
    royalty_freeze: bool
    royalty_percent: int
    agreement_product: str
    agreement_scene: str
    private_key: str = field(repr=False)
    app_auth_token: str = field(repr=False)

    @property
    def frozen_methods(self) -> tuple[str, ...]:
        """Methods whose payments are frozen for royalties. Not face to face: there Alipay takes each receiver's part
        of a refund by itself, by a rule of its own.
        """
        if not self.royalty_freeze:
            return ()
        return tuple(name for name in METHODS if self.product_codes.get(name) != FACE_TO_FACE)

    @classmethod
    def of(cls, account: Account) -> "Settings":
        """Read an account. Raises ConfigProblem."""
        config, secrets = account.config, account.secrets
        mode, royalty_mode = config.get("mode", "key"), config.get("royalty_mode", "async")
        if mode not in ("key", "certificate"):
            raise ConfigProblem("mode", "unknown")
        if royalty_mode not in ("sync", "async"):
            raise ConfigProblem("royalty_mode", "unknown")
        return cls(
            base_url=_text(config, "base_url") or BASE_URL,
            app_id=_shaped(config, "app_id", _APP_ID),
            seller_id=_shaped(config, "seller_id", _DIGITS),
            auth_app_id=_shaped(config, "auth_app_id", _APP_ID) if _text(config, "auth_app_id") else "",
            mode=mode,
            alipay_public_key=_text(config, "alipay_public_key"),
            app_cert=_text(config, "app_cert"),
            alipay_cert=_text(config, "alipay_cert"),
            root_cert=_text(config, "root_cert"),
            product_codes=_product_codes(config),
            royalty_mode=royalty_mode,
            royalty_freeze=config.get("royalty_freeze") in (True, "1", "true", "on"),
            royalty_percent=_percent(config),
            agreement_product=_product(config, "agreement_product", AGREEMENT_PRODUCT),
            agreement_scene=_shaped(config, "agreement_scene", _SCENE) if _text(config, "agreement_scene") else "",
            private_key=secrets.get("private_key", ""),
            app_auth_token=secrets.get("app_auth_token", ""),
        )

    def check_keys(self) -> None:
        """Raise ConfigProblem unless all keys and certificates of the mode are there and belong together."""
        try:
            own = rsa.private(self.private_key).public_key()
        except ValueError:
            raise ConfigProblem("private_key", "malformed") from None
        if self.mode == "key":
            _public(self.alipay_public_key)
            if rsa.public(self.alipay_public_key) == own:
                # The application's public key is shown beside Alipay's and is easily taken for it.
                raise ConfigProblem("alipay_public_key", "own_key")
            return
        if _certificates(self.app_cert, "app_cert")[0].public_key() != own:
            raise ConfigProblem("app_cert", "other_key")
        roots = _certificates(self.root_cert, "root_cert")
        given = _certificates(self.alipay_cert, "alipay_cert")
        signers = certificates.leaves(given)
        if not signers or not all(certificates.is_trusted(one, given, roots, None) for one in signers):
            raise ConfigProblem("alipay_cert", "untrusted")
        if any(one.public_key() == own for one in signers):
            raise ConfigProblem("alipay_cert", "own_key")

    def certificate_fields(self) -> dict[str, str]:
        """What requests of the certificate mode say besides. Raises ConfigProblem."""
        if self.mode == "key":
            return {}
        return {
            "app_cert_sn": certificates.serial(_certificates(self.app_cert, "app_cert")[0]),
            "alipay_root_cert_sn": certificates.root_serial(_certificates(self.root_cert, "root_cert")),
        }

    def trusted_keys(self, named: str, now: datetime) -> tuple[str, ...]:
        """The public keys that may have signed what came; `named`: the certificate's number in it, or empty.

        None in certificate mode where the number is not one of ours, or its certificate is not valid now.
        """
        if self.mode == "key":
            return (self.alipay_public_key,)
        try:
            roots, given = certificates.load(self.root_cert), certificates.load(self.alipay_cert)
        except ValueError:
            return ()
        return tuple(
            certificates.public_pem(one)
            for one in certificates.leaves(given)
            if named in ("", certificates.serial(one)) and certificates.is_trusted(one, given, roots, now)
        )


def _text(config: Mapping[str, Any], name: str) -> str:
    return str(config.get(name) or "").strip()


def _shaped(config: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    text = _text(config, name)
    if not shape.fullmatch(text):
        raise ConfigProblem(name, "malformed")
    return text


def _percent(config: Mapping[str, Any]) -> int:
    text = _text(config, "royalty_percent") or "30"
    if not (len(text) <= 3 and text.isascii() and text.isdigit() and 0 < int(text) <= 100):
        raise ConfigProblem("royalty_percent", "malformed")
    return int(text)


def _product_codes(config: Mapping[str, Any]) -> dict[str, str]:
    return {method: _product(config, f"product_code_{method}", default) for method, default in PRODUCT_CODES.items()}


def _product(config: Mapping[str, Any], name: str, default: str) -> str:
    code = _text(config, name) or default
    if not _PRODUCT.fullmatch(code):
        raise ConfigProblem(name, "malformed")
    return code


def _certificates(pem: str, name: str) -> tuple[x509.Certificate, ...]:
    try:
        return certificates.load(pem)
    except ValueError:
        raise ConfigProblem(name, "malformed") from None


def _public(text: str) -> None:
    try:
        rsa.public(text)
    except ValueError:
        raise ConfigProblem("alipay_public_key", "malformed") from None
