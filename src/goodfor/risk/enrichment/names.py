"""Names in tables of addresses, brought to one spelling: 34 provinces, cities, countries, classes of carriers. Pure."""

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Final

from goodfor.risk.enrichment.types import Damaged, Place

PROVINCES: Final = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西",
    "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃",
    "青海", "宁夏", "新疆", "香港", "澳门", "台湾",
)  # fmt: skip
MAINLAND: Final = "CN"
#: Tables write these as provinces; they have codes, and telephone numbers, of their own.
APART: Final[Mapping[str, str]] = {"香港": "HK", "澳门": "MO", "台湾": "TW"}
_SUFFIXES = ("省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区")
_PROVINCE: Final[Mapping[str, str]] = {
    name + suffix: name for name in PROVINCES for suffix in ("", *_SUFFIXES)
}  # fmt: skip
_CITY_SUFFIXES = ("市", "地区", "盟", "县")
_NOTHING = frozenset({"", "0", "Reserved", "内网IP"})

TELECOM: Final = "telecom"
UNICOM: Final = "unicom"
MOBILE: Final = "mobile"
BROADNET: Final = "broadnet"
EDUCATION: Final = "education"
CLOUD: Final = "cloud"
OTHER: Final = "other"
#: The first that fits wins; compared in lower case. In the mainland only: elsewhere the same words mean other firms.
_MAINLAND_CARRIERS: Final = (
    (EDUCATION, ("教育网", "科技网", "大学", "学院", "教委", "cernet", "cstnet")),
    (BROADNET, ("广电", "歌华", "华数", "天威", "珠江宽频", "吉视传媒", "有线")),
    (UNICOM, ("联通", "unicom", "网通")),
    (MOBILE, ("移动", "铁通", "china mobile", "cmnet")),
    (TELECOM, ("电信", "chinanet", "china telecom")),
)
_CLOUDS: Final = (
    "阿里", "腾讯", "百度", "华为", "金山云", "京东", "优刻得", "ucloud", "天翼云", "移动云", "联通云", "网易", "字节", "青云",
    "微软", "谷歌", "亚马逊", "甲骨文", "苹果", "脸书", "雅虎", "网宿", "世纪互联", "阿卡迈", "层峰", "softlayer", "equinix",
    "fastly", "stackpath", "cloudflare", "alibaba", "aliyun", "tencent", "huawei cloud", "amazon", "google", "microsoft",
    "oracle", "akamai", "digitalocean", "linode", "vultr", "ovh", "hetzner", "leaseweb", "zenlayer", "m247", "contabo",
)  # fmt: skip


def lines_of(name: str) -> Iterator[list[str]]:
    """The lines of a file of ours under `data/`, split at tabs, without comments."""
    text = resources.files("goodfor.risk.enrichment").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _read_cities() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[float, float]]]:
    short: dict[tuple[str, str], str] = {}
    seats: dict[tuple[str, str], tuple[float, float]] = {}
    for province, city, full, latitude, longitude in lines_of("cities.txt"):
        short[province, city] = short[province, full] = city
        seats[province, city] = (float(latitude), float(longitude))
    return short, seats


_CITY, SEATS = _read_cities()
COUNTRIES: Final[Mapping[str, str]] = {name: code for code, _, name in lines_of("countries.txt")}


def province_of(text: str) -> str | None:
    """One of the 34 short names, or None: `广西壮族自治区` and `广西` are `广西`."""
    return _PROVINCE.get(text)


def city_of(province: str, text: str) -> str | None:
    """The short name of a city (`广州`, `延边`); one that we have no seat of keeps its name, without 市."""
    if text in _NOTHING:
        return None
    known = _CITY.get((province, text))
    if known:
        return known
    for suffix in _CITY_SUFFIXES:
        bare = text.removesuffix(suffix)
        if bare != text and len(bare) >= 2:
            return _CITY.get((province, bare), bare)
    return text


def carrier_of(text: str, country: str | None) -> str | None:
    """The class of a carrier, or None when the table names none."""
    if text in _NOTHING:
        return None
    lower = text.lower()
    if any(word in lower for word in _CLOUDS):
        return CLOUD
    if country == MAINLAND:
        for kind, words in _MAINLAND_CARRIERS:
            if any(word in lower for word in words):
                return kind
    return OTHER


def place_of(region: str) -> Place | None:
    """A region of ip2region as a place, or None when it says nothing. Raises Damaged for another layout.

    Layouts over the years: country|area|province|city|carrier, country|province|city|carrier, and the latter with the
    ISO code of the country behind it.
    """
    fields = region.split("|")
    code = ""
    if len(fields) == 5 and len(fields[4]) == 2 and fields[4].isascii() and fields[4].isupper():
        code = fields.pop()
    elif len(fields) == 5:
        del fields[1]
    if len(fields) != 4:
        raise Damaged(f"a region of {len(region.split('|'))} fields")
    name, province_text, city_text, carrier_text = fields
    country = COUNTRIES.get(name) or (code if code in _CODES else None)
    if country is None:
        return None
    if country != MAINLAND and country not in _APART_CODES:
        return Place(country, None, None, carrier_of(carrier_text, country))
    province = province_of(province_text) or _APART_CODES.get(country)
    country = APART.get(province or "", country)
    city = city_of(province, city_text) if province else None
    return Place(country, province, city, carrier_of(carrier_text, country))


_CODES = frozenset(COUNTRIES.values())
_APART_CODES: Final[Mapping[str, str]] = {code: province for province, code in APART.items()}
