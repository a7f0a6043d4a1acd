"""The forms of all channels. A new channel is one line here, beside the one in the registry."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from goodfor.payments.providers.alipay.form import FORM as ALIPAY
from goodfor.payments.providers.forms import BALANCE, EPAY, ROUTING, SANDBOX, ProviderForm
from goodfor.payments.providers.paypal.form import FORM as PAYPAL
from goodfor.payments.providers.stripe.form import FORM as STRIPE
from goodfor.payments.providers.wechat.form import FORM as WECHAT

#: In the order in which the console offers them.
FORMS: Final[Mapping[str, ProviderForm]] = {
    **{
        form.provider: replace(form, fields=(*form.fields, *ROUTING)) for form in (WECHAT, ALIPAY, EPAY, STRIPE, PAYPAL)
    },
    **{form.provider: form for form in (BALANCE, SANDBOX)},
}
