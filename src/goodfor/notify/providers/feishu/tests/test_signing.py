"""By hand: the key is timestamp and secret, the message is empty."""

from goodfor.notify.providers.feishu.signing import signature


def test_signature() -> None:
    """Computed with `printf '' | openssl dgst -sha256 -hmac "$(printf '1700000000\\nsecret')" -binary | base64`."""
    assert signature(1700000000, "secret") == "fiWS2+gh28DOydAv7hzONH/mDn9+b1Y4Y5ivXWXy8vA="
