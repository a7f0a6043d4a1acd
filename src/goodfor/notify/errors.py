"""What notify refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


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
