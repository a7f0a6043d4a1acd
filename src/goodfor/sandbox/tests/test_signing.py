"""The published vectors E1 and E2, and what must not verify."""

import hashlib

import pytest

from goodfor.sandbox.demo import demo_merchant
from goodfor.sandbox.fen import format_fen, parse_fen
from goodfor.sandbox.keys import derive_private_key, load_public, public_pem, spki_sha256
from goodfor.sandbox.signing import md5_sign, md5_verify, rsa_sign, rsa_verify, signed_text

E1 = {
    "pid": "1001",
    "type": "alipay",
    "out_trade_no": "P202601010001",
    "notify_url": "https://pay.example.test/hook/epay",
    "return_url": "https://shop.example.test/r",
    "name": "card",
    "money": "9.90",
    "clientip": "203.0.113.9",
    "param": "",
}
E1_KEY = "epay-test-key-0001"
E1_NOTIFY = {
    "money": "9.90",
    "name": "card",
    "out_trade_no": "P202601010001",
    "pid": "1001",
    "trade_no": "2026010108000500001",
    "trade_status": "TRADE_SUCCESS",
    "type": "alipay",
}
E2 = {**E1, "method": "web", "timestamp": "1767225600"}


def test_e1_request_and_notify() -> None:
    assert md5_sign(E1, E1_KEY) == "236925ba5791a108a4847dbf900538ee"
    assert md5_sign(E1_NOTIFY, E1_KEY) == "c8e57b56b5ede54c4d0971cb4dd5537b"
    assert md5_verify({**E1_NOTIFY, "sign": "c8e57b56b5ede54c4d0971cb4dd5537b", "sign_type": "MD5"}, E1_KEY)


def test_e2_request() -> None:
    text = signed_text(E2)
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "4b306345544ea37db3cc08e6fece7c9664fc82030ed364ed310ab797d5c43592"
    )
    signature = rsa_sign(E2, derive_private_key("finance-merchant"))
    assert signature.startswith("BbcTFqXprKHA4BBG4eF32L4N")
    assert hashlib.sha256(signature.encode()).hexdigest() == (
        "6654af52765dcc82b81ca335ed8658077cf08cc387e8fe8953734be022969142"
    )
    assert rsa_verify({**E2, "sign": signature}, derive_private_key("finance-merchant").public_key())


def test_derived_keys_are_the_published_ones() -> None:
    merchant, platform = derive_private_key("finance-merchant"), derive_private_key("finance-platform")
    assert spki_sha256(merchant.public_key()) == "dbd28ae241d8dad55e9e1e2089b4ed6f8127d8417fdf0a1d1c4ba5edbab18775"
    assert spki_sha256(platform.public_key()) == "ce080e68db9a19d9f7358ae59dc492b8bc12a919128079c056089e8784a99ad5"
    modulus = f"{merchant.public_key().public_numbers().n:x}"
    assert (modulus[:16], modulus[-16:]) == ("d192e81b3a30fc6c", "f589b9dbeb1de807")
    assert derive_private_key("sandbox-merchant-1002").key_size == 2048
    with pytest.raises(KeyError):
        derive_private_key("nobody")


def test_keys_load_as_pem_and_as_bare_base64() -> None:
    key = derive_private_key("finance-platform").public_key()
    pem = public_pem(key)
    bare = "".join(pem.splitlines()[1:-1])
    assert spki_sha256(load_public(pem)) == spki_sha256(load_public(bare)) == spki_sha256(key)
    with pytest.raises(ValueError):
        load_public("rubbish")


@pytest.mark.parametrize("field", sorted(set(E1_NOTIFY)))
def test_any_changed_field_breaks_both_signatures(field: str) -> None:
    key = derive_private_key("finance-platform")
    for sign, verify in (
        (lambda p: md5_sign(p, E1_KEY), lambda p: md5_verify(p, E1_KEY)),
        (lambda p: rsa_sign(p, key), lambda p: rsa_verify(p, key.public_key())),
    ):
        signed = {**E1_NOTIFY, "sign": sign(E1_NOTIFY)}
        assert verify(signed)
        assert not verify({**signed, field: signed[field] + "x"})
        assert not verify({name: value for name, value in signed.items() if name != field})
        assert verify({**signed, "extra": ""})
        assert not verify({**signed, "extra": "1"})


@pytest.mark.parametrize("sign", ["", "0", "x" * 344, "236925BA5791A108A4847DBF900538EE", "é"])
def test_broken_signatures_are_refused_not_raised(sign: str) -> None:
    assert not md5_verify({**E1, "sign": sign}, E1_KEY)
    assert not rsa_verify({**E2, "sign": sign}, derive_private_key("finance-merchant").public_key())


def test_dialect_puts_a_name_before_the_key() -> None:
    expected = hashlib.md5((signed_text(E1) + "&key=" + E1_KEY).encode()).hexdigest()
    assert md5_sign(E1, E1_KEY, dialect="ampersand_key") == expected
    assert not md5_verify({**E1, "sign": expected}, E1_KEY)


def test_secrets_stay_out_of_representations() -> None:
    shown = repr(demo_merchant())
    assert E1_KEY not in shown
    assert "PRIVATE" not in shown


@pytest.mark.parametrize(("text", "fen"), [("9.90", 990), ("9.9", 990), ("0.01", 1), ("12", 1200), ("0.00", 0)])
def test_money_text(text: str, fen: int) -> None:
    assert parse_fen(text) == fen
    assert parse_fen(format_fen(fen)) == fen


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e3", "1.234", " 1", "1 ", "1,0", "١", ".5", "5.", "9" * 9, "nan"])
def test_money_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_fen(text)
