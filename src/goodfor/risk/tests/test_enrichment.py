"""Features of acts: journeys, mail, telephones, devices, and what it costs."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.risk import enrichment
from goodfor.risk.enrichment import LastSeen, agents, device, enrich, enriching, mail, phone, places
from goodfor.risk.enrichment.names import PROVINCES, SEATS
from goodfor.risk.features import NUMBER, TEXT, TRUTH, catalogue
from goodfor.risk.link_queries import FEATURES as CLUSTER_FEATURES
from goodfor.risk.types import Act, Scene

NOW = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
#: Of the packaged tables: 电信 in 深圳, China Mobile's gateway, 阿里云, Google.
SHENZHEN, GATEWAY, ALIYUN, GOOGLE = "113.102.160.1", "117.136.40.1", "47.96.0.1", "8.8.8.8"


def act(**changed: Any) -> Act:
    """A sign-in."""
    return replace(Act(shop_id=uuid4(), scene=Scene.SIGN_IN, at=NOW, ip=SHENZHEN, agent=AGENT), **changed)


def test_features_are_what_the_catalogue_says() -> None:
    """Every feature always, by its type, whatever is known; names differ from those of groups."""
    types: dict[str, tuple[type, ...]] = {TRUTH: (bool,), NUMBER: (int, float), TEXT: (str,)}
    kinds = catalogue(enrichment.FEATURES, CLUSTER_FEATURES)
    seen = LastSeen(NOW - timedelta(hours=5), "北京", "北京", frozenset({"北京"}))
    device_id, _ = f"d1{int(NOW.timestamp()):08x}{'a' * 26}", None
    for one in (
        act(),
        act(ip="", agent=""),
        act(ip="10.0.0.1", mail="a@b.cn", phone="+8613800138000", device=device_id),
        act(ip="2408::1", mail="x", phone="x", device="x"),
        act(ip=GOOGLE, mail="a+b@gmail.com", phone="+15551234567"),
    ):
        for known in (seen, None):
            found = enrich(one, known, NOW)
            assert set(found) == {feature.name for feature in enrichment.FEATURES}
            for name, value in found.items():
                assert value is None or type(value) in types[kinds[name].type], (name, value)


def test_an_address_at_home() -> None:
    """What the tables say of it."""
    found = enrich(act(), None, None)
    assert {name: value for name, value in found.items() if name.startswith("ip_")} == {
        "ip_known": True, "ip_local": False, "ip_v6": False, "ip_country": "CN", "ip_overseas": False,
        "ip_province": "广东", "ip_city": "深圳", "ip_carrier": "telecom", "ip_origin": None,
        "ip_provider": None, "ip_cloud": False,
        "ip_vpn": False, "ip_tor": False, "ip_bot": False, "ip_shared": False,
    }  # fmt: skip


def test_addresses_of_machines() -> None:
    """A cloud by either table, and one that is not in them."""
    found = enrich(act(ip=ALIYUN), None, None)
    assert (found["ip_cloud"], found["ip_carrier"]) == (True, "cloud")
    found = enrich(act(ip=GOOGLE), None, None)
    assert (found["ip_cloud"], found["ip_origin"], found["ip_provider"]) == (True, "hosting", "Google")
    assert (found["ip_country"], found["ip_overseas"]) == ("US", True)


def test_addresses_that_are_nowhere() -> None:
    """Local ones are known as local; of nonsense it is known that it is nonsense; of nothing nothing is."""
    local = enrich(act(ip="192.168.1.9"), None, None)
    assert (local["ip_known"], local["ip_local"], local["ip_cloud"], local["ip_province"]) == (True, True, False, None)
    nonsense = enrich(act(ip="1.2.3.4; rm"), None, None)
    assert nonsense["ip_known"] is False
    assert [value for name, value in nonsense.items() if name.startswith("ip_") and value is not None] == [False]
    nothing = enrich(act(ip=""), None, None)
    assert [value for name, value in nothing.items() if name.startswith("ip_") and value is not None] == []
    # No table of IPv6 is packaged: nobody can say that it is unknown to it.
    assert enrich(act(ip="2408:8207::1"), None, None)["ip_known"] is None


# -- journeys ---------------------------------------------------------------------------------------


def test_distances() -> None:
    """Great circles between seats, in kilometres, against known ones."""
    assert places.distance_km("北京", "北京", "上海", "上海") == pytest.approx(1067, abs=8)
    assert places.distance_km("广东", "深圳", "广东", "广州") == pytest.approx(104, abs=8)
    assert places.distance_km("黑龙江", "哈尔滨", "海南", "三亚") == pytest.approx(3442, abs=10)
    assert places.distance_km("北京", "北京", "北京", "北京") == 0
    # A city that is not known is in the middle of its province; within one province that says nothing.
    assert places.distance_km("广东", None, "北京", "北京") == pytest.approx(1900, abs=150)
    assert places.distance_km("广东", None, "广东", "深圳") is None
    assert places.distance_km("广东", "没有", "广东", "深圳") is None
    assert places.distance_km(None, None, "广东", "深圳") is None
    assert places.distance_km("JP", None, "广东", "深圳") is None
    for (province, city), (latitude, longitude) in SEATS.items():
        assert 3 < latitude < 54, (province, city)
        assert 73 < longitude < 136, (province, city)
    assert set(places.MIDDLES) == set(PROVINCES)


@pytest.mark.parametrize(
    ("ip", "hours", "seen", "odd"),
    [
        # 1,940 km in an hour, in a day; to a province of his, to one that is not.
        (SHENZHEN, 1, ("北京", "北京", {"北京", "广东"}), True),
        (SHENZHEN, 24, ("北京", "北京", {"北京", "广东"}), False),
        (SHENZHEN, 24, ("北京", "北京", {"北京"}), True),
        (SHENZHEN, 24, ("北京", "北京", None), False),
        (SHENZHEN, 1, ("北京", "北京", None), True),
        # Next door, however fast.
        (SHENZHEN, 0.001, ("广东", "广州", {"广东"}), False),
        (SHENZHEN, 0, ("广东", "深圳", None), False),
        # Nothing to compare with.
        (SHENZHEN, 1, (None, None, None), None),
        (SHENZHEN, 1, (None, None, {"广东"}), False),
        # From overseas, where he never was.
        ("133.11.0.1", 24, ("北京", "北京", {"北京"}), True),
        ("133.11.0.1", 24, ("JP", None, {"JP", "北京"}), False),
        ("133.11.0.1", 24, ("北京", "北京", None), None),
        # No place to measure from.
        (GATEWAY, 1, ("北京", "北京", {"北京"}), None),
        (ALIYUN, 1, ("北京", "北京", {"北京"}), None),
        (GOOGLE, 1, ("北京", "北京", {"北京"}), None),
        ("10.0.0.1", 1, ("北京", "北京", {"北京"}), None),
        ("39.147.0.1", 1, ("北京", "北京", {"北京"}), None),
        ("", 1, ("北京", "北京", {"北京"}), None),
    ],
)
def test_odd_places(ip: str, hours: float, seen: tuple[Any, Any, Any], odd: bool | None) -> None:
    """异地登录, three-valued."""
    province, city, provinces = seen
    last = LastSeen(NOW - timedelta(hours=hours), province, city, frozenset(provinces) if provinces else None)
    assert enrich(act(ip=ip), last, None)["odd_place"] is odd


def test_speed_and_hours() -> None:
    """Kilometres by hours; two sign-ins at once are a minute apart; nobody travels back in time."""
    found = enrich(act(), LastSeen(NOW - timedelta(hours=2), "北京", "北京"), None)
    assert found["hours_since_seen"] == 2.0
    assert isinstance(found["distance_km"], float)
    assert found["speed_kmh"] == pytest.approx(found["distance_km"] / 2, abs=0.1)
    found = enrich(act(), LastSeen(NOW + timedelta(seconds=3), "北京", "北京"), None)
    assert found["hours_since_seen"] == 0.0
    assert isinstance(found["distance_km"], float)
    assert found["speed_kmh"] == pytest.approx(found["distance_km"] * 60, rel=0.001)


# -- mail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Zhang.San+shop@GMail.com", "zhangsan@gmail.com"), ("zhangsan@googlemail.com", "zhangsan@gmail.com"),
        ("zhang.san@163.com", "zhang.san@163.com"), ("12345@QQ.com", "12345@qq.com"),
        ("a+b@outlook.com", "a@outlook.com"), ("+a@b.cn", "+a@b.cn"), (" a@b.cn. ", "a@b.cn"), ("none", "none"),
        ("...@gmail.com", "...@gmail.com"),
        ("a@b", "a@b"), ("a b@c.cn", "a b@c.cn"), ("a@@b.cn", "a@@b.cn"), ("@b.cn", "@b.cn"),
    ],
)  # fmt: skip
def test_mailboxes_have_one_spelling(text: str, key: str) -> None:
    """To count by; what is no address stays."""
    assert mail.canonical(text) == key


def test_disposable_domains() -> None:
    """Also below them, never above."""
    assert mail.is_disposable("mailinator.com")
    assert mail.is_disposable("a.b.mailinator.com")
    assert not mail.is_disposable("qq.com")
    assert not mail.is_disposable("com")
    assert enrich(act(mail="x@mailinator.com"), None, None)["mail_disposable"] is True


@pytest.mark.parametrize(
    "local",
    [
        "zhangsan1988",
        "wangxiaoming",
        "li_lei_2020",
        "cindychan0501",
        "tom.h.smith",
        "wxl19880101",
        "christopherwalken",
        "liuyang520",
        "13812345678",
        "xiaoxiao2008",
        "zhaoqianqian",
        "schwarzenegger",
        "zhengshuangxi",
        "huangxiaoming1987",
        "yangqingxia",
        "li2008wang88",
        "john.smith.1990",
        "service",
        "support2",
        "ouyangnanchang1990",
        "100234567",
        "strengthofmind",
    ],
)
def test_names_of_people_do_not_look_random(local: str) -> None:
    """English, pinyin, initials with dates, numbers."""
    assert not mail.looks_random(local)


@pytest.mark.parametrize(
    "local", ["x7k2p9qvm4", "a8f3c91e0b77", "kqzjxvbwtp", "q1w2e3r4t5", "9f86d081884c", "zxcvbnmkjh"]
)
def test_names_made_by_machines_do(local: str) -> None:
    """Hexadecimal, letters and digits in turns, letters that nobody can say."""
    assert mail.looks_random(local)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("promo017@163.com", "promo*@163.com"), ("promo.018@163.com", "promo*@163.com"), ("zhangsan@163.com", None),
        ("12345@qq.com", None), ("a1@qq.com", None), ("x1@own.example", "*@own.example"),
        ("bulk99@mailinator.com", "bulk*@mailinator.com"),
    ],
)  # fmt: skip
def test_patterns_of_mailboxes_made_in_bulk(text: str, pattern: str | None) -> None:
    """What neighbours have in common, and nothing where it would join strangers."""
    taken = mail.take_apart(text)
    assert taken
    assert mail.pattern(taken) == pattern


# -- telephones -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+8613812345678", ("CN", "mobile", False, False)), ("13012345678", ("CN", "unicom", False, False)),
        ("0086 189-1234-5678", ("CN", "telecom", False, False)), ("+8619212345678", ("CN", "broadnet", False, False)),
        ("+8617012345678", ("CN", "telecom", True, False)), ("+8617091234567", ("CN", "unicom", True, False)),
        ("+8617051234567", ("CN", "mobile", True, False)), ("+8617112345678", ("CN", "unicom", True, False)),
        ("+8616212345678", ("CN", "telecom", True, False)), ("+8616512345678", ("CN", "mobile", True, False)),
        ("+8616712345678", ("CN", "unicom", True, False)), ("+8614812345678", ("CN", "mobile", False, True)),
        ("+8613491234567", ("CN", "telecom", False, False)), ("+8613401234567", ("CN", "mobile", False, False)),
        ("+8612012345678", ("CN", None, None, None)), ("+862112345678", ("CN", None, None, None)),
        ("+85291234567", ("HK", None, None, None)), ("+886912345678", ("TW", None, None, None)),
        ("+12042345678", ("CA", None, None, None)), ("+12122345678", ("US", None, None, None)),
        ("+77012345678", ("KZ", None, None, None)), ("+79161234567", ("RU", None, None, None)),
        ("+441534123456", ("JE", None, None, None)), ("+447911123456", ("GB", None, None, None)),
    ],
)  # fmt: skip
def test_telephone_numbers(text: str, expected: tuple[Any, ...]) -> None:
    """Country by the longest prefix, carrier by the segment."""
    taken = phone.take_apart(text)
    assert taken
    assert taken[1:] == expected


@pytest.mark.parametrize("text", ["", "abc", "123", "+0123456789", "1" * 20, "9" * 5_000, "１３８１２３４５６７８"])
def test_what_is_no_telephone_number(text: str) -> None:
    """None, and its features are not known."""
    assert phone.take_apart(text) is None
    assert enrich(act(phone=text), None, None)["phone_virtual"] is None


# -- devices ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_device_cookie_is_only_ours() -> None:
    """Given out, read back with its age; changed in any place it is nothing."""
    device_id, cookie = device.issue(NOW)
    assert device.read(cookie) == device_id
    assert device.given_at(device_id) == NOW
    assert device.issue(NOW)[0] != device_id
    for at in range(len(cookie)):
        changed = cookie[:at] + ("b" if cookie[at] != "b" else "c") + cookie[at + 1 :]
        assert device.read(changed) is None, at
    older = f"d1{int(NOW.timestamp()) - 86_400 * 300:08x}{device_id[10:]}.{cookie.partition('.')[2]}"
    assert device.read(older) is None
    for text in (
        "",
        ".",
        device_id,
        cookie + "x",
        cookie[:-1],
        "é" * 40,
        "x" * 10_000,
        f"{device_id}.{'é' * 20}",
        "\x00",
    ):
        assert device.read(text) is None
    found = enrich(act(device=device_id, at=NOW + timedelta(days=3, hours=12)), None, NOW - timedelta(days=1))
    assert (found["device_known"], found["device_age_days"], found["account_age_days"]) == (True, 3.5, 4.5)


def test_a_visitor_without_a_device() -> None:
    """Is known to have none; its age is not known."""
    for text in ("", "some-text", "d1zz"):
        found = enrich(act(device=text), None, None)
        assert (found["device_known"], found["device_age_days"], found["account_age_days"]) == (False, None, None)


def test_fingerprints_are_taken_only_in_shape() -> None:
    """They come from whoever likes."""
    assert device.fingerprint("a" * 32) == "a" * 32
    for text in ("", "a" * 15, "a" * 65, "a b" * 8, "é" * 20, "'" * 20, "a" * 20 + "\n"):
        assert device.fingerprint(text) is None


def test_agents() -> None:
    """Browser and system; programs by what they call themselves."""
    assert agents.label(AGENT) == "Chrome · Windows"
    assert not agents.is_script(AGENT)
    for text in ("curl/8.5", "python-requests/2.32", AGENT.replace("Chrome", "HeadlessChrome"), "x" * 500 + " curl/"):
        assert agents.is_script(text)
    assert enrich(act(agent=""), None, None)["agent_script"] is None


# -- the clock --------------------------------------------------------------------------------------


@given(st.integers(946_684_800, 4_102_444_800))
@settings(max_examples=200, deadline=None)
def test_hours_are_those_of_beijing(seconds: int) -> None:
    """As the standard library says them."""
    at = datetime.fromtimestamp(seconds, UTC)
    there = at + timedelta(hours=8)
    found = enrich(act(at=at), None, None)
    assert (found["hour_local"], found["weekend"], found["night"]) == (
        there.hour, there.weekday() >= 5, there.hour < 6,
    )  # fmt: skip


# -- failing and costs ------------------------------------------------------------------------------


def test_a_group_that_fails_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its features are not known, it is named, and the rest is as ever."""
    monkeypatch.setattr(enriching, "_said", {})
    assert enrichment.trouble() == ()

    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(enriching, "look_up", fail)
    found = enrich(act(mail="a@qq.com"), LastSeen(NOW, "北京", "北京"), None)
    assert (found["ip_known"], found["ip_province"], found["mail_domain"]) == (None, None, "qq.com")
    assert enrichment.trouble() == ("enrichment.address",)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_it(ip: str, address: str, number: str, device_id: str, agent: str) -> None:
    """Whatever people send: an answer, and no group failed."""
    enriching._said.clear()
    enrich(act(ip=ip, mail=address, phone=number, device=device_id, agent=agent), None, None)
    assert not enriching._said


def test_it_costs_less_than_sixty_microseconds() -> None:
    """All features of 2,000 different acts, warm, in time of the processor."""
    enrichment.warm()
    rng = random.Random(1)
    seen = LastSeen(NOW - timedelta(hours=30), "北京", "北京", frozenset({"北京", "广东"}))
    acts = [
        act(
            ip=".".join(str(rng.randrange(1, 224)) for _ in range(4)), mail=f"user{number}xyz@gmail.com",
            phone=f"+861{rng.randrange(3, 10)}{rng.randrange(10**9):09d}",
            device=f"d1{int(NOW.timestamp()) - number:08x}{'a' * 26}", agent=AGENT + str(number % 50),
        )
        for number in range(2_000)
    ]  # fmt: skip
    best = float("inf")
    for _ in range(15):
        began = time.process_time()
        for one in acts:
            enrich(one, seen, NOW - timedelta(days=9))
        best = min(best, (time.process_time() - began) / len(acts) * 1e6)
        if best < 60:
            break
    assert best < 60, f"{best:.1f} µs"
