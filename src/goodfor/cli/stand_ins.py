"""Accounts of the demo shop at the stand-ins of WeChat Pay, Alipay, Stripe and PayPal that `up` runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import AccountView
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.paypal import signing as paypal

ACTOR = "system:demo"
#: Accounts of these codes were opened here, and stand at a stand-in.
PREFIX: Final = "sandbox-"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What an account at a stand-in is opened with."""

    provider: str
    name: str
    currency: str
    methods: tuple[str, ...]
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def code(self) -> str:
        """The account's code in the shop."""
        return PREFIX + self.provider


def _wechat(url: str) -> StandIn:
    base = f"{url}/wechat"
    config = {
        "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
        "key_mode": "both", "public_key_id": demo.WECHAT_PUBLIC_KEY_ID, "public_key": demo.platform_public_pem(),
        "base_url": base, "oauth_url": base, "oauth_api_url": base, "papay_plan_id": demo.WECHAT_PLAN_ID,
    }  # fmt: skip
    secrets = {
        "private_key": demo.merchant_private_pem(), "apiv3_key": demo.WECHAT_API_V3_KEY,
        "app_secret": demo.WECHAT_APP_SECRET,
    }  # fmt: skip
    return StandIn("wechat", "微信支付（沙箱）", "CNY", ("native", "h5", "jsapi"), config, secrets)


def _alipay(url: str) -> StandIn:
    config = {
        "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
        "alipay_public_key": demo.platform_public_pem(), "base_url": f"{url}/alipay/gateway.do",
        "agreement_scene": demo.ALIPAY_SCENE,
    }  # fmt: skip
    secrets = {"private_key": demo.merchant_private_pem()}
    return StandIn("alipay", "支付宝（沙箱）", "CNY", ("page", "wap", "precreate"), config, secrets)


def _stripe(url: str) -> StandIn:
    config = {
        "base_url": f"{url}/stripe", "script_url": f"{url}/stripe/v3/", "livemode": False,
        "publishable_key": demo.STRIPE_PUBLISHABLE_KEY, "mandates": True,
    }  # fmt: skip
    secrets = {"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET}
    return StandIn("stripe", "Stripe（沙箱）", "CNY", ("intent", "checkout"), config, secrets)


def _paypal(url: str) -> StandIn:
    config = {
        "base_url": f"{url}/paypal", "client_id": demo.PAYPAL_CLIENT_ID, "webhook_id": demo.PAYPAL_WEBHOOK_ID,
        "merchant_id": demo.PAYPAL_MERCHANT_ID, "cert_hosts": [urlsplit(url).netloc],
        "root_cert": paypal.root().public_bytes(Encoding.PEM).decode(),
    }  # fmt: skip
    # PayPal takes no yuan: it is offered for what the shop sells in dollars.
    return StandIn("paypal", "PayPal（沙箱）", "USD", ("paypal",), config, {"client_secret": demo.PAYPAL_CLIENT_SECRET})


_ALL: Final[tuple[Callable[[str], StandIn], ...]] = (_wechat, _alipay, _stripe, _paypal)


def open_channels(shop_id: UUID, url: str, now: datetime) -> None:
    """One account at each channel, switched on: only for a shop that is a demo from its first moment."""
    for make in _ALL:
        _open(shop_id, make(url), now)


def renew_channels(shop_id: UUID, url: str, now: datetime) -> None:
    """The stand-ins answer at another port than before: the accounts follow. None is added, none is switched on."""
    known = {account.code: account for account in payments.accounts(shop_id, now)}
    for make in _ALL:
        wanted = make(url)
        before = known.get(wanted.code)
        if before is not None and not wanted.config.items() <= before.config.items():
            _open(shop_id, wanted, now, before)


def webhooks(shop_id: UUID, base: str, now: datetime) -> dict[str, str]:
    """Where the stand-ins of Stripe and PayPal send events: these channels know one address for all payments."""
    found = {account.code: account.id for account in payments.accounts(shop_id, now)}
    return {
        channel: f"{base}/pay/notify/{shop_id}/{found[PREFIX + channel]}"
        for channel in ("stripe", "paypal")
        if PREFIX + channel in found
    }


def _open(shop_id: UUID, wanted: StandIn, now: datetime, before: AccountView | None = None) -> None:
    open_account(
        shop_id=shop_id,
        provider=wanted.provider,
        code=wanted.code,
        name=before.name if before else wanted.name,
        currency=wanted.currency,
        config={**(before.config if before else {}), **wanted.config},
        secrets=wanted.secrets,
        methods=before.methods if before else wanted.methods,
        enabled=before.enabled if before else True,
        exposure_limit_minor=before.exposure_limit_minor if before else None,
        actor=ACTOR,
        now=now,
    )
