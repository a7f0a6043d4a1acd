"""Payment channels: accounts, their secrets (written, never read), a test, on and off."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import setting_words, words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput, NotFound
from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.payments.operations.change_account import change_account
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.probe_account import probe_account
from goodfor.payments.operations.set_account import set_account

PAGE: Final = "desk:channels"
LONGEST: Final = 8000


def form_of(provider: str) -> payments.ProviderForm:
    """The form of a channel. Raises NotFound."""
    found = next((form for form in payments.provider_forms() if form.provider == provider), None)
    if found is None:
        raise NotFound(_("没有这种支付通道"))
    return found


@console_page(Permission.PAYMENTS_CONFIGURE)
def channels(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All accounts that are valid now, and opening another."""
    labels = {form.provider: form.label for form in payments.provider_forms()}
    rows = [
        (account, labels.get(account.provider, account.provider), _methods(account.methods))
        for account in payments.accounts(visitor.shop.id, utc_now())
    ]
    return show(request, visitor, "settings/channels", {"rows": rows, "forms": payments.provider_forms()}, page=PAGE)


def _methods(methods: tuple[str, ...]) -> str:
    return _("、").join(words.word(words.METHODS, method) for method in methods)


@console_page(Permission.PAYMENTS_CONFIGURE, methods=("GET", "POST"))
def channel(request: HttpRequest, visitor: Visitor, account_id: UUID) -> HttpResponse:
    """One account: what is set, the address to be notified at, testing, switching, the limit on what lies there."""
    shop_id, now = visitor.shop.id, utc_now()
    sheet = payments.account_sheet(shop_id, account_id)
    if request.method != "POST":
        return _channel(request, visitor, sheet)
    act, here = request.POST.get("act", ""), reverse("desk:channel", args=[account_id])
    if act == "test":
        found = probe_account(shop_id=shop_id, account_id=account_id, actor=visitor.actor, now=now)
        return _channel(request, visitor, sheet, probe=found)
    require_fresh_proof(request)
    try:
        if act in ("enable", "disable"):
            set_account(shop_id=shop_id, account_id=account_id, enabled=act == "enable", actor=visitor.actor, now=now)
            return done(request, _("已启用") if act == "enable" else _("已停用"), here)
        if act == "withdrawn":
            set_account(shop_id=shop_id, account_id=account_id, withdrawn=True, actor=visitor.actor, now=now)
            return done(request, _("已记下提现，重新累计"), here)
        if act == "limit":
            limit = _limit(request.POST.get("limit", ""), visitor)
            set_account(
                shop_id=shop_id, account_id=account_id, exposure_limit_minor=limit, unlimited=limit is None,
                actor=visitor.actor, now=now,
            )  # fmt: skip
            return done(request, _("上限已保存"), here)
    except DomainError as error:
        return _channel(request, visitor, sheet, error=error)
    raise InvalidInput


def _limit(text: str, visitor: Visitor) -> int | None:
    if not text.strip():
        return None
    try:
        return Money.parse(text.strip(), visitor.shop.currency).amount_minor
    except ValueError:
        raise InvalidInput(_("金额请写成 9.90 这样")) from None


def _channel(
    request: HttpRequest,
    visitor: Visitor,
    sheet: payments.AccountSheet,
    *,
    probe: payments.Probe | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    account = sheet.account
    form = form_of(account.provider)
    labels = {field.key: field for field in form.fields}
    context = {
        "title": account.name,
        "account": account,
        "form": form,
        "methods": _methods(account.methods),
        "config": [(labels[k].label, _shown(labels[k], v)) for k, v in account.config.items() if k in labels],
        "secrets": [(labels[held.key].label if held.key in labels else held.key, held) for held in sheet.secrets],
        "sheet": sheet,
        "notify_url": request.build_absolute_uri(f"/pay/notify/{visitor.shop.id}/{account.id}"),
        "exposure": Money(payments.exposure(visitor.shop.id, account.id), account.currency),
        "limit": Money(account.exposure_limit_minor, account.currency).as_decimal_string()
        if account.exposure_limit_minor is not None
        else "",
        "probe": probe,
        "probe_words": _probe_words(probe) if probe else "",
        "error": error,
    }
    crumbs = [(_("收款通道"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settings/channel", context, page=PAGE, crumbs=crumbs, status=status)


def _probe_words(probe: payments.Probe) -> str:
    return str(setting_words.PROBES.get(probe.code, setting_words.PROBE_OTHER)) % {"code": probe.code}


def _shown(field: payments.FormField, value: Any) -> Any:
    if field.kind == "flag":
        return _("是") if value else _("否")
    return dict(field.choices).get(value, value)


# -- the form ---------------------------------------------------------------------------------------


@sensitive_post_parameters()
@console_page(Permission.PAYMENTS_CONFIGURE, methods=("GET", "POST"))
@step_up
def new_channel(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Open an account: switched off until somebody has tested it and switches it on."""
    form = form_of(request.GET.get("provider", ""))
    given = request.POST if request.method == "POST" else request.GET
    if request.method != "POST":
        return _form(request, visitor, form, {**_defaults(form), **given.dict()}, crumb=_("新增通道"))
    try:
        code = request.POST.get("code", "").strip()
        if any(account.code == code for account in payments.accounts(visitor.shop.id, utc_now())):
            raise InvalidInput(_("这个编码已有账户，请换一个，或到那个账户里修改"), field="code")
        config, secrets = _read(form, request, held=frozenset())
        made = open_account(
            shop_id=visitor.shop.id,
            provider=form.provider,
            code=code,
            name=request.POST.get("name", "").strip(),
            currency=visitor.shop.currency,
            config=config,
            secrets=secrets,
            methods=_chosen(form, request),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _form(request, visitor, form, request.POST.dict(), crumb=_("新增通道"), error=error)
    return done(request, _("账户已开通，还没有启用：先测试，再启用"), reverse("desk:channel", args=[made.id]))


@sensitive_post_parameters()
@console_page(Permission.PAYMENTS_CONFIGURE, methods=("GET", "POST"))
@step_up
def edit_channel(request: HttpRequest, visitor: Visitor, account_id: UUID) -> HttpResponse:
    """Change an account. A secret left empty stays as it is."""
    sheet = payments.account_sheet(visitor.shop.id, account_id)
    account, form = sheet.account, form_of(sheet.account.provider)
    now_set = {
        **_defaults(form), **{k: str(v) if v is not False else "" for k, v in account.config.items()},
        "name": account.name, "code": account.code,
    }  # fmt: skip
    if request.method != "POST":
        asked = {key: request.GET[key] for key in _switches(form) if key in request.GET}
        return _form(request, visitor, form, {**now_set, **asked}, crumb=account.name, sheet=sheet)
    try:
        config, secrets = _read(form, request, held=frozenset(held.key for held in sheet.secrets))
        # What the form does not ask about (the addresses of a stand-in, say) stays.
        asked_about = {field.key for field in form.fields}
        config = {**{key: value for key, value in account.config.items() if key not in asked_about}, **config}
        made = change_account(
            shop_id=visitor.shop.id,
            account_id=account_id,
            name=request.POST.get("name", "").strip(),
            config=config,
            secrets=secrets,
            methods=_chosen(form, request),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _form(request, visitor, form, request.POST.dict(), crumb=account.name, sheet=sheet, error=error)
    return done(request, _("已保存，新的付款用新配置"), reverse("desk:channel", args=[made.id]))


def _defaults(form: payments.ProviderForm) -> dict[str, str]:
    return {
        **{field.key: field.default for field in form.fields},
        "code": form.provider, "name": str(form.label),
    }  # fmt: skip


def _switches(form: payments.ProviderForm) -> set[str]:
    """Fields that decide which others are asked for."""
    return {field.only[0] for field in form.fields if field.only}


def _asked(form: payments.ProviderForm, values: Mapping[str, str]) -> list[payments.FormField]:
    return [field for field in form.fields if field.only is None or values.get(field.only[0]) == field.only[1]]


def _read(
    form: payments.ProviderForm, request: HttpRequest, *, held: frozenset[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Config and new secrets of the form. Raises InvalidInput for what is missing."""
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for field in _asked(form, request.POST.dict()):
        value = request.POST.get(field.key, "").replace("\r\n", "\n").strip()[:LONGEST]
        if field.kind == "flag":
            config[field.key] = bool(value)
        elif field.secret:
            if not value and field.required and field.key not in held:
                raise InvalidInput(_("请填写"), field=field.key)
            secrets[field.key] = value
        elif value:
            config[field.key] = value
        elif field.required:
            raise InvalidInput(_("请填写"), field=field.key)
    return config, {key: value for key, value in secrets.items() if value}


def _chosen(form: payments.ProviderForm, request: HttpRequest) -> list[str]:
    """The methods that are ticked, by the numbers beside them."""

    def place(method: str) -> tuple[int, int]:
        text = request.POST.get(f"place_{method}", "")
        known = [value for value, _label in form.methods]
        return (int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 999, known.index(method))

    ticked = [value for value, _label in form.methods if value in request.POST.getlist("methods")]
    if not ticked:
        raise InvalidInput(_("请至少选一种支付方式"), field="methods")
    return sorted(ticked, key=place)


def _form(
    request: HttpRequest,
    visitor: Visitor,
    form: payments.ProviderForm,
    values: Mapping[str, str],
    *,
    crumb: str,
    sheet: payments.AccountSheet | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    wrong = str(error.data.get("field", "")) if error else ""
    reason = setting_words.CONFIG_PROBLEMS.get(str(error.data.get("reason", "")), error.detail) if error else ""
    held = {mark.key for mark in sheet.secrets} if sheet else set()
    switches = _switches(form)
    fields = [
        {
            "field": field,
            # A secret never comes back, not even to the person who has just typed it.
            "value": "" if field.secret else values.get(field.key, ""),
            "held": field.key in held,
            "error": reason if field.key == wrong else "",
            "switch": field.key in switches,
        }
        for field in _asked(form, values)
    ]
    on = request.POST.getlist("methods") if request.method == "POST" else list(sheet.account.methods if sheet else ())
    if sheet is None and request.method != "POST":
        on = [value for value, _label in form.methods[:2]]
    methods = [(value, label, value in on, on.index(value) + 1 if value in on else "") for value, label in form.methods]
    known = {"code", "name", "methods", *(field.key for field in form.fields)}
    context = {
        "title": _("修改 %(name)s") % {"name": crumb} if sheet else _("新增%(name)s") % {"name": form.label},
        "form": form,
        "fields": fields,
        "values": values,
        "methods": methods,
        "sheet": sheet,
        "error": error,
        "wrong": wrong,
        "reason": reason,
        "general": bool(error) and wrong not in known,
    }
    crumbs = [(_("收款通道"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settings/channel_form", context, page=PAGE, crumbs=crumbs, status=status)
