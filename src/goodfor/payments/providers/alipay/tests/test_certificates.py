"""Certificate mode: numbers of certificates, chains, and whose signature counts."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from goodfor.payments.providers.alipay import certificates, client
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.client import BadReply
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.tests.certs import MERCHANT_KEY, PLATFORM_KEY, certificate
from goodfor.payments.providers.alipay.tests.kit import NOW, account, notified, ok, post, reply
from goodfor.payments.providers.base import Account, ConfigProblem, NotifyProblem
from goodfor.sandbox.keys import private_pem

ALI = AlipayProvider()
QUERY = "alipay.trade.query"
ROOT_KEY, CA_KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
ROOT = certificate("root", ROOT_KEY, "root", ROOT_KEY, authority=True, serial=7)
ROOT2 = certificate("root2", OTHER_KEY, "root2", OTHER_KEY, authority=True, serial=8)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
#: Signed in a way that is not RSA: it does not count among the roots.
ODD = certificate("odd", OTHER_KEY, "odd", EC_KEY, authority=True)
CA = certificate("ca", CA_KEY, "root", ROOT_KEY, authority=True)
APP = certificate("app", MERCHANT_KEY, "ca", CA_KEY, serial=100)
ALIPAY = certificate("alipay", PLATFORM_KEY, "ca", CA_KEY, serial=200)


def mine(**config: Any) -> Account:
    parts = {"app_cert": APP, "alipay_cert": ALIPAY + CA, "root_cert": ROOT + ODD + ROOT2, **config}
    return account(mode="certificate", alipay_public_key="", **parts)


def number(pem: str) -> str:
    return certificates.serial(certificates.load(pem)[0])


def parsed(body: bytes, of: Account) -> object:
    return ALI.parse_notify(of, post(body), NOW + timedelta(seconds=10))


def test_requests_name_both() -> None:
    ALI.check(mine())
    fields = client.parameters(Settings.of(mine()), QUERY, {}, NOW)
    assert fields["app_cert_sn"] == number(APP)
    assert fields["alipay_root_cert_sn"] == f"{number(ROOT)}_{number(ROOT2)}"
    assert "app_cert_sn" not in client.parameters(Settings.of(account()), QUERY, {}, NOW)


def test_replies_name_the_certificate() -> None:
    settings = Settings.of(mine())
    good = reply(QUERY, ok(), alipay_cert_sn=number(ALIPAY))
    assert client.read_reply(settings, QUERY, good, NOW)["code"] == "10000"
    assert client.read_reply(settings, QUERY, reply(QUERY, ok()), NOW)["code"] == "10000"
    for sn, key, reason in (
        (number(APP), private_pem(MERCHANT_KEY), "untrusted_certificate"),
        ("0" * 32, private_pem(PLATFORM_KEY), "untrusted_certificate"),
        (number(CA), private_pem(CA_KEY), "untrusted_certificate"),
        (number(ALIPAY), private_pem(CA_KEY), "bad_signature"),
        ("", private_pem(MERCHANT_KEY), "bad_signature"),
    ):
        with pytest.raises(BadReply, match=reason):
            client.read_reply(settings, QUERY, reply(QUERY, ok(), key, alipay_cert_sn=sn), NOW)
    with pytest.raises(BadReply, match="untrusted_certificate"):
        client.read_reply(settings, QUERY, good, NOW + timedelta(days=20 * 365))


def test_notifications_name_it_too() -> None:
    named = {"alipay_cert_sn": number(ALIPAY)}
    assert parsed(notified(named), mine())
    assert parsed(notified(), mine())
    for changes, code in (({"alipay_cert_sn": "0" * 32}, "untrusted_certificate"), ({}, "untrusted_certificate")):
        of = mine() if changes else mine(alipay_cert=certificate("alipay", PLATFORM_KEY, "ca", CA_KEY, days=30) + CA)
        with pytest.raises(NotifyProblem, match=code) as caught:
            parsed(notified(changes), of)
        assert not caught.value.authentic


def test_an_old_and_a_new_certificate_side_by_side() -> None:
    new = certificate("alipay", OTHER_KEY, "ca", CA_KEY, serial=201)
    both = mine(alipay_cert=ALIPAY + new + CA)
    ALI.check(both)
    assert parsed(notified({"alipay_cert_sn": number(ALIPAY)}), both)
    assert parsed(notified({"alipay_cert_sn": number(new)}, private_pem(OTHER_KEY)), both)
    with pytest.raises(NotifyProblem, match="bad_signature"):
        parsed(notified({"alipay_cert_sn": number(new)}), both)


FORGED_CA = certificate("ca", OTHER_KEY, "root", OTHER_KEY, authority=True)


@pytest.mark.parametrize(
    ("config", "field", "code"),
    [
        ({"app_cert": ALIPAY}, "app_cert", "other_key"), ({"app_cert": "x"}, "app_cert", "malformed"),
        ({"root_cert": ODD}, "root_cert", "malformed"), ({"root_cert": ""}, "root_cert", "malformed"),
        ({"alipay_cert": ALIPAY}, "alipay_cert", "untrusted"), ({"root_cert": ROOT2}, "alipay_cert", "untrusted"),
        ({"alipay_cert": CA}, "alipay_cert", "untrusted"), ({"alipay_cert": APP + CA}, "alipay_cert", "own_key"),
        (
            {"alipay_cert": certificate("alipay", PLATFORM_KEY, "ca", OTHER_KEY) + FORGED_CA},
            "alipay_cert", "untrusted",
        ),
        # A merchant's certificate may not issue others.
        (
            {"alipay_cert": certificate("alipay", PLATFORM_KEY, "app", MERCHANT_KEY) + APP + CA},
            "alipay_cert", "untrusted",
        ),
        (
            {"alipay_cert": ALIPAY + CA + certificate("alipay", OTHER_KEY, "x", OTHER_KEY)},
            "alipay_cert", "untrusted",
        ),
    ],
)  # fmt: skip
def test_certificates_that_are_not_trusted(config: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        ALI.check(mine(**config))
    assert (caught.value.field_name, caught.value.code) == (field, code)


def test_an_expired_one_between_or_root_ends_the_trust() -> None:
    late = NOW + timedelta(days=40)
    short_ca = certificate("ca", CA_KEY, "root", ROOT_KEY, authority=True, days=400)
    short_root = certificate("root", ROOT_KEY, "root", ROOT_KEY, authority=True, days=400)
    assert Settings.of(mine()).trusted_keys("", late)
    assert Settings.of(mine(alipay_cert=ALIPAY + short_ca)).trusted_keys("", NOW)
    assert not Settings.of(mine(alipay_cert=ALIPAY + short_ca)).trusted_keys("", late)
    assert not Settings.of(mine(root_cert=short_root)).trusted_keys("", late)
    assert not Settings.of(mine()).trusted_keys("", NOW - timedelta(days=400))
