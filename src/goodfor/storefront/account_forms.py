"""What a buyer may type on the pages of an account, cleaned."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    """A telephone number or an e-mail address; identity knows which."""

    contact = forms.CharField(max_length=120, error_messages={"required": _("请填写手机号或邮箱")})


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(max_length=40, error_messages={"required": _("请填写 6 位验证码")})


class PasswordForm(ContactForm):
    """Contact and password; the password as it is typed, blanks included."""

    password = forms.CharField(max_length=200, strip=False, error_messages={"required": _("请填写密码")})


class NewPasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(max_length=200, strip=False, error_messages={"required": _("请填写密码")})


class ProfileForm(forms.Form):
    """Name, birthday, language."""

    name = forms.CharField(required=False, max_length=60)
    birthday = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": _("日期写作 2000-01-31")}
    )
    locale = forms.ChoiceField(choices=[("zh-hans", "简体中文"), ("en", "English")])


class SavedAccountForm(forms.Form):
    """An account that is topped up often."""

    label = forms.CharField(max_length=40, error_messages={"required": _("请填写名称")})
    value = forms.CharField(max_length=100, error_messages={"required": _("请填写账号")})
