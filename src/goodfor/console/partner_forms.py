"""The form of a partner in points. Its secret is typed and never shown."""

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.console import partner_words as words
from goodfor.partners import states
from goodfor.partners.types import AccountView, AccountWish

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_ADDRESSES: Final = ("login_url", "query_url", "deduct_url", "notice_url", "ips")
_LONG: Final = (*_ADDRESSES, "role", "signing")
GROUPS: Final = (
    (_("双方的约定"), ("code", "role", "name", "app_key", "secret", "signing", "enabled")),
    (_("对方的地址"), _ADDRESSES),
    (_("积分的价值和上限"), ("value_centi", "call_most", "day_most", "add_call_most", "add_day_most")),
)
_HIDDEN: Final = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)


class PartnerForm(forms.Form):
    """A partner; of another role some fields are of no use and stay empty."""

    code = forms.SlugField(label=_("代码"), max_length=32, help_text=_("小写字母、数字和短横线，建好后不能改"))
    role = forms.ChoiceField(label=_("合作方式"), choices=list(words.ROLES.items()))
    name = forms.CharField(label=_("合作方名称"), max_length=80)
    app_key = forms.CharField(label="AppKey", max_length=64, help_text=_("双方约定的应用标识"))
    secret = forms.CharField(
        label="AppSecret", max_length=200, required=False, widget=_HIDDEN,
        help_text=_("至少 16 个字符。只能写入，不会再显示；修改时留空就不变"),
    )  # fmt: skip
    signing = forms.ChoiceField(label=_("签名方式"), choices=list(words.SIGNINGS.items()))
    login_url = forms.CharField(
        label=_("对方商城的免登录地址"), max_length=200, required=False, help_text=_("填了才在会员的积分页出现入口")
    )
    query_url = forms.CharField(
        label=_("对方商城的查单地址"), max_length=200, required=False, help_text=_("没收到结果的兑换会去这里问")
    )
    deduct_url = forms.CharField(
        label=_("对方的扣积分地址"), max_length=200, required=False, help_text=_("对方的用户来我们这里换时要填")
    )
    notice_url = forms.CharField(
        label=_("对方的结果通知地址"), max_length=200, required=False, help_text=_("对方的用户来我们这里换时要填")
    )
    ips = forms.CharField(
        label=_("对方服务器的地址"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("IP 或网段，一行一个；不填不限"),
    )  # fmt: skip
    value_centi = forms.IntegerField(
        label=_("一个积分值多少（百分之一分）"), min_value=1, max_value=100_000, initial=100,
        help_text=_("100 是一分钱。用我们的积分时，对方要的钱不能超过它；用对方的积分时，对方按它付钱"),
    )  # fmt: skip
    call_most = forms.IntegerField(label=_("每笔最多扣多少积分"), min_value=0, max_value=10**9, initial=10_000)
    day_most = forms.IntegerField(label=_("每天最多扣多少积分"), min_value=0, max_value=10**12, initial=1_000_000)
    add_call_most = forms.IntegerField(
        label=_("每笔最多加多少积分"), min_value=0, max_value=10**9, initial=0, help_text=_("0 不让对方加积分")
    )
    add_day_most = forms.IntegerField(label=_("每天最多加多少积分"), min_value=0, max_value=10**12, initial=0)
    enabled = forms.BooleanField(label=_("启用"), required=False)

    def __init__(self, *args: Any, made: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = not made
        if made:
            for name in ("code", "role"):
                del self.fields[name]

    def groups(self) -> list[tuple[Any, list[tuple[forms.BoundField, bool]]]]:
        """The fields by what they are about; which of them are long."""
        return [
            (title, [(self[name], name in _LONG) for name in names if name in self.fields]) for title, names in GROUPS
        ]

    def wish(self) -> AccountWish:
        """What was typed, after `is_valid`."""
        sent = self.cleaned_data
        same = ("name", "app_key", "secret", "signing", "login_url", "deduct_url", "notice_url", "query_url",
                "value_centi", "call_most", "day_most", "add_call_most", "add_day_most", "enabled")  # fmt: skip
        return AccountWish(ips=tuple(filter(None, _BETWEEN.split(sent["ips"]))), **{name: sent[name] for name in same})


def initial_of(view: AccountView) -> dict[str, Any]:
    """A partner as its form shows it."""
    wish = view.wish
    names = ("name", "app_key", "signing", "login_url", "deduct_url", "notice_url", "query_url", "value_centi",
             "call_most", "day_most", "add_call_most", "add_day_most", "enabled")  # fmt: skip
    return {**{name: getattr(wish, name) for name in names}, "ips": "\n".join(wish.ips)}


#: What each role needs to be told, by the last part of our address.
CALLED: Final = {states.DEVELOPER: ("deduct", "add", "notice", "virtual"), states.MALL: ("status",)}
