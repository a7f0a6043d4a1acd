"""The channels that there are."""

from goodfor.sandbox.channels.alipay.channel import Alipay
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.paypal.channel import PayPal
from goodfor.sandbox.channels.stripe.channel import Stripe
from goodfor.sandbox.channels.wechat.channel import WeChat


def all_channels() -> dict[str, Channel]:
    """Prefix -> channel."""
    return {channel.name: channel for channel in (WeChat(), Alipay(), Stripe(), PayPal())}
