"""The words of the message page, by the kind of a notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.identity.types import NoticeView

_KINDS = {"phone": gettext_lazy("手机号"), "email": gettext_lazy("邮箱")}
_WORDS: Mapping[str, Any] = {
    "new_device": gettext_lazy("账号在一台新设备上登录：%(label)s。不是你？去安全设置里让它退出。"),
    "password_set": gettext_lazy("密码已设置，其他设备已退出登录。"),
    "password_removed": gettext_lazy("密码已移除，其他设备已退出登录。"),
    "contact_changed": gettext_lazy("登录用的%(kind)s已更换。"),
    "contact_removed": gettext_lazy("登录用的%(kind)s已移除。"),
    "passkey_added": gettext_lazy("已添加通行密钥：%(label)s。"),
    "passkey_removed": gettext_lazy("已移除通行密钥：%(label)s。"),
    "passkey_copied": gettext_lazy("通行密钥 %(label)s 疑似被复制，已拒绝登录。请移除它后重新添加。"),
    "account_linked": gettext_lazy("已绑定其他登录方式。"),
    "account_unlinked": gettext_lazy("已解除一种登录方式。"),
    "data_exported": gettext_lazy("你的个人数据已导出。"),
    "deletion_requested": gettext_lazy("已申请删除账号，7 天内可以撤回。"),
    "deletion_cancelled": gettext_lazy("已撤回删除，账号保留。"),
}


@dataclass(frozen=True, slots=True)
class Worded:
    """A notice as it is read."""

    text: str
    at: datetime
    new: bool
    href: str = ""


def worded(notice: NoticeView) -> Worded:
    """The notice in the reader's language."""
    kind = str(notice.data.get("kind", ""))
    values = {"label": str(notice.data.get("label", "")) or _("未知设备"), "kind": str(_KINDS.get(kind, kind))}
    text = _WORDS.get(notice.kind)
    return Worded(str(text) % values if text else notice.kind, notice.at, notice.read_at is None)
