"""Which providers exist, and what each has beside the eight methods. A new channel is one folder and one line here."""

from typing import cast

from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.balance.adapter import BalanceProvider
from goodfor.payments.providers.base import Provider
from goodfor.payments.providers.bills import BillSource
from goodfor.payments.providers.disputes import Disputing
from goodfor.payments.providers.epay.adapter import EpayProvider
from goodfor.payments.providers.mandates import Mandates
from goodfor.payments.providers.payers import PayerSource
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.sandbox.adapter import SandboxProvider
from goodfor.payments.providers.splits import Splitter
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.transfers import Transferrer
from goodfor.payments.providers.wechat.adapter import WechatProvider

PROVIDERS: dict[str, Provider] = {
    "alipay": AlipayProvider(),
    "balance": BalanceProvider(),
    "epay": EpayProvider(),
    "paypal": PaypalProvider(),
    "sandbox": SandboxProvider(),
    "stripe": StripeProvider(),
    "wechat": WechatProvider(),
}


def provider_for(name: str) -> Provider | None:
    """The adapter of that name, or None."""
    return PROVIDERS.get(name)


def disputing(name: str) -> Disputing | None:
    """The adapter of that name where its channel has disputes."""
    return cast(Disputing, PROVIDERS[name]) if _has(name, "query_dispute") else None


def bill_source(name: str) -> BillSource | None:
    """The adapter of that name where its channel gives bills."""
    return cast(BillSource, PROVIDERS[name]) if _has(name, "read_bill") else None


def splitter(name: str) -> Splitter | None:
    """The adapter of that name where its channel splits payments."""
    return cast(Splitter, PROVIDERS[name]) if _has(name, "query_split") else None


def transferrer(name: str) -> Transferrer | None:
    """The adapter of that name where its channel pays to bank accounts."""
    return cast(Transferrer, PROVIDERS[name]) if _has(name, "query_transfer") else None


def payer_source(name: str) -> PayerSource | None:
    """The adapter of that name where its channel can be asked who pays."""
    return cast(PayerSource, PROVIDERS[name]) if _has(name, "payer_page") else None


def mandates(name: str) -> Mandates | None:
    """The adapter of that name where its channel charges by a stored consent."""
    return cast(Mandates, PROVIDERS[name]) if _has(name, "query_mandate") else None


def _has(name: str, method: str) -> bool:
    return hasattr(PROVIDERS.get(name), method)
