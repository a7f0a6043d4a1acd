"""What a buyer may type, cleaned."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

_email = EmailValidator()
_phone = RegexValidator(r"^\+?\d[\d\- ]{5,18}\d$")


def typed(text: str, most: int = 200) -> str:
    """Text from an address: at most `most` characters, without the NUL that PostgreSQL does not take."""
    return text.replace("\x00", "")[:most]


class CheckoutForm(forms.Form):
    """Contact and payment method; `methods` are the (code, label) pairs offered."""

    contact = forms.CharField(required=False, max_length=120)
    method = forms.ChoiceField(error_messages={"required": _("请选择支付方式"), "invalid_choice": _("请选择支付方式")})

    def __init__(self, *args: Any, methods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = methods  # type: ignore[attr-defined]

    def clean_contact(self) -> str:
        """Nothing, an e-mail address, or a telephone number without spaces."""
        contact = str(self.cleaned_data["contact"]).strip()
        if not contact:
            return ""
        try:
            if "@" in contact:
                _email(contact)
                return contact
            _phone(contact)
        except forms.ValidationError as error:
            raise forms.ValidationError(_("请填写邮箱或手机号，或留空")) from error
        return contact.replace(" ", "").replace("-", "")


class QuantityForm(forms.Form):
    """How many; 10,000 at most in one order."""

    quantity = forms.IntegerField(min_value=1, max_value=10_000)


class LookupForm(forms.Form):
    """Order number and secret: both, always."""

    number = forms.RegexField(
        r"^[0-9A-Za-z\-]{6,40}$", error_messages={"required": _("请填写订单号"), "invalid": _("订单号只有字母和数字")}
    )
    secret = forms.CharField(max_length=200, error_messages={"required": _("请填写查单密钥")})

    def clean_number(self) -> str:
        """As it is kept: capitals, no gaps."""
        return str(self.cleaned_data["number"]).upper().replace("-", "")


class ProofForm(forms.Form):
    """The order's secret again."""

    secret = forms.CharField(max_length=200, error_messages={"required": _("请填写查单密钥")})
