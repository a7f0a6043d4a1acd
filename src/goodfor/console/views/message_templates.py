"""The words of messages: every template, an editor with a live preview, and a test to oneself."""

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console.errors import MessageTestFailed
from goodfor.console.frame import CSP, console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.notify import queries as notify
from goodfor.notify.operations.drop_template import drop_template
from goodfor.notify.operations.preview import preview as preview_of
from goodfor.notify.operations.save_template import save_template
from goodfor.notify.operations.try_channel import try_channel
from goodfor.notify.types import CHANNELS, LANGUAGES, Draft, Preview, TemplateView
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments

PAGE: Final = "desk:message-templates"
LANGUAGE_LABELS: Final = {"zh": gettext_lazy("中文"), "en": gettext_lazy("英文")}
#: The shop's own markup is shown in a frame that can do nothing: no script, no form, no origin.
FRAME_CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


@console_page(Permission.SHOP_CONFIGURE)
def templates(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them: scenes down, channels across, one language at a time."""
    language = request.GET.get("language", LANGUAGES[0])
    language = language if language in LANGUAGES else LANGUAGES[0]
    found = {(t.scene, t.channel): t for t in notify.templates(visitor.shop.id) if t.language == language}
    labels, ready = notify.channel_labels(), set(notify.current_accounts(visitor.shop.id))
    rows = [
        (label, [_cell(found.get((scene, channel)), scene, channel, language) for channel in CHANNELS])
        for scene, label in notify.scene_labels().items()
    ]
    context = {
        "rows": rows,
        "channels": [(labels[channel], channel in ready) for channel in CHANNELS],
        "tabs": [
            {"key": one, "label": LANGUAGE_LABELS[one], "href": f"{reverse(PAGE)}?language={one}"} for one in LANGUAGES
        ],
        "language": language,
    }
    return show(request, visitor, "message_templates", context, page=PAGE)


def _cell(view: TemplateView | None, scene: str, channel: str, language: str) -> dict[str, Any] | None:
    if view is None:
        return None
    missing = notify.needs_vendor_template(channel) and not view.draft.vendor_template
    word, tone = (_("缺模板编号"), "amber") if missing else (_("默认"), "plain")
    if view.version:
        word, tone = (word, tone) if missing else (_("自定义"), "green")
    return {"href": _address("desk:message-template", scene, channel, language), "word": word, "tone": tone}


def _address(name: str, scene: str, channel: str, language: str) -> str:
    return f"{reverse(name)}?scene={scene}&channel={channel}&language={language}"


def _key(request: HttpRequest) -> tuple[str, str, str]:
    return request.GET.get("scene", ""), request.GET.get("channel", ""), request.GET.get("language", "")


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One template; a POST saves a new version, or goes back to what ships."""
    scene, channel, language = _key(request)
    view = notify.template(visitor.shop.id, scene, channel, language)
    if request.method != "POST":
        return _edit(request, visitor, view, view.draft)
    common: dict[str, Any] = {"shop_id": visitor.shop.id, "scene": scene, "channel": channel, "language": language}
    now = utc_now()
    if request.POST.get("act") == "drop":
        drop_template(**common, actor=visitor.actor, now=now)
        return done(request, _("已恢复默认模板"), _address("desk:message-template", scene, channel, language))
    draft = _draft(request)
    try:
        save_template(**common, draft=draft, actor=visitor.actor, now=now)
    except DomainError as error:
        return _edit(request, visitor, view, draft, error)
    return done(request, _("模板已保存，从下一条消息起生效"), request.get_full_path())


def _draft(request: HttpRequest) -> Draft:
    """What was typed; a parameter a line, its name before the first colon."""
    given = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in ("subject", "body", "link", "params")}
    params = []
    for line in given["params"].split("\n"):
        name, _colon, source = line.partition(":")
        if line.strip():
            params.append((name.strip(), source.strip()))
    vendor = request.POST.get("vendor_template", "").strip()
    return Draft(given["subject"].strip(), given["body"], tuple(params), given["link"].strip(), vendor)


def _edit(
    request: HttpRequest, visitor: Visitor, view: TemplateView, draft: Draft, error: DomainError | None = None
) -> HttpResponse:
    key = (view.scene, view.channel, view.language)
    scene = notify.scene_labels()[view.scene]
    context = {
        "title": f"{scene} · {notify.channel_labels()[view.channel]} · {LANGUAGE_LABELS[view.language]}",
        "view": view,
        "draft": draft,
        "params": "\n".join(f"{name}: {source}" for name, source in draft.params),
        "names": notify.scene_variables(view.scene),
        "by_vendor": notify.needs_vendor_template(view.channel),
        "is_mail": view.channel == "email",
        "takes_codes": notify.takes_codes(view.scene) and view.channel in ("email", "sms"),
        "robot": view.channel in ("wecom", "dingtalk", "feishu"),
        "ready": view.channel in notify.current_accounts(visitor.shop.id),
        "history": notify.template_history(visitor.shop.id, *key)[:10],
        "error": error,
        "bad": error.data.get("field", "") if error else "",
        "preview_url": _address("desk:message-preview", *key),
        "test_url": _address("desk:message-template-test", *key),
    }
    crumbs = [(_("消息模板"), f"{reverse(PAGE)}?language={view.language}")]
    response = show(
        request, visitor, "message_template", context, page=PAGE, crumbs=crumbs,
        status=error.http_status if error else 200,
    )  # fmt: skip
    response["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"), looking=True)
def preview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the template makes of an order, as a document for the editor's frame. Writes nothing."""
    scene, channel, language = _key(request)
    draft = _draft(request) if request.method == "POST" else None
    try:
        context = _context(visitor, scene, request.POST.get("order", "").strip())
        said = preview_of(
            shop_id=visitor.shop.id, scene=scene, channel=channel, language=language, context=context, draft=draft
        )
        response = HttpResponse(_document(said))
    except DomainError as error:
        page = render_to_string("console/message_preview.html", {"error": error})
        response = HttpResponse(page, status=error.http_status)
    response["Content-Security-Policy"] = FRAME_CSP
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _context(visitor: Visitor, scene: str, number: str) -> dict[str, Any]:
    """The order's own data; what it has none of (a refund, a claim) is told by the scene's sample."""
    sample = dict(notify.scene_sample(scene))
    if not number:
        return sample
    found = orders.desk_order(visitor.shop.id, number)
    lines = orders.order_lines(found)
    if found.delivered_at is not None:
        for line in lines:
            line["codes"] = [{} for _one in range(min(int(line["quantity"]), 20))]
    real: dict[str, Any] = {"order": orders.order_facts(found), "lines": lines}
    refunds = [
        refund
        for payment in payments.payments_of(visitor.shop.id, "order", found.id)
        for refund in payments.refunds_of(visitor.shop.id, payment.id)
    ]
    if refunds:
        last = refunds[-1]
        real["refund"] = {"number": last.number, "amount": last.amount, "reason": last.reason}
    return sample | real


def _document(said: Preview) -> str:
    """For mail the mail itself with its subject above; else the text as it is sent."""
    if not said.html:
        return render_to_string("console/message_preview.html", {"said": said})
    head = render_to_string("console/message_preview_head.html", {"said": said})
    return _BODY.sub(lambda found: found.group() + head, said.html, count=1)


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def test(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the saved template to an address of one's own, with sample words."""
    scene, channel, language = _key(request)
    report = try_channel(
        shop_id=visitor.shop.id,
        channel=channel,
        address=request.POST.get("address", "").strip(),
        actor=visitor.actor,
        now=utc_now(),
        language=language if language in LANGUAGES else LANGUAGES[0],
        scene=scene,
    )
    if report.ok:
        return done(request, report.detail, _address("desk:message-template", scene, channel, language))
    if report.message_id is not None:
        return redirect("desk:message", report.message_id)
    view = notify.template(visitor.shop.id, scene, channel, language)
    return _edit(request, visitor, view, view.draft, MessageTestFailed(report.detail))
