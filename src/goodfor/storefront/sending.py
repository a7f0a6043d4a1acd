"""How one-time codes reach a buyer: the way is put in by config's wiring; without one, codes are not offered."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from goodfor.identity.types import IssuedCode, ShopView
from goodfor.kernel.errors import Unavailable


class CodesUnavailable(Unavailable):
    """This installation has no way to send codes."""

    code = "codes_unavailable"
    title = _("现在发不了验证码")


class Sender(Protocol):
    """Sends a code to its contact. Called after the commit; raises Unavailable when it certainly did not go out."""

    def __call__(self, shop: ShopView, issued: IssuedCode) -> None:
        """Send."""


class _Way:
    sender: Sender | None = None


def install(sender: Sender | None) -> None:
    """Set the way (None: there is none). Wiring only."""
    _Way.sender = sender


def check_can_send() -> None:
    """Raise CodesUnavailable unless there is a way: asked before a code is made and counted."""
    if _Way.sender is None:
        raise CodesUnavailable(_("请换一种登录方式，或稍后再试。"))


def send_code(shop: ShopView, issued: IssuedCode) -> None:
    """Send a code. Raises Unavailable."""
    check_can_send()
    assert _Way.sender is not None
    _Way.sender(shop, issued)
