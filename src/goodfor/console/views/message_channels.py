"""The accounts by which messages leave: set up, tried, switched. Secrets go in and never come out."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.frame import console_page, done, show
from goodfor.console.message_fields import REASONS, VENDORS, Ask, config_of, secrets_of
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.notify import queries as notify
from goodfor.notify.errors import ChannelAccountInvalid, SceneUnknown
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.notify.operations.set_channel_account import set_channel_account
from goodfor.notify.operations.set_keep_days import set_keep_days
from goodfor.notify.operations.try_channel import try_channel
from goodfor.notify.types import CHANNELS, ChannelAccountView, ChannelReport, language_of

PAGE: Final = "desk:message-channels"
ROBOTS: Final = ("wecom", "dingtalk", "feishu")


@console_page(Permission.SHOP_CONFIGURE)
def channels(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every channel with its account, if it has one, and what is missing."""
    return _channels(request, visitor)


def _channels(
    request: HttpRequest, visitor: Visitor, tried: str = "", report: ChannelReport | None = None,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    labels = notify.channel_labels()
    accounts = {account.channel: account for account in notify.accounts(visitor.shop.id)}
    context = {
        "rows": [_row(name, labels[name], accounts.get(name), visitor) for name in CHANNELS],
        "tried": tried,
        "report": report,
        "error": error,
        "keep_days": notify.keep_days(visitor.shop.id),
    }
    status = error.http_status if error else 200
    return show(request, visitor, "message_channels", context, page=PAGE, status=status)


def _row(channel: str, label: str, account: ChannelAccountView | None, visitor: Visitor) -> dict[str, Any]:
    vendors = notify.providers_of(channel)
    report = notify.report_path(visitor.shop.id, account.id, account.provider) if account else ""
    return {
        "channel": channel,
        "label": label,
        "note": words.CHANNEL_NOTES.get(channel, ""),
        "account": account,
        "vendor": VENDORS[account.provider].label if account else "",
        "vendors": [(name, VENDORS[name].label, _edit_url(channel, name)) for name in vendors],
        "edit": _edit_url(channel, account.provider) if account else "",
        "robot": channel in ROBOTS,
        "report_url": f"{settings.GOODFOR_PUBLIC_URL}{report}" if report else "",
    }


def _edit_url(channel: str, provider: str) -> str:
    return f"{reverse('desk:message-channel')}?channel={channel}&provider={provider}"


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
@step_up
def edit(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A channel's settings by one vendor. A secret left empty stays as it was."""
    channel, provider = request.GET.get("channel", ""), request.GET.get("provider", "")
    if channel not in CHANNELS or provider not in notify.providers_of(channel):
        raise SceneUnknown(channel=channel)
    accounts = {account.channel: account for account in notify.accounts(visitor.shop.id)}
    current = accounts.get(channel)
    same = current if current and current.provider == provider else None
    if request.method != "POST":
        return _form(request, visitor, channel, provider, same)
    vendor = VENDORS[provider]
    try:
        open_channel_account(
            shop_id=visitor.shop.id,
            channel=channel,
            provider=provider,
            name=request.POST.get("name", "").strip() or str(vendor.label),
            config=config_of(vendor, request.POST, same.config if same else {}),
            secrets=secrets_of(vendor, request.POST),
            actor=visitor.actor,
            now=utc_now(),
            enabled=request.POST.get("enabled") == "1",
        )
    except ChannelAccountInvalid as error:
        return _form(request, visitor, channel, provider, same, error)
    return done(request, _("通道已保存，请发一条测试消息"), reverse(PAGE))


def _form(
    request: HttpRequest, visitor: Visitor, channel: str, provider: str, account: ChannelAccountView | None,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    vendor = VENDORS[provider]
    typed = request.POST if request.method == "POST" else None
    held = account.secret_names if account else ()
    wrong = str(error.data.get("field", "")) if error else ""
    reason = REASONS.get(str(error.data.get("reason", "")), _("这一项有误")) if error else ""
    context = {
        "title": f"{notify.channel_labels()[channel]} · {vendor.label}",
        "vendor": vendor,
        "name": typed.get("name", "") if typed is not None else account.name if account else vendor.label,
        "enabled": typed.get("enabled") == "1" if typed is not None else account.enabled if account else True,
        "asks": [_entry(ask, typed, account, held, reason if ask.name == wrong else "") for ask in vendor.asks],
        "error": error,
        "error_words": "" if any(ask.name == wrong for ask in vendor.asks) else str(reason),
        "secrets": any(ask.secret for ask in vendor.asks),
    }
    crumbs = [(_("发送通道"), reverse(PAGE))]
    return show(
        request, visitor, "message_channel", context, page=PAGE, crumbs=crumbs,
        status=error.http_status if error else 200,
    )  # fmt: skip


def _entry(ask: Ask, typed: Any, account: ChannelAccountView | None, held: tuple[str, ...], bad: Any) -> dict[str, Any]:
    """An entry of the form. A secret has no value here, whatever was typed or is kept."""
    value = ""
    if not ask.secret:
        value = typed.get(ask.name, "") if typed is not None else ask.initial
        if typed is None and account is not None:
            value = str(account.config.get(ask.name, ""))
    return {
        "ask": ask,
        "value": value,
        "hint": _("已保存，留空则不变") if ask.secret and ask.name in held else ask.hint,
        "bad": bad,
    }


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def switch(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """On or off, with everything kept."""
    set_channel_account(
        shop_id=visitor.shop.id,
        channel=request.POST.get("channel", ""),
        enabled=request.POST.get("on") == "1",
        actor=visitor.actor,
        now=utc_now(),
    )
    return done(request, _("已保存"), reverse(PAGE))


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def test(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One message now, and what came of it."""
    channel = request.POST.get("channel", "")
    report = try_channel(
        shop_id=visitor.shop.id,
        channel=channel,
        address=request.POST.get("address", "").strip(),
        actor=visitor.actor,
        now=utc_now(),
        language=language_of(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "zh")),
    )
    return _channels(request, visitor, notify.channel_labels()[channel], report)


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def keep(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """How many days the send log is kept."""
    text = request.POST.get("days", "").strip()
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise InvalidInput(_("请填写天数，例如 180"))
        set_keep_days(shop_id=visitor.shop.id, days=int(text), actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _channels(request, visitor, error=error)
    return done(request, _("已保存"), reverse(PAGE))
