"""API clients and staff. No hashes, no keys, no passwords."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import CREATED_AT, Text, badge, computed, flag, text, time
from goodfor.console.filters import states, yes_no
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.models import ApiClient, Staff
from goodfor.identity.types import Permission

ROLES: dict[str, Text] = {
    "owner": _("店主"),
    "operator": _("运营"),
    "support": _("客服"),
    "finance": _("财务"),
    "viewer": _("只读"),
}


class ApiClientAdmin(ReadOnlyAdmin):
    """Programs with a key; `key_id` is its public part."""

    name = _("API 客户端")
    permission = Permission.API_CLIENTS_VIEW
    icon = "api"
    columns = (
        text("name", _("名称")),
        text("key_id", _("密钥编号")),
        flag("active", _("启用")),
        text("rate_per_minute", _("每分钟请求上限")),
        time("last_used_at", _("最近使用")),
        CREATED_AT,
    )
    detail = (
        *columns,
        computed("scopes", _("权限范围"), lambda client: "、".join(client.scopes)),
        flag("require_signature", _("必须签名")),
        text("signing_algorithm", _("签名算法")),
        text("wallet_account", _("余额账户")),
        time("previous_valid_until", _("旧密钥有效至")),
        time("revoked_at", _("停用时间")),
    )
    search_fields = ("name", "key_id")
    list_filter = (yes_no("active", _("启用")),)


class StaffAdmin(ReadOnlyAdmin):
    """People of the shop and their roles."""

    name = _("成员")
    permission = Permission.STAFF_VIEW
    icon = "group"
    columns = (
        text("user.username", _("用户名")),
        badge("role", _("角色"), ROLES, {"owner": "primary"}),
        flag("active", _("启用")),
        CREATED_AT,
    )
    search_fields = ("user__username",)
    list_filter = (states("role", ROLES, _("角色")), yes_no("active", _("启用")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the login's name."""
        return super().get_queryset(request).select_related("user")


ADMINS = ((ApiClient, ApiClientAdmin), (Staff, StaffAdmin))
