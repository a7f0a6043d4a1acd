"""With which key a reply is checked: certificates fetched and kept, the fixed public key, either during a change."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from goodfor.payments.providers.wechat import client, keys, shapes
from goodfor.payments.providers.wechat.keys import PlatformCertificate
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.providers.wechat.tests.kit import (
    APIV3,
    CERTIFICATE_SERIAL,
    CERTIFICATES,
    KEY_ID,
    NOW,
    OTHER,
    OTHER_PUBLIC,
    OTHER_SERIAL,
    PLATFORM,
    PLATFORM_PUBLIC,
    Answer,
    Mch,
    certificate,
    no,
    running,
    settings,
    signed,
)

BODY = b'{"a":1}'
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def mch() -> Iterator[Mch]:
    with running() as server:
        yield server


class Shelf:
    """Certificates that are fetched, and how often they were."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items: Sequence[dict[str, Any]] = items
        self.asked = 0
        self.fails = False

    def __call__(self, owner: Settings, now: datetime) -> tuple[PlatformCertificate, ...]:
        self.asked += 1
        if self.fails:
            raise BadReply("no_certificates")
        return read(owner, *self.items, now=now)


def read(
    owner: Settings, *items: Any, key: str = PLATFORM, serial: str = CERTIFICATE_SERIAL, now: datetime = NOW
) -> tuple[PlatformCertificate, ...]:
    body = shapes.write_object({"data": list(items)})
    return keys.read_certificates(owner, signed(body, key=key, serial=serial, at=now), body, now)


def code(
    owner: Settings, fetch: keys.Fetch, *, serial: str = CERTIFICATE_SERIAL, key: str = PLATFORM, now: datetime = NOW
) -> str:
    """Why a reply is not believed; empty: it is."""
    try:
        keys.verify(owner, signed(BODY, key=key, serial=serial, at=now), BODY, now, fetch)
    except BadReply as problem:
        return problem.reason
    return ""


def by_certificate(**config: Any) -> Settings:
    return settings(key_mode="certificate", public_key="", public_key_id="", **config)


def test_the_list_is_signed_by_one_of_its_own() -> None:
    owner = by_certificate()
    one, two = read(owner, certificate(), certificate(OTHER_SERIAL, "sandbox-merchant-1002"))
    assert (one.serial, one.public_key) == (CERTIFICATE_SERIAL, PLATFORM_PUBLIC)
    assert (two.serial, two.public_key) == (OTHER_SERIAL, OTHER_PUBLIC)
    assert (one.since, one.until) == (NOW - 30 * DAY, NOW + 365 * DAY)
    assert read(owner, certificate(), serial=CERTIFICATE_SERIAL.lower())
    # The times beside the certificate can only narrow it.
    (short,) = read(owner, certificate(expire_time=(NOW + DAY).isoformat(), effective_time="2020-01-01T00:00:00Z"))
    assert (short.since, short.until) == (NOW - 30 * DAY, NOW + DAY)


def test_lists_that_are_not_believed() -> None:
    owner = by_certificate()
    for items, key, serial in (
        ([certificate()], OTHER, CERTIFICATE_SERIAL), ([certificate()], PLATFORM, OTHER_SERIAL),
        ([certificate()], PLATFORM, KEY_ID), ([certificate()], PLATFORM, ""),
        ([certificate(until=NOW)], PLATFORM, CERTIFICATE_SERIAL),
        ([certificate(since=NOW + DAY)], PLATFORM, CERTIFICATE_SERIAL),
    ):  # fmt: skip
        with pytest.raises(BadReply, match="bad_signature"):
            read(owner, *items, key=key, serial=serial)
    body = shapes.write_object({"data": [certificate()]})
    with pytest.raises(BadReply, match="stale"):
        keys.read_certificates(owner, signed(body, serial=CERTIFICATE_SERIAL, at=NOW - DAY), body, NOW)
    with pytest.raises(BadReply, match="bad_signature"):
        keys.read_certificates(owner, {}, body, NOW)


@pytest.mark.parametrize(
    "item",
    [
        certificate(seal_key=APIV3[::-1]), certificate(said=OTHER_SERIAL), certificate(encrypt_certificate={}),
        {**certificate(), "encrypt_certificate": {**certificate()["encrypt_certificate"], "algorithm": "NONE"}},
        {**certificate(), "encrypt_certificate": {**certificate()["encrypt_certificate"], "nonce": 7}},
        {**certificate(), "serial_no": None}, "x", None, [],
    ],
)  # fmt: skip
def test_items_that_are_none(item: Any) -> None:
    with pytest.raises(BadReply, match="bad_certificate"):
        read(by_certificate(), certificate(), item)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"data":[]}', b'{"data":{}}', b"\xff", b'{"data":[1],"data":[]}']
)
def test_lists_that_are_none(body: bytes) -> None:
    with pytest.raises(BadReply, match="bad_certificate"):
        keys.read_certificates(by_certificate(), signed(body, serial=CERTIFICATE_SERIAL), body, NOW)


def test_it_is_fetched_once_in_twelve_hours() -> None:
    owner, shelf = by_certificate(), Shelf(certificate())
    for hours in (0, 1, 11):
        assert code(owner, shelf, now=NOW + timedelta(hours=hours)) == ""
    assert shelf.asked == 1
    assert code(owner, shelf, now=NOW + timedelta(hours=12)) == ""
    assert shelf.asked == 2
    # Where the refresh fails the old ones go on, and nobody asks again within the minute.
    shelf.fails = True
    later = NOW + timedelta(hours=24)
    assert [code(owner, shelf, now=later + timedelta(seconds=s)) for s in (0, 59, 60)] == ["", "", ""]
    assert shelf.asked == 4


def test_unknown_serials_make_us_ask_once_a_minute() -> None:
    owner, shelf = by_certificate(), Shelf(certificate())
    assert code(owner, shelf) == ""
    new = {"serial": OTHER_SERIAL, "key": OTHER}
    shelf.items = (certificate(), certificate(OTHER_SERIAL, "sandbox-merchant-1002"))
    assert [code(owner, shelf, now=NOW + timedelta(seconds=s), **new) for s in (1, 59)] == ["unknown_serial"] * 2
    assert shelf.asked == 1
    assert code(owner, shelf, now=NOW + timedelta(seconds=60), **new) == ""
    assert shelf.asked == 2
    for second in range(61, 120):
        assert code(owner, shelf, serial=f"{second:016X}", now=NOW + timedelta(seconds=second)) == "unknown_serial"
    assert shelf.asked == 2
    assert code(owner, shelf, serial="A" * 65, now=NOW + timedelta(hours=1)) == "unknown_serial"
    assert shelf.asked == 2


def test_without_certificates_nothing_is_believed() -> None:
    owner, shelf = by_certificate(), Shelf(certificate())
    shelf.fails = True
    assert code(owner, shelf) == "unknown_serial"
    assert code(owner, shelf, now=NOW + timedelta(seconds=30)) == "unknown_serial"
    assert shelf.asked == 1
    shelf.fails = False
    assert code(owner, shelf, now=NOW + timedelta(seconds=61)) == ""


def test_certificates_hold_in_their_time_only() -> None:
    owner = by_certificate()
    shelf = Shelf(certificate(until=NOW + timedelta(hours=2)))
    assert code(owner, shelf) == ""
    assert code(owner, shelf, now=NOW + timedelta(hours=2)) == "unknown_serial"
    assert keys.key_of(owner, CERTIFICATE_SERIAL, NOW + timedelta(hours=2) - timedelta(seconds=1), shelf)


def test_accounts_do_not_share_certificates() -> None:
    shelf, empty = Shelf(certificate()), Shelf()
    assert code(by_certificate(), shelf) == ""
    assert code(by_certificate(mchid="1900000002"), empty) == "unknown_serial"
    assert empty.asked == 1


def test_modes() -> None:
    shelf = Shelf(certificate(OTHER_SERIAL, "sandbox-merchant-1002"))

    def fetch(owner: Settings, now: datetime) -> tuple[PlatformCertificate, ...]:
        shelf.asked += 1
        return read(owner, *shelf.items, key=OTHER, serial=OTHER_SERIAL, now=now)

    certified, fixed = {"serial": OTHER_SERIAL, "key": OTHER}, {"serial": KEY_ID, "key": PLATFORM}
    assert (code(settings(), fetch, **fixed), code(settings(), fetch, **certified)) == ("", "unknown_serial")
    assert shelf.asked == 0
    assert code(by_certificate(), fetch, **certified) == ""
    assert code(by_certificate(), fetch, **fixed) == "unknown_serial"
    keys.forget()
    both = settings(key_mode="both")
    assert (code(both, fetch, **certified), code(both, fetch, **fixed)) == ("", "")
    # A name does not lend its key to another.
    assert code(both, fetch, serial=KEY_ID, key=OTHER) == "bad_signature"
    assert code(both, fetch, serial=OTHER_SERIAL, key=PLATFORM) == "bad_signature"
    # While it changes either may sign the list.
    assert read(both, certificate(), serial=KEY_ID)
    with pytest.raises(BadReply, match="bad_signature"):
        read(both, certificate(), serial=KEY_ID, key=OTHER)


def test_probes_and_flipped_headers() -> None:
    owner, shelf = by_certificate(), Shelf(certificate())
    good = signed(BODY, serial=CERTIFICATE_SERIAL)
    keys.verify(owner, good, BODY, NOW, shelf)
    for name, value, reason in (
        ("signature", "WECHATPAY/SIGNTEST/" + good["wechatpay-signature"], "signtest"),
        ("nonce", "other", "bad_signature"), ("timestamp", str(int(NOW.timestamp()) + 1), "bad_signature"),
        ("serial", OTHER_SERIAL, "unknown_serial"), ("signature", good["wechatpay-signature"][::-1], "bad_signature"),
    ):  # fmt: skip
        with pytest.raises(BadReply) as caught:
            keys.verify(owner, {**good, f"wechatpay-{name}": value}, BODY, NOW, shelf)
        assert caught.value.reason == reason
    for shift in (-300, 300):
        headers = signed(BODY, serial=CERTIFICATE_SERIAL, at=NOW + timedelta(seconds=shift))
        with pytest.raises(BadReply, match="stale"):
            keys.verify(owner, headers, BODY, NOW, shelf)


def test_keys_for_secrets() -> None:
    newer = certificate(OTHER_SERIAL, "sandbox-merchant-1002", since=NOW - DAY)
    ended = certificate("7157F09EFDC096DE", since=NOW - DAY / 2, until=NOW - DAY / 4)
    shelf = Shelf(certificate(), newer, ended)
    assert keys.key_for_secrets(by_certificate(), NOW, shelf) == (OTHER_SERIAL, OTHER_PUBLIC)
    assert keys.key_for_secrets(settings(key_mode="both"), NOW, shelf) == (KEY_ID, PLATFORM_PUBLIC.strip())
    shelf.fails = True
    keys.forget()
    with pytest.raises(BadReply, match="no_platform_key"):
        keys.key_for_secrets(by_certificate(), NOW, shelf)


def test_over_the_wire(mch: Mch) -> None:
    owner = by_certificate(base_url=mch.url)
    mch.answers[f"GET {CERTIFICATES}"] = Answer(said={"data": [certificate()]}, serial=CERTIFICATE_SERIAL)
    mch.answers["GET /v3/x"] = Answer(said={"a": 1}, serial=CERTIFICATE_SERIAL)
    caller = client.Caller(owner, NOW)
    assert (caller.get("/v3/x?b=1"), caller.get("/v3/x")) == ({"a": 1}, {"a": 1})
    assert [call.target for call in mch.calls] == ["/v3/x?b=1", CERTIFICATES, "/v3/x"]
    assert "wechatpay-serial" not in mch.calls[0].headers


@pytest.mark.parametrize(
    "answer",
    [
        no(401, "SIGN_ERROR"), no(500, "SYSTEM_ERROR"), Answer(status=0),
        Answer(said={"data": [certificate()]}, serial=CERTIFICATE_SERIAL, key=OTHER),
        Answer(said={"data": [certificate()]}, unsigned=True),
    ],
)  # fmt: skip
def test_no_certificates_over_the_wire(mch: Mch, answer: Answer) -> None:
    mch.answers[f"GET {CERTIFICATES}"] = answer
    mch.answers["GET /v3/x"] = Answer(said={"a": 1}, serial=CERTIFICATE_SERIAL)
    with pytest.raises(BadReply, match="unknown_serial"):
        client.Caller(by_certificate(base_url=mch.url), NOW).get("/v3/x")
