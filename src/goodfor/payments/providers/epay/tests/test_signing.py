"""Vectors E1 and E2 of the finance reference, their mutations, and the shapes of EPay."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from goodfor.kernel.money import Money
from goodfor.payments.providers import rsa
from goodfor.payments.providers.epay import client, schemas, signing
from goodfor.payments.providers.epay.adapter import cut
from goodfor.payments.providers.epay.schemas import BadReply
from goodfor.sandbox.demo import demo_merchant
from goodfor.sandbox.keys import derive_private_key, public_pem

KEY = "epay-test-key-0001"
FIELDS = {
    "pid": "1001", "type": "alipay", "out_trade_no": "P202601010001", "name": "card", "money": "9.90",
    "notify_url": "https://pay.example.test/hook/epay", "return_url": "https://shop.example.test/r",
    "clientip": "203.0.113.9", "param": "",
}  # fmt: skip
NOTIFY = {
    "pid": "1001", "trade_no": "2026010108000500001", "out_trade_no": "P202601010001", "type": "alipay",
    "name": "card", "money": "9.90", "trade_status": "TRADE_SUCCESS",
}  # fmt: skip
V2 = {**FIELDS, "method": "web", "timestamp": "1767225600"}
ME = demo_merchant()
MINE = derive_private_key("finance-merchant")


def pem() -> str:
    return public_pem(MINE.public_key())


def test_vector_e1() -> None:
    assert signing.md5_sign(FIELDS, KEY) == "236925ba5791a108a4847dbf900538ee"
    assert signing.md5_sign(NOTIFY, KEY) == "c8e57b56b5ede54c4d0971cb4dd5537b"
    assert signing.md5_verify(NOTIFY | {"sign": "x", "sign_type": "MD5"}, "c8e57b56b5ede54c4d0971cb4dd5537b", KEY)


def test_vector_e2() -> None:
    content = signing.content(V2)
    assert hashlib.sha256(content.encode()).hexdigest() == (
        "4b306345544ea37db3cc08e6fece7c9664fc82030ed364ed310ab797d5c43592"
    )
    signature = signing.rsa_sign(V2, ME.merchant_private_pem)
    assert signature.startswith("BbcTFqXprKHA4BBG4eF32L4N")
    assert hashlib.sha256(signature.encode()).hexdigest() == (
        "6654af52765dcc82b81ca335ed8658077cf08cc387e8fe8953734be022969142"
    )
    bare = "".join(ME.merchant_private_pem.splitlines()[1:-1])
    assert signing.rsa_sign(V2, bare) == signature


@pytest.mark.parametrize("name", [n for n in V2 if V2[n]])
def test_every_change_spoils_both(name: str) -> None:
    md5, rsa = signing.md5_sign(V2, KEY), signing.rsa_sign(V2, ME.merchant_private_pem)
    for bad in (V2 | {name: V2[name] + "1"}, {k: v for k, v in V2.items() if k != name}, V2 | {name: ""}):
        assert not signing.md5_verify(bad, md5, KEY)
        assert not signing.rsa_verify(bad, rsa, pem())
    assert not signing.md5_verify(V2 | {"new": "1"}, md5, KEY)
    assert signing.md5_verify(V2 | {"new": ""}, md5, KEY)
    assert signing.rsa_verify(V2 | {"new": ""}, rsa, pem())


@pytest.mark.parametrize("signature", ["", "A", "%%%", "AAAA", "é", "0" * 32, "\u0000"])
def test_broken_signatures(signature: str) -> None:
    assert not signing.md5_verify(V2, signature, KEY)
    assert not signing.rsa_verify(V2, signature, pem())


def test_wrong_hash_wrong_key_and_dialect() -> None:
    content = signing.content(V2).encode()
    weak = base64.b64encode(MINE.sign(content, padding.PKCS1v15(), hashes.SHA1())).decode()
    assert not signing.rsa_verify(V2, weak, pem())
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    assert not signing.rsa_verify(V2, base64.b64encode(MINE.sign(content, pss, hashes.SHA256())).decode(), pem())
    assert not signing.rsa_verify(V2, signing.rsa_sign(V2, ME.merchant_private_pem), ME.platform_public_pem)
    dialect = signing.md5_sign(V2, KEY, key_param=True)
    assert dialect == hashlib.md5(content + b"&key=" + KEY.encode()).hexdigest()
    assert not signing.md5_verify(V2, dialect, KEY)
    assert not signing.md5_verify(V2, signing.md5_sign(V2, KEY).upper(), KEY)


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_bad_keys_are_refused_without_being_quoted(text: str) -> None:
    for check in (rsa.private, rsa.public):
        with pytest.raises(ValueError, match="key") as refused:
            check(text)
        assert "AAAA" not in str(refused.value)


def test_freshness() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    at = int(now.timestamp())
    for text in (str(at), str(at - 300), str(at + 300)):
        assert client.is_fresh(text, now)
    for text in (str(at - 301), str(at + 301), "", "x", "-1", "9" * 13, "١٢٣", f"{at}.0"):
        assert not client.is_fresh(text, now)


def test_amounts_keep_their_text() -> None:
    assert schemas.money("9.90", "CNY") == schemas.money("9.9", "CNY") == Money(990, "CNY")
    for text in ("", "0", "0.00", "-1", "1e2", "9.901", "NaN", "9" * 17, " 9.90", "9,90"):
        assert schemas.money(text, "CNY") is None, text


def test_replies_are_read_exactly() -> None:
    body = b'{"code":0,"money":9.90,"n":{"a":1},"ok":true,"no":false,"nil":null,"s":"\xe5\x8d\xa1"}'
    assert schemas.reply_fields(body) == {"code": "0", "money": "9.90", "ok": "1", "no": "", "s": "卡"}
    for bad in (b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b"[" * 100_000):
        with pytest.raises(BadReply):
            schemas.reply_fields(bad)


def test_cutting_a_name() -> None:
    assert cut("卡" * 50, 127) == "卡" * 42
    assert cut("a\nb\x00c", 127) == "abc"
