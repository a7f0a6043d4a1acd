"""Words of the settings pages: rights, scopes, what a channel's test showed, what went on in the background."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

ROLE_NOTES: Final[Mapping[str, Text]] = {
    "owner": _("全部权限，包括收款通道、成员、密钥和审计"),
    "operator": _("商品、卡密入库、订单、退款、异常单"),
    "support": _("查订单和买家、取消、退款、隔离问题卡密"),
    "finance": _("退款、账本、充值、异常单、审计"),
    "viewer": _("只能看，不能改"),
}
SCOPES: Final[Mapping[str, Text]] = {
    "products:read": _("读取商品"),
    "stock:read": _("读取库存数量"),
    "orders:read": _("查询订单"),
    "orders:write": _("下单、取消"),
    "codes:reveal": _("取出卡密明文"),
    "balance:read": _("查询余额"),
    "refunds:write": _("申请退款"),
    "welfare:grant": _("给企业的员工发放福利"),
}
#: What a channel's answer means and what to do about it, by `Probe.code`; `http_…` and all else fall to the last.
PROBES: Final[Mapping[str, Text]] = {
    "works": _("通道认得这个商户，签名和地址都对。"),
    "not_sent": _("连不上网关。请检查网关地址，以及服务器能否访问外网。"),
    "timeout": _("网关没有按时回答。请稍后再试；一直这样请联系平台。"),
    "connection_lost": _("连接中断，没有得到回答。请稍后再试。"),
    "refused": _("网关拒绝了。多半是商户号或密钥不对，请与平台后台核对。"),
    "bad_signature": _("网关回答的签名不对。请核对平台公钥。"),
    "stale_reply": _("网关回答的时间与本机相差太多。请检查两边的时钟。"),
    "foreign_merchant": _("网关回答的是另一个商户。请核对商户号。"),
    "switched_off": _("商户在平台那边已停用。请联系平台。"),
    "sealed": _("密钥无法解开：安装的主密钥换过了。请重新填写密钥。"),
    "no_code": _("对方的回答不像易支付接口。请检查网关地址。"),
    "malformed": _("配置不完整。请到「修改」里检查。"),
    "missing": _("密钥还没有填写。请到「修改」里填写。"),
    "sandbox_is_off": _("这个安装没有打开演示开关，模拟支付不能用。"),
}
PROBE_OTHER: Final = _("对方的回答看不懂（%(code)s）。请检查网关地址和接口版本。")
#: Why a field of a channel is wrong, by the adapter's reason.
CONFIG_PROBLEMS: Final[Mapping[str, Text]] = {
    "not_https": _("要以 https:// 开头，不带问号"),
    "malformed": _("格式不对，请整段复制"),
    "missing": _("请填写"),
    "too_short": _("太短，至少 16 位"),
    "unknown": _("没有这个选项"),
    "not_supported": _("这个通道不支持本店的币种"),
    "sandbox_is_off": _("这个安装没有打开演示开关"),
}
SIGNIN_APPS: Final[Mapping[str, Text]] = {
    "weixin": _("微信（网页扫码）"),
    "weixin_mp": _("微信（公众号内）"),
    "weibo": _("微博"),
    "google": "Google",
    "github": "GitHub",
    "openid_connect": "OpenID Connect",
}
JOB_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "todo": (_("等待"), "plain"),
    "doing": (_("运行中"), "amber"),
    "failed": (_("失败"), "red"),
}
#: Kinds of actors and objects of the audit trail.
ACTORS: Final[Mapping[str, Text]] = {"staff": _("成员"), "client": _("API 客户端"), "system": _("系统")}
AUDIT_FAULTS: Final[Mapping[str, Text]] = {
    "changed": _("第 %(at)s 行被改过"),
    "gone": _("第 %(at)s 行被删除"),
    "slipped_in": _("记录 %(at)s 是后来插入的"),
    "head": _("链尾的签名不对"),
}
