"""Who is asking, behind whichever proxy."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from goodfor.config import health
from goodfor.config.proxies import PROXIED, door, networks

HERE = networks(["127.0.0.1", "10.0.0.0/8", "::1"])


def settled(*, https: bool = False, **environ: Any) -> dict[str, Any]:
    made = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", **environ}
    door(HERE, https=https)(made)
    return made


@pytest.mark.parametrize(
    ("remote", "chain", "visitor"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("10.0.0.2", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.2", "not an address", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("127.0.0.1", "10.0.0.9", "127.0.0.1"),
        ("nonsense", "1.2.3.4", "nonsense"),
    ],
)
def test_visitor_is_the_peer_unless_the_peer_is_a_trusted_proxy(remote: str, chain: str | None, visitor: str) -> None:
    given = {} if chain is None else {"HTTP_X_FORWARDED_FOR": chain}
    made = settled(REMOTE_ADDR=remote, **given)
    assert made["REMOTE_ADDR"] == visitor
    assert made[PROXIED] is (chain is not None)
    assert not [name for name in made if name.startswith("HTTP_X_FORWARDED")]


@pytest.mark.parametrize(
    ("https", "remote", "said", "scheme"),
    [
        (False, "127.0.0.1", "https", "https"),
        (True, "127.0.0.1", "http", "http"),
        (True, "127.0.0.1", None, "https"),
        (False, "203.0.113.9", "https", "http"),
        (False, "127.0.0.1", "gopher", "http"),
    ],
)
def test_scheme_is_what_a_trusted_proxy_or_the_public_address_says(
    https: bool, remote: str, said: str | None, scheme: str
) -> None:
    given = {} if said is None else {"HTTP_X_FORWARDED_PROTO": said}
    assert settled(https=https, REMOTE_ADDR=remote, **given)["wsgi.url_scheme"] == scheme


def test_a_list_of_proxies_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="mistake"):
        networks(["mistake"])


def _metrics(**environ: Any) -> int:
    request: HttpRequest = RequestFactory().get("/metrics", **environ)
    return health.metrics(request).status_code


def test_metrics_are_for_this_machine_and_not_for_whoever_comes_through_its_proxy() -> None:
    assert _metrics() == 200
    assert _metrics(REMOTE_ADDR="198.51.100.7") == 404
    assert _metrics(**settled(HTTP_X_FORWARDED_FOR="127.0.0.1")) == 404
