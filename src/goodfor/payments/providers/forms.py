"""What an account of each channel asks for, as data; the console draws its form from it. A new channel is one entry."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FormField:
    """A field. `kind`: text, long (several lines), choice or flag. A secret is sealed and never shown again.

    `only` (key, value): asked for where another field has that value.
    """

    key: str
    label: Any
    hint: Any = ""
    kind: str = "text"
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """A channel's form. `methods`: what it can offer, as (value, words). `notifies`: it calls us back."""

    provider: str
    label: Any
    about: Any
    fields: tuple[FormField, ...]
    methods: tuple[tuple[str, Any], ...]
    notifies: bool = True


#: Of channels that split, besides the switch itself.
SPLITTING: Final = (
    FormField(
        "split_hold_hours", _("付款多少小时后分账"),
        _("分账前退款直接从冻结的货款里退，分账后要向接收方收回；默认 24，最长到冻结期满的前一天"), required=False,
        default="24",
    ),
)  # fmt: skip
_YES_NO: Final = (("GET", "GET"), ("POST", "POST"))
EPAY: Final = ProviderForm(
    provider="epay",
    label=_("易支付"),
    about=_("对接任意一家易支付平台（彩虹易支付及兼容的）。平台是不受信任的第三方：每条到账通知都会再向平台查询核实。"),
    fields=(
        FormField("gateway", _("网关地址"), _("平台首页地址，以 https:// 开头，不带 submit.php，例如 https://pay.example.com")),
        FormField("pid", _("商户号（PID）"), _("在平台的「商户资料」里")),
        FormField(
            "version", _("接口版本"), _("v2 用 RSA 签名，能关单、能查退款，平台支持时请选它；v1 用 MD5 密钥"), "choice",
            default="v1", choices=(("v1", _("v1（MD5）")), ("v2", _("v2（RSA）"))),
        ),
        FormField("key", _("商户密钥"), _("v1 的 MD5 密钥"), secret=True, only=("version", "v1")),
        FormField(
            "private_key", _("商户私钥"), _("v2 的 RSA 私钥，PEM 或 Base64"), "long", secret=True,
            only=("version", "v2"),
        ),
        FormField(
            "platform_key", _("平台公钥"), _("v2：在平台的「API 信息」里，用来验证平台的签名；公开，不是密钥"), "long",
            only=("version", "v2"),
        ),
        FormField(
            "mode", _("付款方式"), _("跳转：买家到平台的收银台付款，最通用。直连：平台返回二维码，买家不离开本店"),
            "choice", default="page", choices=(("page", _("跳转到平台收银台")), ("server", _("直连，本店显示二维码"))),
        ),
        FormField(
            "query_method", _("查单方式"), _("v1：平台支持 POST 时请选 POST，密钥就不会出现在网址里"), "choice",
            default="POST", choices=_YES_NO, only=("version", "v1"),
        ),
        FormField(
            "key_param", _("签名时在密钥前加 &key="), _("少数平台的 v1 签名这样拼接；测试提示签名不对时再打开"), "flag",
            required=False, only=("version", "v1"),
        ),
    ),
    methods=(
        ("alipay", _("支付宝")), ("wxpay", _("微信支付")), ("qqpay", _("QQ 钱包")), ("bank", _("网银支付")),
    ),
)  # fmt: skip
BALANCE: Final = ProviderForm(
    provider="balance",
    label=_("余额支付"),
    about=_("API 客户用预存的余额付款，没有外部通道，也没有密钥。"),
    fields=(),
    methods=(("balance", _("余额支付")),),
    notifies=False,
)
SANDBOX: Final = ProviderForm(
    provider="sandbox",
    label=_("模拟支付"),
    about=_("演示用：页面上点一下就算付款。只有打开演示开关的安装才能用，不会有真钱。"),
    fields=(FormField("key", _("签名密钥"), _("至少 16 位，随便填写"), secret=True),),
    methods=(("sandbox", _("模拟支付")),),
)
#: What every account of a channel is asked besides: which of several takes a payment.
ROUTING: Final = (
    FormField(
        "priority", _("顺序"), _("0 到 99，小的先用；几个账户能收同一种付款时按它选，空着算 50"), required=False,
    ),
    FormField("least", _("最小金额"), _("低于它的付款不走这个账户，空着不限"), required=False),
    FormField("most", _("最大金额"), _("高于它的付款不走这个账户，空着不限"), required=False),
)  # fmt: skip
