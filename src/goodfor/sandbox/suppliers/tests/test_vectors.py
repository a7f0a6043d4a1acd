"""Signatures of the stand-ins against worked examples: they share no code with the connectors, and agree by these."""

from goodfor.sandbox.suppliers import kasushou, kayixin
from goodfor.sandbox.suppliers.types import Outgoing, Site
from goodfor.sandbox.suppliers.vendor import derived

SECRET = "0123456789abcdef0123456789abcdef"


class FixedKey(kasushou.Kasushou):
    """With the key of the examples."""

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        return {}, {"key": "KSS-demo-key-0001"}


def signed(fields: dict[str, str], told: dict[str, str]) -> str:
    site = Site(1, "kasushou", "a", "CNY", 0, 0, "", 0)  # type: ignore[arg-type]
    sent: Outgoing = FixedKey()._told("http://127.0.0.1/", fields, told, site, {"card_list": "[]"})
    return sent.body.decode().rpartition("sign=")[2]


def test_calls_of_kasushou() -> None:
    fields = {
        "external_orderno": "HUB2601010001", "ordersn": "API0001", "status": "3", "has_back_money": "0.00",
        "total_price": "9.90", "recharge_hints": "完成，查看 https://a.example/x", "time": "1767225660000",
    }  # fmt: skip
    assert signed(fields, fields) == "97ba402d060102d5f16cf7f693ae387e301a03c3"
    item = {"id": "88001", "time": "1767225700000"}
    assert signed(item, {**item, "goods_price": "1"}) == "6d957ddc8980690c0889a96641f3945ca94187b7"


def test_requests_of_kasushou() -> None:
    assert kasushou._sha1("1767225600000" + "{}" + "KSS-demo-key-0001") == "d4e5d45fa5f3f987457d547d74053df591686cb7"


def test_kayixin() -> None:
    body = (
        b'{"goodsId":5001,"count":2,"notifyUrl":"https://hub.example.com/cb/kyx","outerNumber":"HUB2601010002",'
        b'"safePrice":19.8}'
    )
    assert kayixin._sign("10086", SECRET, "1767225600", body) == "7169e354f98e856da14199d207a599a3"
    plain = '[{"cardId":"1","cardNo":"N1","cardPwd":"P1","cancelRequest":0,"status":0}]'
    assert kayixin._encrypted(plain, SECRET) == (
        "tGsEG1moU3NHdtL23bbu2XoZZwN9echBAtng4PbVYmSbfa1SbO7EIqOH0Cw6dQrecn0DDRG8gZOoHhHFamPEfJyxgq5iDNvPsFK9glwaWrk="
    )


def test_credentials_differ_by_site_and_last() -> None:
    assert derived("kasushou", "a", "key", 32) == derived("kasushou", "a", "key", 32)
    assert len({derived(vendor, site, "key", 70) for vendor in ("x", "y") for site in ("a", "b")}) == 4
    assert len(derived("x", "a", "key", 70)) == 70
