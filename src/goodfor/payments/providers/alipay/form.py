"""What the console asks for an Alipay account."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.payments.providers.alipay.settings import AGREEMENT_PRODUCT, BASE_URL, PRODUCT_CODES
from goodfor.payments.providers.forms import SPLITTING, FormField, ProviderForm

_CERTIFICATE: Final = ("mode", "certificate")
FORM: Final = ProviderForm(
    provider="alipay",
    label=_("支付宝"),
    about=_("直接对接支付宝开放平台，需要企业或个体工商户的商家账号。退款原路退回，账单每天自动下载核对。"),
    fields=(
        FormField("app_id", _("应用 APPID"), _("开放平台控制台的应用列表里，一串 16 位以上的数字")),
        FormField("seller_id", _("商家账号 PID"), _("商家平台的「账号中心」里，以 2088 开头的 16 位数字")),
        FormField(
            "mode", _("加签方式"), _("与应用「开发设置」里的「接口加签方式」一致；分账等资金类接口要用证书"), "choice",
            default="key", choices=(("key", _("密钥")), ("certificate", _("证书"))),
        ),
        FormField(
            "private_key", _("应用私钥"), _("用支付宝的密钥工具生成，PEM 或 Base64；只存在你这里，平台上查不到"),
            "long", secret=True,
        ),
        FormField(
            "alipay_public_key", _("支付宝公钥"), _("设置好应用公钥后，平台在「接口加签方式」里显示；不是应用公钥"),
            "long", only=("mode", "key"),
        ),
        FormField(
            "app_cert", _("应用公钥证书"), _("appCertPublicKey 开头的文件，粘贴全部内容"), "long", only=_CERTIFICATE,
        ),
        FormField(
            "alipay_cert", _("支付宝公钥证书"), _("alipayCertPublicKey 开头的文件；换证书期间可把新旧两份都粘贴进来"),
            "long", only=_CERTIFICATE,
        ),
        FormField(
            "root_cert", _("支付宝根证书"), _("alipayRootCert 文件，粘贴全部内容"), "long", only=_CERTIFICATE,
        ),
        FormField(
            "app_auth_token", _("应用授权令牌"), _("服务商代商家收款才填写：商家授权后得到的 app_auth_token"),
            secret=True, required=False,
        ),
        FormField(
            "auth_app_id", _("授权商家的 APPID"), _("服务商代商家收款才填写，用来核对通知"), required=False,
        ),
        FormField(
            "product_code_page", _("电脑网站支付的产品码"), _("一般不用改，以签约合同为准"), required=False,
            default=PRODUCT_CODES["page"],
        ),
        FormField(
            "product_code_wap", _("手机网站支付的产品码"), _("一般不用改，以签约合同为准"), required=False,
            default=PRODUCT_CODES["wap"],
        ),
        FormField(
            "product_code_app", _("App 支付的产品码"), _("一般不用改，以签约合同为准"), required=False,
            default=PRODUCT_CODES["app"],
        ),
        FormField(
            "product_code_precreate", _("扫码支付的产品码"), _("当面付保持默认，订单码支付填写 QR_CODE_OFFLINE"),
            required=False, default=PRODUCT_CODES["precreate"],
        ),
        FormField(
            "royalty_freeze", _("付款后冻结待分账"),
            _("签约了分账才打开：货款先冻结，分账完成或 30 天后才到你的余额；当面付的扫码付款不冻结、不分账"),
            "flag", required=False,
        ),
        *SPLITTING,
        FormField(
            "royalty_mode", _("分账方式"), _("异步一次最多 50 个接收方；同步最多 5 个，要么全部成功要么全部失败"),
            "choice", required=False, default="async", choices=(("async", _("异步")), ("sync", _("同步"))),
        ),
        FormField(
            "royalty_percent", _("分账比例上限（%）"), _("签约时约定的最高比例，默认 30"), required=False, default="30",
        ),
        FormField(
            "agreement_scene", _("周期扣款的签约场景"),
            _("签约了周期扣款才填，与合同一致，例如 INDUSTRY|DIGITAL_MEDIA；填了，买家才能签自动扣款"), required=False,
        ),
        FormField(
            "agreement_product", _("周期扣款的产品码"), _("一般不用改，以签约合同为准"), required=False,
            default=AGREEMENT_PRODUCT,
        ),
        FormField(
            "base_url", _("网关地址"), _("一般不用改；沙箱环境填写控制台「沙箱」页给出的网关"), required=False,
            default=BASE_URL,
        ),
    ),
    methods=(
        ("page", _("电脑网站支付")), ("wap", _("手机网站支付")), ("precreate", _("扫码支付")), ("app", _("App 支付")),
    ),
)  # fmt: skip
