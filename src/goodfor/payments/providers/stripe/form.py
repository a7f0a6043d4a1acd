"""What an account at Stripe asks for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.payments.providers.forms import FormField, ProviderForm

FORM: Final = ProviderForm(
    provider="stripe",
    label=_("Stripe"),
    about=_("银行卡和各国本地付款方式。买家到 Stripe 的页面付款，或在本店页面内付款。"),
    fields=(
        FormField(
            "secret_key", _("Stripe 私密密钥"), _("以 sk_ 或 rk_ 开头，在 Stripe 后台「Developers → API keys」里"),
            secret=True,
        ),
        FormField(
            "webhook_secret", _("Stripe 回调签名密钥"),
            _("以 whsec_ 开头。先在「Developers → Webhooks」添加本店的通知地址，再点开查看签名密钥"), secret=True,
        ),
        FormField(
            "publishable_key", _("Stripe 可公开密钥"), _("以 pk_ 开头，和私密密钥在同一页。只有「页面内付款」要填"),
            required=False,
        ),
        FormField(
            "livemode", _("正式收款"), _("用测试密钥时关闭；要和密钥一致，不一致时不能保存"), "flag", required=False,
        ),
        FormField(
            "payment_method_types", _("只用这些付款方式"),
            _("留空则按 Stripe 后台「Settings → Payment methods」里打开的来；要限定时写英文代码，用逗号分开"),
            required=False,
        ),
        FormField(
            "mandates", _("允许自动扣款"), _("买家可以留下银行卡，续费时自动扣款；退订后立刻不再扣"), "flag",
            required=False,
        ),
        FormField(
            "account", _("关联账户"), _("以 acct_ 开头。只有密钥属于平台、代别的账户收款时才填"), required=False,
        ),
    ),
    methods=(("checkout", _("Stripe 付款页")), ("intent", _("页面内付款"))),
)  # fmt: skip
