"""Top-ups on pages: the fields that are asked for, what is wrong with them in words, and how far a paid one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.identity.types import SignedInBuyer
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT, OrderView
from goodfor.storefront.saved import MOST_SAVED, Offered
from goodfor.supply import queries as supply
from goodfor.supply.errors import FormInvalid
from goodfor.supply.operations.check_account import check_account
from goodfor.supply.types import AskedField

#: Before the names of fields, so that a form can ask for nothing that the page itself uses.
PREFIX: Final = "f_"
MOST_TYPED: Final = 2000
WORDS: Final[Mapping[str, object]] = {
    "required": _("请填写"),
    "too_long": _("太长了，请检查"),
    "control_character": _("有看不见的字符，请重新输入"),
    "format": _("格式不对，请检查"),
    "unwanted": _("这里不能用这种账号"),
    "virtual": _("不支持虚拟运营商的号码"),
    "carrier": _("这个号码不属于所需的运营商"),
    "pattern": _("不符合供货方的要求，请检查"),
    "option": _("请从选项中选择"),
    "unknown": _("页面已更新，请重新填写"),
}
BY_FORMAT: Final[Mapping[str, object]] = {
    "mobile": _("手机号是 1 开头的 11 位数字"),
    "qq": _("QQ 号是 5 到 10 位数字，不以 0 开头"),
    "email": _("邮箱要像 name@example.com"),
    "wechat": _("微信号以字母开头，6 到 20 位"),
    "digits": _("只能填数字"),
}
CARRIERS: Final[Mapping[str, object]] = {"cmcc": _("中国移动"), "unicom": _("中国联通"), "telecom": _("中国电信")}
#: How far a paid top-up is: nobody is asked yet, it was sent, a supplier has it.
ORDERED, SENT, AT_SUPPLIER = "ordered", "sent", "at_supplier"
#: Paid, and not delivered before it has been looked at.
HELD = "held"


@dataclass(frozen=True, slots=True)
class TopUpField:
    """A field as it is drawn; `note`: what is known of what was typed."""

    asked: AskedField
    value: str = field(repr=False)
    error: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Of the input."""
        return PREFIX + self.asked.name

    @property
    def numeric(self) -> bool:
        """A keyboard of digits is enough."""
        return self.asked.type == "number" or self.asked.format.startswith(("mobile", "qq", "digits"))


@dataclass(slots=True)
class TopUpForm:
    """What a buyer is asked for one top-up. `filled` is as it is kept, once `judge` found nothing wrong."""

    shop_id: UUID
    sku_id: UUID
    asked: tuple[AskedField, ...]
    typed: dict[str, str] = field(repr=False)
    saved: tuple[Offered, ...] = field(default=(), repr=False)
    used: str = ""
    save: bool = False
    can_save: bool = False
    filled: dict[str, str] = field(default_factory=dict, repr=False)
    errors: dict[str, str] = field(default_factory=dict)

    def judge(self, now: datetime, *, remote: bool) -> bool:
        """Whether it may be ordered so; `remote`: the supplier is asked too, where one offers that."""
        try:
            self.filled = supply.checked_form(self.shop_id, self.sku_id, self.typed)
        except FormInvalid as error:
            self.errors = {name: self._words(name, word) for name, word in error.data["problems"].items()}
            return False
        if remote:
            found = check_account(shop_id=self.shop_id, sku_id=self.sku_id, filled=self.filled, now=now)
            self.errors = {name: str(_("供货方说：%(words)s") % {"words": words}) for name, words in found.items()}
        return not self.errors

    def _words(self, name: str, word: str) -> str:
        asked = next((one for one in self.asked if one.name == name), None)
        by_format = BY_FORMAT.get(asked.format) if asked and word == "format" else None
        return str(by_format or WORDS.get(word, WORDS["format"]))

    @property
    def fields(self) -> list[TopUpField]:
        """To be drawn; what was picked of saved accounts is not written out."""
        return [
            TopUpField(one, "" if self.used and one.name == "account" else self.typed.get(one.name, ""),
                       self.errors.get(one.name, ""), self._note(one))
            for one in self.asked
        ]  # fmt: skip

    def _note(self, asked: AskedField) -> str:
        value = self.filled.get(asked.name, "")
        return str(CARRIERS.get(supply.carrier_of(value), "")) if asked.format.startswith("mobile") else ""

    @property
    def choices(self) -> list[Offered]:
        """Saved accounts as they are shown: masked."""
        return [replace(one, value=orders.masked_contact(one.value)) for one in self.saved]

    @property
    def lost(self) -> str:
        """Something that was typed is not asked for any more."""
        known = {one.name for one in self.asked}
        return next((words for name, words in self.errors.items() if name not in known), "")

    @property
    def to_save(self) -> str:
        """The typed account that the buyer asked to keep."""
        account = self.filled.get("account", "")
        return account if self.save and self.can_save and not self.used and account else ""


def top_up_form(shop_id: UUID, sku_id: UUID, sent: QueryDict, buyer: SignedInBuyer | None) -> TopUpForm:
    """From what a browser sent. A saved account is the buyer's own or none; what is typed goes before it."""
    asked = supply.form_of(shop_id, sku_id)
    typed = {
        key.removeprefix(PREFIX): ",".join(sent.getlist(key))[:MOST_TYPED]
        for key in list(sent)[:60]
        if key.startswith(PREFIX)
    }
    saved, full = _saved(shop_id, asked, buyer)
    used = str(sent.get("use_account", "")) if not typed.get("account", "").strip() else ""
    picked = next((one for one in saved if one.key == used), None)
    if picked is not None:
        typed["account"] = picked.value
    return TopUpForm(
        shop_id, sku_id, asked, typed, saved, picked.key if picked else "", sent.get("save_account") == "1",
        buyer is not None and not full,
    )  # fmt: skip


def _saved(
    shop_id: UUID, asked: tuple[AskedField, ...], buyer: SignedInBuyer | None
) -> tuple[tuple[Offered, ...], bool]:
    """The buyer's saved accounts that look like what is asked for, shown masked; and whether no more can be saved."""
    if buyer is None or not any(one.name == "account" for one in asked):
        return (), False
    rows = identity.saved_accounts(shop_id, buyer.buyer_id)
    style = next(one.format for one in asked if one.name == "account")
    fitting = [row for row in rows if supply.looks_like(style, row.value)]
    return tuple(Offered(str(row.id), row.label, row.value) for row in fitting), len(rows) >= MOST_SAVED


def is_top_up(order: OrderView) -> bool:
    """A top-up is an order of its own."""
    return bool(order.lines) and order.lines[0].kind == DIRECT


def stage_of(shop_id: UUID, order: OrderView) -> str:
    """How far a paid top-up is; empty for every other order."""
    if order.state != "paid" or not is_top_up(order):
        return ""
    states = {one.state for one in supply.attempts_of_order(shop_id, order.id)}
    if "accepted" in states or "delivered" in states or "partial" in states:
        return AT_SUPPLIER
    return SENT if states & {"sending", "unknown", "manual"} else ORDERED


def live_state(shop_id: UUID, order: OrderView) -> str:
    """What a waiting page compares: the order's state, whether it is held, and how far a top-up is."""
    stage = HELD if order.held_until else stage_of(shop_id, order)
    return f"{order.state}:{stage}" if stage else order.state
