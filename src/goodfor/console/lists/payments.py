"""Payments, refunds, cases and the inbox. No requests, instructions, credentials; no raw callbacks."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import CREATED_AT, Text, badge, flag, money, structure, text, time
from goodfor.console.filters import filled, recent, states, yes_no
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission
from goodfor.payments.models import Case, Inbox, Payment, Refund

PAYMENT_STATES: dict[str, Text] = {
    "created": _("已创建"),
    "pending": _("等待付款"),
    "succeeded": _("成功"),
    "closed": _("已关闭"),
    "failed": _("失败"),
}
REFUND_STATES: dict[str, Text] = {
    "created": _("已创建"),
    "requested": _("已请求"),
    "unknown": _("结果不明"),
    "succeeded": _("成功"),
    "failed": _("失败"),
}
CASE_STATES: dict[str, Text] = {"open": _("待处理"), "closed": _("已处理")}
COLOURS = {"pending": "info", "requested": "info", "unknown": "warning", "succeeded": "success", "failed": "danger"}


class _OfPayments(ReadOnlyAdmin):
    permission = Permission.PAYMENTS_VIEW


class PaymentAdmin(_OfPayments):
    """Attempts to be paid."""

    name = _("支付")
    icon = "payments"
    columns = (
        text("number", _("支付单号")),
        badge("state", _("状态"), PAYMENT_STATES, COLOURS),
        money("amount_minor", _("金额（元）")),
        text("provider", _("通道")),
        text("method", _("方式")),
        CREATED_AT,
        time("succeeded_at", _("成功时间")),
    )
    detail = (
        *columns,
        money("captured_minor", _("实收（元）")),
        money("refunded_minor", _("已退（元）")),
        text("account_code", _("收款账户")),
        text("channel_ref", _("通道单号")),
        text("failure", _("失败原因")),
        time("expires_at", _("失效时间")),
        time("closed_at", _("关闭时间")),
        text("poll_count", _("查询次数")),
    )
    search_fields = ("number__exact", "channel_ref__exact")
    search_help_text = _("完整支付单号或通道单号")
    list_filter = (states("state", PAYMENT_STATES), recent("created_at", _("创建时间")))


class RefundAdmin(_OfPayments):
    """Money given back."""

    name = _("退款")
    icon = "undo"
    columns = (
        text("number", _("退款单号")),
        text("payment.number", _("支付单号")),
        badge("state", _("状态"), REFUND_STATES, COLOURS),
        money("amount_minor", _("金额（元）")),
        text("reason", _("原因")),
        CREATED_AT,
        time("finished_at", _("完成时间")),
    )
    detail = (
        *columns,
        text("channel_ref", _("通道单号")),
        text("failure", _("失败原因")),
        text("attempts", _("尝试次数")),
        time("next_try_at", _("下次尝试")),
    )
    search_fields = ("number__exact", "channel_ref__exact")
    search_help_text = _("完整退款单号或通道单号")
    list_filter = (states("state", REFUND_STATES), recent("created_at", _("创建时间")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the payment's number."""
        return super().get_queryset(request).select_related("payment")


class CaseAdmin(_OfPayments):
    """What a person has to decide."""

    name = _("待办")
    icon = "assignment_late"
    columns = (
        text("kind", _("类型")),
        text("business_key", _("事项")),
        badge("state", _("状态"), CASE_STATES, {"open": "danger", "closed": "success"}),
        time("opened_at", _("发现时间")),
        time("closed_at", _("处理时间")),
    )
    detail = (*columns, text("resolution", _("处理结果")), structure("detail", _("详情")))
    search_fields = ("kind", "business_key")
    list_filter = (states("state", CASE_STATES), recent("opened_at", _("发现时间")))


class InboxAdmin(_OfPayments):
    """Callbacks of channels, without what was in them."""

    name = _("支付回调")
    icon = "inbox"
    columns = (
        time("received_at", _("收到时间")),
        text("provider", _("通道")),
        text("our_ref", _("支付单号")),
        flag("verified", _("验签通过")),
        text("problem", _("问题")),
        time("applied_at", _("入账时间")),
    )
    search_fields = ("our_ref__exact",)
    search_help_text = _("完整支付单号")
    list_filter = (
        yes_no("verified", _("验签通过")),
        filled("applied_at", _("已入账")),
        recent("received_at", _("收到时间")),
    )


ADMINS = ((Payment, PaymentAdmin), (Refund, RefundAdmin), (Case, CaseAdmin), (Inbox, InboxAdmin))
