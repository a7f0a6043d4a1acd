"""What an account at PayPal asks for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.payments.providers.forms import FormField, ProviderForm

FORM: Final = ProviderForm(
    provider="paypal",
    label=_("PayPal"),
    about=_("买家到 PayPal 确认付款，本店随即收款。支持美元、欧元、港币、英镑、新加坡元、日元。"),
    fields=(
        FormField(
            "client_id", _("PayPal Client ID"), _("在 PayPal 开发者后台「Apps & Credentials」里，先选 Live 再点开应用"),
        ),
        FormField("client_secret", _("PayPal Secret"), _("和 Client ID 在同一页"), secret=True),
        FormField(
            "webhook_id", _("Webhook ID"),
            _("在应用页面下方「Webhooks」添加本店的通知地址，事件选全部，添加后列表里的 ID 就是"),
        ),
        FormField(
            "merchant_id", _("PayPal 商户号"), _("在 PayPal「账户设置 → 商家信息」里；填了就会核对收款方是不是你"),
            required=False,
        ),
        FormField("brand_name", _("付款页上显示的店名"), _("留空则显示 PayPal 账户的名称"), required=False),
        FormField(
            "verify", _("验证通知的方式"),
            _("证书：在本机验证，更快。接口：每条通知都问一次 PayPal，证书验证不通过时再选"),
            "choice", default="cert", choices=(("cert", _("证书")), ("api", _("接口"))),
        ),
    ),
    methods=(("paypal", _("PayPal")),),
)  # fmt: skip
