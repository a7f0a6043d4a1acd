"""What the form of a channel asks for, by vendor. The adapters in notify check what was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text


@dataclass(frozen=True, slots=True)
class Ask:
    """An entry. `secret`: write-only. `choices` make it a choice; `number` a whole number."""

    name: str
    label: Text
    hint: Text = ""
    secret: bool = False
    number: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor's form: what it is called, what it asks for, and what to do there first."""

    label: Text
    asks: tuple[Ask, ...]
    note: Text = ""


_FROM: Final = (
    Ask("from_email", _("发件地址"), _("买家看到的发件人，域名要在服务商处验证过")),
    Ask("from_name", _("发件人名称")),
    Ask("reply_to", _("回复地址"), _("不填则回复到发件地址")),
)
_ESPS: Final = (
    "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark", "resend", "scaleway",
    "sendgrid", "sparkpost", "unisender_go",
)  # fmt: skip

VENDORS: Final[Mapping[str, Vendor]] = {
    "smtp": Vendor(
        "SMTP",
        (
            Ask("host", _("服务器"), _("例如 smtp.example.com")),
            Ask("port", _("端口"), "465 / 587", number=True, initial="465"),
            Ask("security", _("加密方式"), choices=(("ssl", "SSL/TLS"), ("starttls", "STARTTLS")), initial="ssl"),
            Ask("username", _("用户名")),
            Ask("password", _("密码或授权码"), secret=True),
            *_FROM,
        ),
        _("企业邮箱或云厂商的邮件推送都可以，用授权码而不是登录密码。"),
    ),
    "anymail": Vendor(
        _("邮件服务商接口"),
        (
            Ask("esp", _("服务商"), choices=tuple((name, name) for name in _ESPS)),
            *_FROM,
            Ask("sender_domain", _("发信域名"), _("只有 Mailgun 需要")),
            Ask("project_id", _("项目编号"), _("只有 Scaleway 需要")),
            Ask("api_key", "API key", secret=True),
            Ask("secret_key", "Secret key", _("Mailjet、Scaleway 需要"), secret=True),
            Ask("api_token", "API token", _("MailerSend、Mailtrap 需要"), secret=True),
            Ask("server_token", "Server token", _("Postmark 需要"), secret=True),
        ),
        _("只填该服务商要求的密钥。"),
    ),
    "aliyun": Vendor(
        _("阿里云短信"),
        (
            Ask("access_key_id", "AccessKey ID"),
            Ask("access_key_secret", "AccessKey Secret", secret=True),
            Ask("sign_name", _("短信签名"), _("已审核通过的签名，不带括号")),
        ),
        _("建议用只有短信权限的子账号。每个场景的模板编号在“消息模板”里填写。"),
    ),
    "tencent": Vendor(
        _("腾讯云短信"),
        (
            Ask("secret_id", "SecretId"),
            Ask("secret_key", "SecretKey", secret=True),
            Ask("sms_sdk_app_id", "SDK AppID"),
            Ask("sign_name", _("短信签名"), _("已审核通过的签名，不带括号")),
            Ask("region", _("地域"), initial="ap-guangzhou"),
        ),
        _("建议用只有短信权限的子账号。每个场景的模板编号在“消息模板”里填写。"),
    ),
    "wechat": Vendor(
        _("微信"),
        (
            Ask("app_id", "AppID"),
            Ask("app_secret", "AppSecret", secret=True),
            Ask("kind", _("消息类型"), _("仅公众号"),
                choices=(("template", _("模板消息")), ("subscribe", _("订阅通知"))), initial="template"),
            Ask("page", _("小程序页面"), _("仅小程序：点开后进入的页面")),
            Ask("miniprogram_state", _("小程序版本"), _("仅小程序"),
                choices=(("formal", _("正式版")), ("trial", _("体验版")), ("developer", _("开发版"))),
                initial="formal"),
        ),
        _("服务器的出口 IP 要加进微信后台的白名单。"),
    ),
    "webpush": Vendor(
        _("浏览器推送"),
        (Ask("subject", _("联系地址"), _("mailto: 开头，推送服务有事会写信到这里"), initial="mailto:"),),
        _("密钥由系统生成。更换设置后，买家需要重新允许通知。"),
    ),
    "wecom": Vendor(
        _("企业微信群机器人"), (Ask("key", _("Webhook 的 key"), _("地址里 key= 之后的部分"), secret=True),)
    ),
    "dingtalk": Vendor(
        _("钉钉群机器人"),
        (
            Ask("access_token", "access_token", _("Webhook 地址里 access_token= 之后的部分"), secret=True),
            Ask("secret", _("加签密钥"), _("安全设置选“加签”，SEC 开头"), secret=True),
        ),
    ),
    "feishu": Vendor(
        _("飞书群机器人"),
        (
            Ask("cloud", _("版本"), choices=(("feishu", _("飞书")), ("lark", "Lark")), initial="feishu"),
            Ask("token", _("Webhook 标识"), _("地址最后一段"), secret=True),
            Ask("secret", _("签名密钥"), _("安全设置里打开“签名校验”"), secret=True),
        ),
    ),
}  # fmt: skip
#: Why an entry was refused, by the adapter's reason.
REASONS: Final[Mapping[str, Text]] = {
    "missing": _("请填写这一项"),
    "malformed": _("内容太长，或含有不能用的字符"),
    "unknown": _("没有这个选项"),
    "not_a_mail_port": _("不是邮件端口，请用 465、587 或 25"),
    "in_clear": _("不允许不加密发送"),
    "incomplete": _("该服务商还缺少设置"),
    "host_not_allowed": _("不允许连接这个地址"),
}


def config_of(vendor: Vendor, posted: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The public settings as they were typed; what the form does not ask for stays as it was."""
    asked = {ask.name for ask in vendor.asks}
    config = {name: value for name, value in kept.items() if name not in asked}
    for ask in vendor.asks:
        text = str(posted.get(ask.name, "")).strip()
        if ask.secret or not text:
            continue
        config[ask.name] = int(text) if ask.number and text.isascii() and text.isdigit() and len(text) < 6 else text
    return config


def secrets_of(vendor: Vendor, posted: Mapping[str, Any]) -> dict[str, str]:
    """The secrets that were typed; one left empty stays as it was."""
    typed = {ask.name: str(posted.get(ask.name, "")).strip() for ask in vendor.asks if ask.secret}
    return {name: value for name, value in typed.items() if value}
