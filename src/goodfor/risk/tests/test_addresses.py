"""The tables of addresses against the raw files, hostile texts, and files that take their place."""

import random
import time
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import iporigin
import pytest

from goodfor.risk import enrichment
from goodfor.risk.enrichment import addresses, kept, names
from goodfor.risk.enrichment.addresses import look_up, packaged_origins, packaged_places, parse
from goodfor.risk.enrichment.kept import Kept
from goodfor.risk.enrichment.names import PROVINCES, carrier_of, city_of, place_of, province_of
from goodfor.risk.enrichment.origins import read_origins, read_own_origins
from goodfor.risk.enrichment.types import ABSENT, FAILED, READY, Damaged, Origin, Place
from goodfor.risk.enrichment.xdb import read_places, read_places_6
from goodfor.risk.tests.tables import RawXdb, small, xdb


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """The operator's folder."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "risk").mkdir()
    return tmp_path / "risk"


def put(path: Path, content: bytes) -> None:
    """As the documents say: under another name, then renamed."""
    aside = path.with_suffix(".new")
    aside.write_bytes(content)
    aside.rename(path)


# -- against the raw tables -------------------------------------------------------------------------


def test_places_are_those_of_the_raw_table() -> None:
    """20,000 random addresses and the edges of 2,000 segments: ours says what the file says."""
    path = packaged_places()
    assert path
    raw, ours, rng = RawXdb(path), read_places(path), random.Random(7)
    asked = [rng.getrandbits(32) for _ in range(20_000)]
    for _ in range(2_000):
        edge = rng.getrandbits(32) & 0xFFFFFF00
        asked += [edge, max(0, edge - 1), edge + 255]
    asked += [0, 2**32 - 1]
    known = 0
    for value in asked:
        place = ours.find(value)
        assert place == place_of(raw.region(value)), IPv4Address(value)
        known += place is not None
    assert known > 15_000
    assert len(ours) > 700_000


def test_kinds_are_those_of_the_packages_own_reader() -> None:
    """Random addresses inside of its ranges and outside, of both kinds: ours says what iporigin says."""
    path = packaged_origins()
    assert path
    ours, rng = read_origins(path), random.Random(11)
    asked: list[Any] = [IPv4Address(rng.getrandbits(32)) for _ in range(6_000)]
    asked += [IPv6Address(0x2 << 124 | rng.getrandbits(124)) for _ in range(2_000)]
    inside = rng.sample(range(len(ours._firsts_4)), 3_000)
    asked += [IPv4Address(rng.randint(ours._firsts_4[at], ours._lasts_4[at])) for at in inside]
    inside = rng.sample(range(len(ours._firsts_6)), 3_000)
    asked += [IPv6Address(rng.randint(ours._firsts_6[at], ours._lasts_6[at])) for at in inside]
    found: dict[str, int] = {}
    for address in asked:
        theirs = iporigin.classify(address)
        if theirs.kind == iporigin.RESERVED:
            continue
        origin = ours.find(int(address), address.version)
        assert (origin.kind if origin else "unknown", origin.provider if origin else "") == (
            theirs.kind, theirs.provider,
        ), address  # fmt: skip
        found[theirs.kind] = found.get(theirs.kind, 0) + 1
    assert min(found[kind] for kind in ("hosting", "cdn", "vpn", "tor", "unknown")) > 10
    assert len(ours) == iporigin.dataset_info()["ranges"]


def test_every_region_of_the_packaged_table_gets_a_name() -> None:
    """34 provinces under short names, cities with a seat, carriers in classes: whatever the spelling."""
    path = packaged_places()
    assert path
    places = {place for place in read_places(path)._places if place}
    assert {place.province for place in places if place.province} == set(PROVINCES)
    cities = {(place.province, place.city) for place in places if place.city}
    assert len(cities) == 359, "of 384 spellings"
    assert not [city for city in cities if city not in names.SEATS]
    carriers = {place.carrier for place in places if place.country == "CN"}
    assert carriers >= {"telecom", "unicom", "mobile", "broadnet", "education", "cloud", "other"}
    assert not [place for place in places if place.country in ("HK", "MO", "TW") and not place.province]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("广西", "广西"), ("广西壮族自治区", "广西"), ("河南", "河南"), ("河南省", "河南"), ("北京市", "北京"),
        ("内蒙古", "内蒙古"), ("内蒙古自治区", "内蒙古"), ("新疆维吾尔自治区", "新疆"), ("香港特别行政区", "香港"),
        ("黑龙江省", "黑龙江"), ("0", None), ("", None), ("吉林市", "吉林"), ("广", None), ("Guangdong", None),
    ],
)  # fmt: skip
def test_provinces_have_one_spelling(text: str, name: str | None) -> None:
    """All that tables write, and nothing else."""
    assert province_of(text) == name


def test_cities_and_carriers_have_one_spelling() -> None:
    """Full names, short names, and names that we have no seat of."""
    assert city_of("吉林", "延边朝鲜族自治州") == city_of("吉林", "延边") == "延边"
    assert city_of("广西", "桂林市") == city_of("广西", "桂林") == "桂林"
    assert city_of("青海", "海南") == "海南"
    assert city_of("广东", "新新市") == "新新"
    assert city_of("广东", "0") is None
    assert carrier_of("陕西广电", "CN") == "broadnet"
    assert carrier_of("铁通", "CN") == "mobile"
    assert carrier_of("西安交通大学", "CN") == "education"
    assert carrier_of("阿里云", "CN") == carrier_of("Amazon", "US") == "cloud"
    # Elsewhere the same words are other firms.
    assert carrier_of("星和移动", "SG") == carrier_of("中华电信", "TW") == "other"
    assert carrier_of("0", "CN") is None


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("中国|0|广东省|深圳市|电信", Place("CN", "广东", "深圳", "telecom")),
        ("中国|广东省|深圳市|电信", Place("CN", "广东", "深圳", "telecom")),
        ("中国|广东省|深圳市|电信|CN", Place("CN", "广东", "深圳", "telecom")),
        ("中国|香港特别行政区|0|0|CN", Place("HK", "香港", None, None)),
        ("中国|0|台湾省|台北|中华电信", Place("TW", "台湾", "台北", "other")),
        ("Nigeria|Sokoto|Sokoto|Layer3 Limited|NG", Place("NG", None, None, "other")),
        ("日本|0|东京都|东京|亚马逊", Place("JP", None, None, "cloud")),
        ("中国|0|0|0|移动", Place("CN", None, None, "mobile")),
        ("0|0|0|内网IP|内网IP", None),
        ("0|0|Reserved|Reserved|Reserved", None),
        ("欧洲|0|0|0|0", None),
    ],
)
def test_layouts_of_regions(region: str, place: Place | None) -> None:
    """As they changed over the years."""
    assert place_of(region) == place


def test_a_region_of_another_layout_is_refused() -> None:
    """Guessing which field is which would put people into wrong provinces."""
    with pytest.raises(Damaged):
        place_of("中国|广东省|深圳市|南山区|电信|x|y")


# -- texts that are no addresses, and addresses that are nowhere -------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "01.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "1.2.3.4\x00",
        "-1.2.3.4", "１.2.3.4", "1.2.3.٤", "²5.1.1.1", "0x7f.1.1.1", "2130706433", "localhost", "1.2.3.4/24",
        "1.2.3.4:80", "[::1]", "::g", ":::", "1::2::3", "é" * 45,
        "'; DROP TABLE risk_event --", "9" * 10_000, "1." * 5_000, ":" * 5_000,
    ],
)  # fmt: skip
def test_hostile_texts_are_no_addresses(text: str) -> None:
    """None, quickly, and never an error."""
    began = time.perf_counter()
    assert parse(text) is None
    assert look_up(text) is None
    assert time.perf_counter() - began < 0.05


def test_parse_agrees_with_the_standard_library() -> None:
    """The quick way takes nothing that the library does not, and says the same number."""
    rng = random.Random(3)
    for _ in range(5_000):
        text = ".".join(str(rng.choice((rng.randrange(300), rng.randrange(10), "00", "007"))) for _ in range(4))
        try:
            expected: Any = (int(ip_address(text)), 4)
        except ValueError:
            expected = None
        assert parse(text) == expected, text


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "203.0.113.9", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1",
        "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_local_addresses_are_known_as_local(text: str) -> None:
    """Also in the clothes of IPv6."""
    address = look_up(text)
    assert address
    assert (address.local, address.place, address.origin) == (True, None, None)


def test_addresses_in_the_clothes_of_the_other_kind() -> None:
    """An IPv4 address is the same one, mapped, behind NAT64 or in 6to4."""
    plain = look_up("113.102.160.1")
    assert plain
    assert plain.place == Place("CN", "广东", "深圳", "telecom")
    for text in ("::ffff:113.102.160.1", "64:ff9b::113.102.160.1", "2002:7166:a001::1"):
        assert look_up(text) == plain
    assert not plain.local


def test_gateways_of_mobile_networks_are_shared() -> None:
    """And no place to measure from."""
    gateway = look_up("117.136.40.1")
    assert gateway
    assert gateway.shared
    assert addresses.is_placeless(gateway)
    home = look_up("113.102.160.1")
    assert home
    assert not home.shared
    assert not addresses.is_placeless(home)


# -- files of the operator --------------------------------------------------------------------------


def places(folder: Path) -> "Kept[Any]":
    """The table as processes keep it, one's own."""
    return Kept("places", own="places.xdb", read=read_places, packaged=packaged_places)


def test_a_file_takes_the_place_of_the_packaged_one(folder: Path) -> None:
    """At the first look, when it changes, and when it is taken away again."""
    table = places(folder)
    value = int(ip_address("113.102.160.1"))
    assert table.get().find(value).city == "深圳"
    assert (table.state().state, table.state().source) == (READY, "packaged")
    put(folder / "places.xdb", small(("113.0.0.0", "113.255.255.255", "中国|海南省|三亚市|移动|CN")))
    assert table.get().find(value).city == "深圳", "no more often than once a minute"
    table.look()
    assert table.get().find(value) == Place("CN", "海南", "三亚", "mobile")
    assert table.get().find(int(ip_address("8.8.8.8"))) is None, "what lies between segments is nowhere"
    assert table.get().find(0) is None
    assert table.get().find(2**32 - 1) is None
    assert table.state().source == "own"
    (folder / "places.xdb").unlink()
    table.look()
    assert table.get().find(value).city == "深圳"
    assert table.state().source == "packaged"


def test_it_is_looked_at_once_a_minute_and_read_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes first after a minute starts the reading and goes on with what there is."""
    reads: list[str] = []
    looks: list[float] = []

    def read(path: Path) -> str:
        reads.append(path.read_text())
        return reads[-1]

    table = Kept("words", own="words.txt", read=read)
    clock = [1000.0]
    monkeypatch.setattr(kept, "monotonic", lambda: clock[0])
    signature = table._signature
    monkeypatch.setattr(table, "_signature", lambda: (looks.append(clock[0]), signature())[1])
    put(folder / "words.txt", b"one")
    assert [table.get() for _ in range(5)] == ["one"] * 5
    seen = len(looks)
    put(folder / "words.txt", b"three")
    clock[0] += 59
    assert table.get() == "one"
    assert len(looks) == seen, "not looked at before the minute is over"
    clock[0] += 2
    table.get()
    for _ in range(200):
        if table._value == "three":
            break
        time.sleep(0.01)
    assert table.get() == "three"
    assert reads == ["one", "three"]


@pytest.mark.parametrize("size", [0, 3, 255, 300, 524_543, 600_000, 2_000_000])
def test_a_file_cut_off_is_refused_and_the_packaged_one_kept(folder: Path, size: int) -> None:
    """A download that broke off."""
    path = packaged_places()
    assert path
    put(folder / "places.xdb", path.read_bytes()[:size])
    table = places(folder)
    assert table.get().find(int(ip_address("113.102.160.1"))).city == "深圳"
    state = table.state()
    assert (state.state, state.source) == (READY, "packaged")
    assert state.refused


def damaged() -> list[tuple[str, bytes]]:
    """Ways in which a table is not one."""
    good = small()
    swapped = small(("9.9.9.0", "9.9.9.255", "中国|0|0|0"), ("9.9.8.0", "9.9.8.255", "中国|0|0|0"))
    return [
        ("text", b"start,end,province\n" * 40_000),
        ("random", random.Random(5).randbytes(700_000)),
        ("structure", b"\x09\x00" + good[2:]),
        ("policy", good[:2] + b"\x02\x00" + good[4:]),
        ("ipv6", xdb([("2408::", "2408:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "中国|北京市|0|联通")], version=6)),
        ("order", swapped),
        ("provinces", xdb([("1.0.0.0", "1.0.0.255", "中国|北京市|0|联通")])),
        ("utf-8", good.replace("北京".encode(), b"\xff\xfe" * 3)),
        ("fields", good.replace("中国|北京".encode(), "中|国|北||".encode())),
        ("pointers", good[:8] + b"\xff\xff\xff\x7f" + good[12:]),
    ]


@pytest.mark.parametrize(("name", "content"), damaged(), ids=[name for name, _ in damaged()])
def test_a_damaged_file_is_refused(folder: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason, and what was there stays; once it is whole it is taken."""
    table = places(folder)
    put(folder / "places.xdb", small(("113.0.0.0", "113.255.255.255", "中国|海南省|三亚市|移动")))
    value = int(ip_address("113.102.160.1"))
    assert table.get().find(value).city == "三亚"
    put(folder / "places.xdb", content)
    table.look()
    assert table.get().find(value).city == "三亚"
    assert table.state().refused
    put(folder / "places.xdb", small(("113.0.0.0", "113.255.255.255", "中国|海南省|海口市|移动")))
    table.look()
    assert table.get().find(value).city == "海口"
    assert not table.state().refused


def test_without_any_table_nothing_is_known_and_nothing_raises(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, or failed when there is a file that cannot be read."""
    assert Kept("places", own="places.xdb", read=read_places).get() is None
    assert Kept("places", own="places.xdb", read=read_places).state().state == ABSENT
    put(folder / "places.xdb", b"nonsense")
    put(folder / "origins.bin", b"nonsense")
    bare: Any = Kept("places", own="places.xdb", read=read_places)
    none: Any = Kept("origins", own="origins.bin", read=read_origins)
    assert (bare.state().state, none.state().state) == (FAILED, FAILED)
    monkeypatch.setattr(addresses, "PLACES", bare)
    monkeypatch.setattr(addresses, "ORIGINS", none)
    monkeypatch.setattr("goodfor.risk.enrichment.enriching.PLACES", bare)
    monkeypatch.setattr("goodfor.risk.enrichment.enriching.ORIGINS", none)
    assert enrichment.trouble() == ("enrichment.origins", "enrichment.places")
    address = look_up("113.102.160.1")
    assert address
    assert (address.place, address.origin, address.places_asked, address.origins_asked) == (None, None, False, False)
    assert addresses.is_cloud(address) is None


def test_a_table_of_ipv6(folder: Path) -> None:
    """Read from its file: found, not found between segments, and a file that shrinks under it answers nothing."""
    rng = random.Random(2)
    rows, at = [], 0x2408_0000 << 96
    for number in range(3_000):
        first = at + rng.randrange(1 << 80)
        at = first + rng.randrange(1 << 85)
        region = f"中国|{PROVINCES[number % 34]}|0|联通|CN"
        rows.append((str(IPv6Address(first)), str(IPv6Address(at)), region))
        at += 1
    put(folder / "places-v6.xdb", xdb(rows, version=6))
    table = read_places_6(folder / "places-v6.xdb")
    for first, last, region in rng.sample(rows, 500):
        low, high = int(IPv6Address(first)), int(IPv6Address(last))
        for value in (low, high, rng.randint(low, high)):
            assert table.find(value) == place_of(region)
    assert table.find(int(IPv6Address("2001:470::1"))) is None
    assert table.find(int(IPv6Address(rows[0][0])) - 1) is None
    with (folder / "places-v6.xdb").open("r+b") as file:
        file.truncate(600_000)
    for first, *_ in rng.sample(rows, 100):
        table.find(int(IPv6Address(first)))
    for content in (b"", b"x" * 700_000, small(), xdb(rows, version=6)[:-2_000]):
        put(folder / "broken.xdb", content)
        with pytest.raises(Damaged):
            read_places_6(folder / "broken.xdb")


def test_lines_of_the_operator_win(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest network that holds an address; `plain` for what the table is wrong about."""
    put(
        folder / "origins.txt",
        b"# ours\n113.102.0.0/16 vpn  Example VPN # new\n113.102.160.0/24 plain\n\n240e::/20 hosting\n"
        b"8.8.8.8 plain\n113.102.161.7/32 tor\n",
    )
    own: Any = Kept("own-origins", own="origins.txt", read=read_own_origins)
    monkeypatch.setattr(addresses, "OWN_ORIGINS", own)

    def origin(text: str) -> Origin | None:
        address = look_up(text)
        assert address
        return address.origin

    assert origin("113.102.7.7") == Origin("Example VPN", "vpn")
    assert origin("113.102.160.9") is None
    assert origin("113.102.161.7") == Origin("", "tor")
    assert origin("240e:1::1") == Origin("", "hosting")
    assert origin("8.8.8.8") is None
    assert origin("8.8.4.4") == Origin("Google", "hosting")
    assert own.state().state == READY


@pytest.mark.parametrize(
    "line", ["1.2.3.4", "1.2.3.4 evil", "1.2.3.4/8 vpn", "host vpn", "1.2.3.4-1.2.3.9 vpn", "\xff\xfe"]
)
def test_a_bad_line_refuses_the_file(folder: Path, line: str) -> None:
    """By its number, since the rest might mean something else than was meant."""
    (folder / "origins.txt").write_text(f"9.9.9.0/24 vpn\n{line}\n", encoding="latin-1")
    own: Any = Kept("own-origins", own="origins.txt", read=read_own_origins)
    assert own.get() is None
    assert own.state().state == FAILED
    assert "line 2" in own.state().refused or "Unicode" in own.state().refused
