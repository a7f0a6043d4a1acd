"""What notify refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited


class SceneUnknown(InvalidInput):
    """No such scene, channel, audience or language, or not together."""

    code = "notify_scene_unknown"
    title = _("没有这种通知")


class TemplateInvalid(InvalidInput):
    """A template that cannot be kept; `field` names the part, `reason` is stable, `name` what it is about."""

    code = "notify_template_invalid"
    title = _("模板有误")


class ChannelAccountInvalid(InvalidInput):
    """Settings of a channel that it cannot work with; `field` names the entry."""

    code = "notify_account_invalid"
    title = _("通道设置有误")


class ChannelAccountNotFound(NotFound):
    """No current account of the channel in this shop."""

    code = "notify_account_not_found"
    title = _("尚未设置该通道")


class MessageNotFound(NotFound):
    """No such message in this shop."""

    code = "notify_message_not_found"
    title = _("找不到该消息")


class NotRetryable(Conflict):
    """The message has not failed, or holds a secret that is gone."""

    code = "notify_not_retryable"
    title = _("该消息不能重发")


class PushSubscriptionInvalid(InvalidInput):
    """A push subscription whose address or keys are not those of a browser's push service."""

    code = "notify_push_invalid"
    title = _("浏览器推送订阅无效")


class KeepDaysInvalid(InvalidInput):
    """A number of days that is too small or too large."""

    code = "notify_keep_days_invalid"
    title = _("发送记录可保留 7 到 3650 天")


class TooManyResends(RateLimited):
    """The same thing was told again too often within the hour; `data["retry_after"]` in seconds."""

    code = "notify_too_many_resends"
    title = _("重发过于频繁，请一小时后再试")


class StaffNotFound(NotFound):
    """Nobody of that number works in this shop."""

    code = "notify_staff_not_found"
    title = _("找不到该员工")


class AddressInvalid(InvalidInput):
    """An address that its channel cannot reach."""

    code = "notify_address_invalid"
    title = _("收件地址的写法不对")


class NotTold(Conflict):
    """No channel would carry the news; `data["reasons"]` holds (channel, reason)."""

    code = "notify_not_told"
    title = _("没有通道可以发出这条消息")
