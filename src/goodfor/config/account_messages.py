"""News of a buyer's account: a new device, another password, a passkey. Told where the buyer is proven to be."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.config.telling import account as reach_of
from goodfor.identity import events as identity_events
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER

WORDS: Final[dict[str, Callable[[], str]]] = {
    "new_device": lambda: _("新设备登录"),
    "password_set": lambda: _("设置了新密码"),
    "password_removed": lambda: _("移除了密码"),
    "contact_changed": lambda: _("更换了登录用的联系方式"),
    "contact_removed": lambda: _("移除了登录用的联系方式"),
    "passkey_added": lambda: _("添加了通行密钥"),
    "passkey_removed": lambda: _("移除了通行密钥"),
    "passkey_copied": lambda: _("通行密钥疑似被复制，已拒绝登录"),
    "account_linked": lambda: _("绑定了其他登录方式"),
    "account_unlinked": lambda: _("解除了一种登录方式"),
    "data_exported": lambda: _("导出了个人数据"),
    "deletion_requested": lambda: _("申请删除账号，7 天内可以撤回"),
    "deletion_cancelled": lambda: _("撤回了删除账号的申请"),
}


def listen() -> None:
    """Called once by the wiring."""
    events.register(
        identity_events.BuyerAccountChanged,
        on_account_changed,
        name="account_messages.on_account_changed",
        concern=lambda event: notify.speaks(event.shop_id) and event.payload["kind"] in WORDS,
    )


def on_account_changed(event: StoredEvent) -> None:
    """By mail; by text message where the shop has switched that on."""
    found = reach_of(event.shop_id, UUID(event.payload["buyer_id"]))
    if found is None:
        return
    recipients, language = found
    with override("en" if language == "en" else "zh-hans"):
        account = {
            "change": WORDS[event.payload["kind"]](),
            "device": event.payload["label"] or _("未知设备"),
            "place": "",
            "at": event.occurred_at,
            "url": "/me/security",
        }
    send(
        shop_id=event.shop_id,
        scene="account_changed",
        audience=BUYER,
        subject=f"account:{event.payload['notice_id']}",
        # A browser's own push tells the thief, too: mail and text messages alone.
        recipients=[one for one in recipients if one.channel != "webpush"],
        context={"account": account},
        language=language,
        now=event.occurred_at,
    )
