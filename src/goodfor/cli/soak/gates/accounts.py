"""Accounts at the four stand-ins, with their credentials, and what each channel has and has not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from goodfor.cli.lazy import load
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.paypal import signing as paypal

#: Configuration and secrets of an account.
Opened = tuple[dict[str, Any], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: how to open it at stand-ins (the true one first, then the one that lies), and its ways to pay."""

    open: Callable[[str, str], Opened]
    methods: tuple[str, ...]
    #: Another channel that takes the same currency.
    elsewhere: str
    currency: str = "CNY"
    #: It keeps one address for all notifies, set in its own console.
    one_address: bool = False
    #: Calls that the soak of lost answers disturbs.
    calls: tuple[str, ...] = ("create", "query", "close", "refund", "refund_query")
    without: Mapping[str, str] = field(default_factory=dict)


#: These channels book what was asked for: their protocols have no field for another sum.
NOT_SHORT = {"amount off, really paid": "the channel takes the sum of the order or nothing"}


def _wechat(url: str, _liar: str) -> Opened:
    config = {
        "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
        "key_mode": "both", "public_key_id": demo.WECHAT_PUBLIC_KEY_ID, "public_key": demo.platform_public_pem(),
        "base_url": f"{url}/wechat",
    }  # fmt: skip
    return config, {"private_key": demo.merchant_private_pem(), "apiv3_key": demo.WECHAT_API_V3_KEY}


def _alipay(url: str, _liar: str) -> Opened:
    config = {
        "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
        "alipay_public_key": demo.platform_public_pem(), "base_url": f"{url}/alipay/gateway.do",
    }  # fmt: skip
    return config, {"private_key": demo.merchant_private_pem()}


def _stripe(url: str, _liar: str) -> Opened:
    secrets = {"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET}
    return {"base_url": f"{url}/stripe", "livemode": False, "publishable_key": "pk_test_sandbox_0001"}, secrets


def _paypal(url: str, liar: str) -> Opened:
    pem = load("cryptography.hazmat.primitives.serialization").Encoding.PEM
    config = {
        "base_url": f"{url}/paypal", "client_id": demo.PAYPAL_CLIENT_ID, "webhook_id": demo.PAYPAL_WEBHOOK_ID,
        "cert_hosts": [urlsplit(one).netloc for one in (url, liar)],
        "root_cert": paypal.root().public_bytes(pem).decode(),
    }  # fmt: skip
    return config, {"client_secret": demo.PAYPAL_CLIENT_SECRET}


CHANNELS: Mapping[str, Channel] = {
    "wechat": Channel(_wechat, ("native", "h5"), "alipay", without=NOT_SHORT),
    "alipay": Channel(_alipay, ("precreate", "page"), "wechat", without=NOT_SHORT),
    "stripe": Channel(_stripe, ("checkout", "intent"), "wechat", one_address=True, without=NOT_SHORT),
    "paypal": Channel(
        _paypal, ("paypal",), "stripe", "USD", one_address=True,
        calls=("create", "query", "capture", "refund", "token"),
        without={**NOT_SHORT, "paid twice, same channel": "one method: the same order is taken up again"},
    ),
}  # fmt: skip
