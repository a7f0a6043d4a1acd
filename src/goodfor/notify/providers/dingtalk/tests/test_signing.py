"""By hand: HMAC-SHA256 under the secret."""

from goodfor.notify.providers.dingtalk.signing import signature


def test_signature() -> None:
    """Computed with `printf '1700000000000\\nSECtest' | openssl dgst -sha256 -hmac SECtest -binary | base64`."""
    assert signature(1700000000000, "SECtest") == "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g="
