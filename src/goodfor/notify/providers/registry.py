"""Which vendors exist. A new one is one folder and one line here."""

from goodfor.notify.providers.aliyun.adapter import AliyunSms
from goodfor.notify.providers.base import Channel
from goodfor.notify.providers.dingtalk.adapter import DingtalkRobot
from goodfor.notify.providers.esp.adapter import AnymailChannel
from goodfor.notify.providers.feishu.adapter import FeishuRobot
from goodfor.notify.providers.smtp.adapter import SmtpChannel
from goodfor.notify.providers.tencent.adapter import TencentSms
from goodfor.notify.providers.webpush.adapter import WebPush
from goodfor.notify.providers.wechat.adapter import WechatMessages
from goodfor.notify.providers.wecom.adapter import WecomRobot

PROVIDERS: dict[str, Channel] = {
    "aliyun": AliyunSms(),
    "anymail": AnymailChannel(),
    "dingtalk": DingtalkRobot(),
    "feishu": FeishuRobot(),
    "smtp": SmtpChannel(),
    "tencent": TencentSms(),
    "webpush": WebPush(),
    "wechat": WechatMessages(),
    "wecom": WecomRobot(),
}


def provider_for(name: str) -> Channel | None:
    """The adapter of that name, or None."""
    return PROVIDERS.get(name)
