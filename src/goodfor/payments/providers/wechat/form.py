"""What an account at WeChat Pay asks for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.payments.providers.forms import SPLITTING, FormField, ProviderForm

_MODES: Final = (("public_key", _("微信支付公钥")), ("certificate", _("平台证书")), ("both", _("两者都收（更换期间）")))
FORM: Final = ProviderForm(
    provider="wechat",
    label=_("微信支付"),
    about=_("直接对接微信支付商户号。退款原路退回。"),
    fields=(
        FormField("mchid", _("微信商户号"), _("商户平台「账户中心 - 商户信息」里的 10 位数字")),
        FormField(
            "appid", _("公众号或网站的 AppID"), _("以 wx 开头，要先在商户平台「产品中心 - AppID 账号管理」里关联"),
        ),
        FormField(
            "app_secret", _("公众号的 AppSecret"),
            _("公众平台「设置与开发 - 基本配置」里；填了，微信里的买家才能直接支付，不填则显示付款码。"
              "还要在「网页授权域名」里填本店域名"),
            secret=True, required=False,
        ),
        FormField("mini_appid", _("小程序 AppID"), _("用小程序收款才填"), required=False),
        FormField("app_appid", _("App 的 AppID"), _("用 App 收款才填，在微信开放平台里"), required=False),
        FormField(
            "serial_no", _("商户证书序列号"), _("商户平台「账户中心 - API 安全」里，40 位字母和数字"),
        ),
        FormField(
            "private_key", _("商户证书私钥"), _("下载的证书里 apiclient_key.pem 的全部内容"), "long", secret=True,
        ),
        FormField("apiv3_key", _("APIv3 密钥"), _("商户平台「API 安全」里自己设置的 32 位"), secret=True),
        FormField(
            "key_mode", _("微信用什么签名"), _("新商户号用「微信支付公钥」；老商户号可能还在用「平台证书」"), "choice",
            default="public_key", choices=_MODES,
        ),
        FormField(
            "public_key_id", _("微信支付公钥 ID"),
            _("以 PUB_KEY_ID_ 开头，在商户平台「API 安全」里；只用平台证书时空着"),
            required=False,
        ),
        FormField(
            "public_key", _("微信支付公钥文件"),
            _("pub_key.pem 的全部内容；只用平台证书时空着"), "long", required=False,
        ),
        FormField(
            "profit_sharing", _("付款后冻结待分账"),
            _("签约了分账才打开：货款先冻结，分账完成或 30 天后才到你的余额"), "flag",
            required=False,
        ),
        *SPLITTING,
        FormField(
            "split_percent", _("分账比例上限（%）"), _("商户平台「分账」里设置的最高比例，默认 30"), required=False,
            default="30",
        ),
        FormField(
            "papay_plan_id", _("委托代扣模板 ID"),
            _("签约了委托代扣（预约扣费）才填，在商户平台的模板管理里；填了，买家才能签自动扣款"), required=False,
        ),
        FormField("base_url", _("接口地址"), _("一般空着，用微信支付的正式地址"), required=False),
    ),
    methods=(
        ("native", _("扫码支付")), ("h5", _("手机网页支付")), ("jsapi", _("微信内支付")), ("mini", _("小程序支付")),
        ("app", _("App 支付")),
    ),
)  # fmt: skip
