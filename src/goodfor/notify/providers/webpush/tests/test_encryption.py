"""RFC 8291, section 5 and appendix A."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from goodfor.notify.providers.webpush.encryption import MAX_PLAIN, encrypt, point


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


OWN = ec.derive_private_key(int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1())
BROWSER = raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
AUTH = raw("BTBZMqHH6r4Tts7J_aSIgg")
SALT = raw("DGv6ra1nlYgDCS1FRnbzlw")


def test_the_vector_of_the_rfc() -> None:
    sealed = encrypt(
        b"When I grow up, I want to be a watermelon", browser_key=BROWSER, auth=AUTH, own_key=OWN, salt=SALT
    )
    assert sealed == raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3j"
        "l7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert point(OWN.public_key()) == raw(
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    )


@pytest.mark.parametrize(
    ("plain", "browser", "auth", "salt"),
    [
        (b"x" * (MAX_PLAIN + 1), BROWSER, AUTH, SALT),
        (b"x", BROWSER[:-1] + b"\x00", AUTH, SALT),
        (b"x", b"\x04" + bytes(64), AUTH, SALT),
        (b"x", BROWSER, AUTH[:-1], SALT),
        (b"x", BROWSER, AUTH, SALT + b"x"),
    ],
)
def test_wrong_keys_are_refused(plain: bytes, browser: bytes, auth: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError):
        encrypt(plain, browser_key=browser, auth=auth, own_key=OWN, salt=salt)
