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
#: The list of the other pages.
PAGES: Final = "desk:window-pages"
#: Widths of a preview in CSS pixels: a phone, and a desktop with room for the storefront's widest page.
WIDTHS: Final[dict[str, tuple[int, int]]] = {"phone": (360, 720), "desktop": (1280, 800)}
MAX_PICTURE: Final = 4 * 1024 * 1024


@console_page(Permission.CATALOG_EDIT)
def home(request: HttpRequest, visitor: Visitor, page_id: UUID | None = None) -> HttpResponse:
    """The draft of the first page, or of another one, block by block."""
    return _list(request, visitor, page_id)


def _list(
    request: HttpRequest, visitor: Visitor, page_id: UUID | None, error: DomainError | None = None
) -> HttpResponse:
    now, shop_id = utc_now(), visitor.shop.id
    of = window.page(shop_id, page_id) if page_id else None
    blocks = window.draft_blocks(shop_id, page_id)
    context: dict[str, Any] = {
        "of": of,
        "to": links(page_id),
        "adding": [(label, hint, links(page_id, kind)["add"]) for kind, label, hint in KINDS],
        "rows": [
            (block, LABELS.get(block.kind, block.kind), summary_of(block), _shown(block, now)) for block in blocks
        ],
        "changed": window.is_changed(shop_id, page_id) or (of is not None and not of.online),
        "error": error,
    }
    if of is not None:
        context["title"] = of.title
    status = error.http_status if error else 200
    return show(request, visitor, "window", context, page=entry_of(page_id), crumbs=crumbs_of(page_id), status=status)


def links(page_id: UUID | None, kind: str = "text") -> dict[str, str]:
    """Where the acts of the first page are, or those of another one."""
    names = {"home": "window", "order": "window-order", "publish": "window-publish", "restore": "window-restore"}
    names |= {"preview": "window-preview"}
    if page_id is None:
        return {key: reverse(f"desk:{name}") for key, name in names.items()} | {
            "add": reverse("desk:window-add", args=[kind])
        }
    found = {
        key: reverse(f"desk:{name.replace('window', 'window-page', 1)}", args=[page_id]) for key, name in names.items()
    }
    return found | {"add": reverse("desk:window-page-add", args=[page_id, kind])}


def entry_of(page_id: UUID | None) -> str:
    """The menu's entry that is open."""
    return PAGES if page_id else PAGE


def crumbs_of(page_id: UUID | None) -> list[tuple[Any, str]]:
    """What stands above a page that is not the first one."""
    return [(_("场景页"), reverse(PAGES))] if page_id else []


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
def add(request: HttpRequest, visitor: Visitor, kind: str, page_id: UUID | None = None) -> HttpResponse:
    """A new block."""
    if kind not in FORMS:
        raise NotFound
    if page_id is not None:
        window.page(visitor.shop.id, page_id)
    return _form(request, visitor, kind, None, page_id)


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def block(request: HttpRequest, visitor: Visitor, block_id: UUID) -> HttpResponse:
    """What a block says."""
    found = window.draft_block(visitor.shop.id, block_id)
    if found.kind not in FORMS:
        raise NotFound
    return _form(request, visitor, found.kind, found, window.page_of(visitor.shop.id, block_id))


def _form(
    request: HttpRequest, visitor: Visitor, kind: str, known: DraftBlock | None, page_id: UUID | None
) -> HttpResponse:
    shop = visitor.shop
    picture = str(getattr(known.content, "image", "")) if known else ""
    start = initial_of(known, shop.timezone) if known else {}
    sent = request.POST if request.method == "POST" else None
    form = FORMS[kind](sent, shop_id=shop.id, zone=shop.timezone, initial=start)
    error: DomainError | None = None
    if sent is not None and form.is_valid():
        try:
            _keep(request, visitor, kind, form, known, picture, page_id)
            return done(request, _("草稿已保存，买家还看不到"), links(page_id)["home"])
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
    context["back"] = links(page_id)["home"]
    crumbs = crumbs_of(page_id) or [(_("店铺首页"), reverse(PAGE))]
    status = 422 if error or form.errors else 200
    return show(request, visitor, "window_block", context, page=entry_of(page_id), crumbs=crumbs, status=status)


def _keep(
    request: HttpRequest, visitor: Visitor, kind: str, form: BlockForm, known: DraftBlock | None, picture: str,
    page_id: UUID | None,
) -> None:  # fmt: skip
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
        add_block(shop_id=shop_id, block=asked, page_id=page_id, actor=actor, now=now)
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
    page_id = window.page_of(visitor.shop.id, block_id)
    move_block(shop_id=visitor.shop.id, block_id=block_id, up=up, actor=visitor.actor, now=utc_now())
    return redirect(f"{links(page_id)['home']}#block-{block_id}")


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def order(request: HttpRequest, visitor: Visitor, page_id: UUID | None = None) -> HttpResponse:
    """The whole order, as it was dragged."""
    try:
        ids = [UUID(text) for text in request.POST.get("order", "").split(",")[:100]]
    except ValueError:
        ids = []
    try:
        order_blocks(shop_id=visitor.shop.id, block_ids=ids, page_id=page_id, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        if page_id is not None:
            window.page(visitor.shop.id, page_id)
        return _list(request, visitor, page_id, error)
    return redirect(links(page_id)["home"])


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def remove(request: HttpRequest, visitor: Visitor, block_id: UUID) -> HttpResponse:
    """Out of the draft."""
    page_id = window.page_of(visitor.shop.id, block_id)
    remove_block(shop_id=visitor.shop.id, block_id=block_id, actor=visitor.actor, now=utc_now())
    return done(request, _("已从草稿里删掉，发布后买家才看不到"), links(page_id)["home"])


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def publish(request: HttpRequest, visitor: Visitor, page_id: UUID | None = None) -> HttpResponse:
    """Show the draft to buyers."""
    publish_blocks(shop_id=visitor.shop.id, page_id=page_id, actor=visitor.actor, now=utc_now())
    words = _("页面已发布，买家现在看到的就是它") if page_id else _("首页已发布，买家现在看到的就是它")
    return done(request, words, links(page_id)["home"])


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def restore(request: HttpRequest, visitor: Visitor, page_id: UUID | None = None) -> HttpResponse:
    """Back to what was published last."""
    restore_published(shop_id=visitor.shop.id, page_id=page_id, actor=visitor.actor, now=utc_now())
    return done(request, _("草稿已恢复成上次发布的样子"), links(page_id)["home"])


@console_page(Permission.CATALOG_EDIT)
def preview(request: HttpRequest, visitor: Visitor, page_id: UUID | None = None) -> HttpResponse:
    """The draft as buyers would see it, on a phone or a desktop: a signed link that dies in half an hour."""
    width = request.GET.get("width", "")
    width = width if width in WIDTHS else "phone"
    scheme = "https" if request.is_secure() or settings.GOODFOR_PUBLIC_URL.startswith("https:") else "http"
    host = visitor.shop.host or (request.get_host() if _is_here(request, visitor) else "")
    origin, here = f"{scheme}://{host}", f"{scheme}://{request.get_host()}"
    path = f"/a/{window.page(visitor.shop.id, page_id).slug}" if page_id else "/"
    url = window.preview_url(visitor.shop.id, origin, visitor.staff.id, here, path) if host else ""
    context = {
        "url": url, "width": width, "size": WIDTHS[width], "minutes": window.PREVIEW_FOR.seconds // 60,
        "back": links(page_id)["home"], "title": _("预览草稿"),
    }  # fmt: skip
    crumbs = crumbs_of(page_id) or [(_("店铺首页"), reverse(PAGE))]
    response = show(request, visitor, "window_preview", context, page=entry_of(page_id), crumbs=crumbs)
    if url:
        response["Content-Security-Policy"] = f"{CSP}; frame-src {origin}"
    return response


def _is_here(request: HttpRequest, visitor: Visitor) -> bool:
    """True where this very host shows the shop to buyers, too."""
    try:
        return identity.shop_by_host(request.get_host()).id == visitor.shop.id
    except ShopNotFound:
        return False
