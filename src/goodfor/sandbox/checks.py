"""What a merchant's request must be before the gateway believes it: known pid, right signature, sane fields."""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.keys import load_public
from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.notices import dialect_of
from goodfor.sandbox.signing import md5_verify, rsa_verify
from goodfor.sandbox.types import PAY_TYPES, GatewayError, Merchant, Order, Trade

MAX_SKEW_SECONDS = 300
MAX_NAME_BYTES = 127

_NUMBER = re.compile(r"[A-Za-z0-9._|-]{1,64}", re.ASCII)


def merchant_by_md5(gateway: Gateway, params: Mapping[str, str]) -> Merchant:
    """v1: the merchant whose MD5 signature this is. Raises GatewayError."""
    merchant = gateway.merchant(_required(params, "pid"))
    if params.get("sign_type", "MD5").upper() != "MD5":
        raise GatewayError("签名类型错误")
    if not md5_verify(params, merchant.md5_key, dialect=dialect_of(merchant)):
        raise GatewayError("签名校验失败")
    return merchant


def merchant_by_key(gateway: Gateway, params: Mapping[str, str]) -> Merchant:
    """v1 api.php and the books: the merchant that shows its key. Raises GatewayError."""
    merchant = gateway.merchant(_required(params, "pid"))
    if not hmac.compare_digest(params.get("key", "").encode(), merchant.md5_key.encode()):
        raise GatewayError("商户密钥错误")
    return merchant


def merchant_by_rsa(gateway: Gateway, params: Mapping[str, str]) -> Merchant:
    """v2: the merchant whose RSA signature this is, made within 300 s of now. Raises GatewayError."""
    merchant = gateway.merchant(_required(params, "pid"))
    if params.get("sign_type", "RSA").upper() != "RSA":
        raise GatewayError("签名类型错误")
    if not merchant.public_pem:
        raise GatewayError("商户未设置公钥")
    if not rsa_verify(params, load_public(merchant.public_pem)):
        raise GatewayError("签名校验失败")
    stamp = _required(params, "timestamp")
    if re.fullmatch(r"[0-9]{1,12}", stamp, re.ASCII) is None:
        raise GatewayError("时间戳错误")
    if abs(gateway.now_ms() // 1000 - int(stamp)) > MAX_SKEW_SECONDS:
        raise GatewayError("时间戳已过期")
    return merchant


def order_from(params: Mapping[str, str], merchant: Merchant, version: int) -> Order:
    """The order in a pay request. Raises GatewayError naming the first field that is wrong."""
    pay_type = params.get("type", "")
    if pay_type not in ("", *PAY_TYPES):
        raise GatewayError("支付方式不存在")
    notify_url = _required(params, "notify_url")
    if not is_loopback_url(notify_url):
        raise GatewayError("notify_url: this stand-in notifies loopback http(s) addresses only")
    return_url = params.get("return_url", "")
    if return_url and not _is_web_url(return_url):
        raise GatewayError("return_url 格式错误")
    return Order(
        pid=merchant.pid,
        out_trade_no=number_of(params, "out_trade_no"),
        version=version,
        type=pay_type,
        name=_cut(_required(params, "name"), MAX_NAME_BYTES),
        money_fen=amount_of(params),
        notify_url=notify_url,
        return_url=return_url,
        param=params.get("param", ""),
        clientip=params.get("clientip", "")[:64],
        device=params.get("device", "")[:16],
    )


def trade_from(gateway: Gateway, params: Mapping[str, str], merchant: Merchant) -> Trade:
    """The merchant's own trade, named by trade_no or out_trade_no. Raises GatewayError."""
    if params.get("trade_no"):
        return gateway.trade(trade_no=params["trade_no"], pid=merchant.pid)
    return gateway.trade(pid=merchant.pid, out_trade_no=number_of(params, "out_trade_no"))


def amount_of(params: Mapping[str, str]) -> int:
    """`money` in fen, above zero. Raises GatewayError."""
    try:
        fen = parse_fen(_required(params, "money"))
    except ValueError as wrong:
        raise GatewayError("金额格式错误") from wrong
    if fen == 0:
        raise GatewayError("金额必须大于 0")
    return fen


def number_of(params: Mapping[str, str], key: str) -> str:
    """A merchant's number: 1 to 64 of letters, digits and `._|-`. Raises GatewayError."""
    value = _required(params, key)
    if _NUMBER.fullmatch(value) is None:
        raise GatewayError(f"{key} 格式错误")
    return value


def _required(params: Mapping[str, str], key: str) -> str:
    value = params.get(key, "")
    if value == "":
        raise GatewayError(f"{key} 不能为空")
    return value


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode("utf-8", "ignore")
