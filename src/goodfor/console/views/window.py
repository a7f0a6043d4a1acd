"""The first page of the shop: arrange its blocks, look at the draft, publish it or go back."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import add_image
from goodfor.console.frame import CSP, console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.window_forms import FORMS, KINDS, LABELS, PROBLEMS, BlockForm, initial_of, summary_of
from goodfor.identity import queries as identity
from goodfor.identity.errors import ShopNotFound
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.window import queries as window
from goodfor.window.errors import InvalidBlock
from goodfor.window.operations import (
    add_block,
    change_block,
    move_block,
    order_blocks,
    publish_blocks,
    remove_block,
    restore_published,
)
from goodfor.window.types import DraftBlock

PAGE: Final = "desk:window"
#: Widths of a preview in CSS pixels: a phone, and a desktop with room for the storefront's widest page.
WIDTHS: Final[dict[str, tuple[int, int]]] = {"phone": (360, 720), "desktop": (1280, 800)}
MAX_PICTURE: Final = 4 * 1024 * 1024


@console_page(Permission.CATALOG_EDIT)
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The draft, block by block."""
    return _list(request, visitor)


def _list(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    now, shop_id = utc_now(), visitor.shop.id
    blocks = window.draft_blocks(shop_id)
    context = {
        "rows": [
            (block, LABELS.get(block.kind, block.kind), summary_of(block), _shown(block, now)) for block in blocks
        ],
        "kinds": KINDS,
        "changed": window.is_changed(shop_id),
        "published": len(window.published(shop_id)),
        "error": error,
    }
    return show(request, visitor, "window", context, page=PAGE, status=error.http_status if error else 200)


def _shown(block: DraftBlock, now: Any) -> str:
    """Empty while it would be shown; else why not."""
    if block.content is None:
        return _("这个版本不认识，不显示")
    if block.visible_from is not None and now < block.visible_from:
        return _("还没开始")
    ended = block.visible_until is not None and now >= block.visible_until
    ended = ended or (block.kind == "flash" and getattr(block.content, "ends_at", now) <= now)
    return _("已结束") if ended else ""


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def add(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """A new block."""
    if kind not in FORMS:
        raise NotFound
    return _form(request, visitor, kind, None)


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def block(request: HttpRequest, visitor: Visitor, block_id: UUID) -> HttpResponse:
    """What a block says."""
    found = window.draft_block(visitor.shop.id, block_id)
    return _form(request, visitor, found.kind, found)


def _form(request: HttpRequest, visitor: Visitor, kind: str, known: DraftBlock | None) -> HttpResponse:
    shop = visitor.shop
    picture = str(getattr(known.content, "image", "")) if known else ""
    start = initial_of(known, shop.timezone) if known else {}
    sent = request.POST if request.method == "POST" else None
    form = FORMS[kind](sent, shop_id=shop.id, zone=shop.timezone, initial=start)
    error: DomainError | None = None
    if sent is not None and form.is_valid():
        try:
            _keep(request, visitor, kind, form, known, picture)
            return done(request, _("草稿已保存，买家还看不到"), reverse(PAGE))
        except DomainError as refused:
            error = refused
            _tell(form, refused)
    context = {
        "title": LABELS[kind],
        "form": form,
        "known": known,
        "pictures": kind == "banner",
        "picture": catalog.image(shop.id, picture) if picture else None,
        "error": error if error and not form.errors else None,
        "zone": shop.timezone,
    }
    crumbs = [(_("店铺首页"), reverse(PAGE))]
    status = 422 if error or form.errors else 200
    return show(request, visitor, "window_block", context, page=PAGE, crumbs=crumbs, status=status)


def _keep(
    request: HttpRequest, visitor: Visitor, kind: str, form: BlockForm, known: DraftBlock | None, picture: str
) -> None:
    shop_id, actor, now = visitor.shop.id, visitor.actor, utc_now()
    more: dict[str, object] = {}
    if kind == "banner":
        sent = request.FILES.get("picture")
        if sent is not None and (sent.size or 0) > MAX_PICTURE:
            raise InvalidBlock(field="image")
        if sent is not None:
            picture = add_image(shop_id=shop_id, raw=sent.read(), actor=actor, now=now)
        elif request.POST.get("without_picture"):
            picture = ""
        more = {"image": picture}
    asked = form.request(kind, **more)
    if known is None:
        add_block(shop_id=shop_id, block=asked, actor=actor, now=now)
    else:
        change_block(shop_id=shop_id, block_id=known.id, block=asked, actor=actor, now=now)


def _tell(form: BlockForm, refused: DomainError) -> None:
    """Say it beside the field that is wrong, in words of what to do."""
    name = str(refused.data.get("field", "")) if isinstance(refused, InvalidBlock) else ""
    if name in form.fields:
        form.add_error(name, str(PROBLEMS.get(name, refused.title)))
    elif name in PROBLEMS:
        form.add_error(None, str(PROBLEMS[name]))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, block_id: UUID) -> HttpResponse:
    """One place up or down."""
    up = request.POST.get("to") == "up"
    move_block(shop_id=visitor.shop.id, block_id=block_id, up=up, actor=visitor.actor, now=utc_now())
    return redirect(f"{reverse(PAGE)}#block-{block_id}")


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def order(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The whole order, as it was dragged."""
    try:
        ids = [UUID(text) for text in request.POST.get("order", "").split(",")[:100]]
    except ValueError:
        ids = []
    try:
        order_blocks(shop_id=visitor.shop.id, block_ids=ids, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _list(request, visitor, error)
    return redirect(PAGE)


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def remove(request: HttpRequest, visitor: Visitor, block_id: UUID) -> HttpResponse:
    """Out of the draft."""
    remove_block(shop_id=visitor.shop.id, block_id=block_id, actor=visitor.actor, now=utc_now())
    return done(request, _("已从草稿里删掉，发布后买家才看不到"), reverse(PAGE))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def publish(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the draft to buyers."""
    publish_blocks(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
    return done(request, _("首页已发布，买家现在看到的就是它"), reverse(PAGE))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def restore(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Back to what was published last."""
    restore_published(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
    return done(request, _("草稿已恢复成上次发布的样子"), reverse(PAGE))


@console_page(Permission.CATALOG_EDIT)
def preview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The draft as buyers would see it, on a phone or a desktop: a signed link that dies in half an hour."""
    width = request.GET.get("width", "")
    width = width if width in WIDTHS else "phone"
    scheme = "https" if request.is_secure() or settings.GOODFOR_PUBLIC_URL.startswith("https:") else "http"
    host = visitor.shop.host or (request.get_host() if _is_here(request, visitor) else "")
    origin, here = f"{scheme}://{host}", f"{scheme}://{request.get_host()}"
    url = window.preview_url(visitor.shop.id, origin, visitor.staff.id, here) if host else ""
    context = {"url": url, "width": width, "size": WIDTHS[width], "minutes": window.PREVIEW_FOR.seconds // 60}
    crumbs = [(_("店铺首页"), reverse(PAGE))]
    response = show(request, visitor, "window_preview", {**context, "title": _("预览草稿")}, page=PAGE, crumbs=crumbs)
    if url:
        response["Content-Security-Policy"] = f"{CSP}; frame-src {origin}"
    return response


def _is_here(request: HttpRequest, visitor: Visitor) -> bool:
    """True where this very host shows the shop to buyers, too."""
    try:
        return identity.shop_by_host(request.get_host()).id == visitor.shop.id
    except ShopNotFound:
        return False
