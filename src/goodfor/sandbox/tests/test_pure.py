"""Signatures against the published vectors E1 and E2, keys, amounts, addresses."""

import hashlib

import pytest

from goodfor.sandbox.fen import format_fen, parse_fen
from goodfor.sandbox.keys import derive_private_key, load_public, public_pem, spki_sha256
from goodfor.sandbox.loopback import NotLoopback, is_loopback_url, loopback_address
from goodfor.sandbox.signing import md5_sign, md5_verify, rsa_sign, rsa_verify, signed_text

E1_KEY = "epay-test-key-0001"
E1 = {
    "pid": "1001", "type": "alipay", "out_trade_no": "P202601010001", "name": "card", "money": "9.90",
    "notify_url": "https://pay.example.test/hook/epay", "return_url": "https://shop.example.test/r",
    "clientip": "203.0.113.9", "param": "", "sign": "x", "sign_type": "MD5",
}  # fmt: skip
E1_NOTIFY = {
    "pid": "1001", "trade_no": "2026010108000500001", "out_trade_no": "P202601010001", "type": "alipay",
    "name": "card", "money": "9.90", "trade_status": "TRADE_SUCCESS",
}  # fmt: skip
E2 = {**E1, "method": "web", "timestamp": "1767225600"}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_vector_e1() -> None:
    assert md5_sign(E1, E1_KEY) == "236925ba5791a108a4847dbf900538ee"
    assert md5_sign(E1_NOTIFY, E1_KEY) == "c8e57b56b5ede54c4d0971cb4dd5537b"


def test_vector_e2() -> None:
    assert sha(signed_text(E2)) == "4b306345544ea37db3cc08e6fece7c9664fc82030ed364ed310ab797d5c43592"
    signature = rsa_sign(E2, derive_private_key("finance-merchant"))
    assert signature.startswith("BbcTFqXprKHA4BBG4eF32L4N")
    assert sha(signature) == "6654af52765dcc82b81ca335ed8658077cf08cc387e8fe8953734be022969142"


@pytest.mark.parametrize("field", [k for k, v in E1.items() if v and k not in ("sign", "sign_type")])
def test_any_changed_field_spoils_both_signatures(field: str) -> None:
    good = {**E1, "sign": md5_sign(E1, E1_KEY)}
    assert md5_verify(good, E1_KEY)
    assert not md5_verify({**good, field: good[field] + "0"}, E1_KEY)
    key = derive_private_key("finance-merchant")
    strong = {**E1, "sign": rsa_sign(E1, key)}
    assert rsa_verify(strong, key.public_key())
    assert not rsa_verify({**strong, field: strong[field] + "0"}, key.public_key())


def test_dialect_and_wrong_keys() -> None:
    other = md5_sign(E1, E1_KEY, dialect="ampersand_key")
    assert other == hashlib.md5((signed_text(E1) + "&key=" + E1_KEY).encode()).hexdigest()
    assert not md5_verify({**E1, "sign": other}, E1_KEY)
    key = derive_private_key("finance-merchant")
    platform = derive_private_key("finance-platform").public_key()
    assert not rsa_verify({**E1, "sign": rsa_sign(E1, key)}, platform)
    assert not rsa_verify({**E1, "sign": "not base64!"}, platform)


def test_keys_are_the_published_ones() -> None:
    public = derive_private_key("finance-platform").public_key()
    assert spki_sha256(public) == "ce080e68db9a19d9f7358ae59dc492b8bc12a919128079c056089e8784a99ad5"
    bare = "".join(public_pem(public).splitlines()[1:-1])
    assert spki_sha256(load_public(bare)) == spki_sha256(load_public(public_pem(public)))


@pytest.mark.parametrize(("text", "fen"), [("9.90", 990), ("9.9", 990), ("9", 900), ("0.01", 1)])
def test_amounts(text: str, fen: int) -> None:
    assert parse_fen(text) == fen
    assert parse_fen(format_fen(fen)) == fen


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e2", " 1", "1.001", ".5", "1.", "٣", "NaN", "1,0", "999999999"])
def test_bad_amounts(text: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        parse_fen(text)


def test_only_this_machine_is_called() -> None:
    assert is_loopback_url("http://127.0.0.1:8000/n")
    assert is_loopback_url("http://shop.localhost:8000/n")
    for url in ("http://10.0.0.1/", "https://example.com/", "http://u:p@127.0.0.1/", "file:///etc/passwd", "http://["):
        assert not is_loopback_url(url)
    with pytest.raises(NotLoopback):
        loopback_address("127.0.0.1.example.com", 80)
