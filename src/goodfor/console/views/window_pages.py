"""Pages of blocks beside the first one: made, named, taken offline, removed; their blocks are arranged by `window`."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.window import queries as window
from goodfor.window.errors import InvalidBlock, PageSlugTaken
from goodfor.window.operations import remove_page, take_offline, write_page
from goodfor.window.types import PageView

PAGE: Final = "desk:window-pages"
TAKEN: Final = lazy("地址只用小写字母、数字和连字符，不能和别的页面相同")


class PageForm(forms.Form):
    """What a page is called, and where it is."""

    title = forms.CharField(label=lazy("名称"), max_length=40)
    slug = forms.CharField(label=lazy("网址"), max_length=64, help_text=lazy("小写字母、数字和连字符，例如 home-fun"))
    summary = forms.CharField(label=lazy("一句话介绍"), max_length=150, required=False)


@console_page(Permission.CATALOG_EDIT)
def pages(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them."""
    return _list(request, visitor)


def _list(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    context = {"pages": window.pages(visitor.shop.id), "error": error}
    return show(request, visitor, "window_pages", context, page=PAGE, status=error.http_status if error else 200)


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new page, offline."""
    return _form(request, visitor, None)


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, page_id: UUID) -> HttpResponse:
    """Another name or address; what is online is found there at once."""
    return _form(request, visitor, window.page(visitor.shop.id, page_id))


def _form(request: HttpRequest, visitor: Visitor, known: PageView | None) -> HttpResponse:
    start = {"title": known.title, "slug": known.slug, "summary": known.summary} if known else {}
    form = PageForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = form.cleaned_data
        try:
            page_id = write_page(
                shop_id=visitor.shop.id, page_id=known.id if known else None, slug=sent["slug"].strip(),
                title=sent["title"], summary=sent["summary"], actor=visitor.actor, now=utc_now(),
            )  # fmt: skip
            return done(request, _("已保存，下面排它的模块"), reverse("desk:window-page", args=[page_id]))
        except PageSlugTaken:
            form.add_error("slug", str(TAKEN))
        except InvalidBlock as refused:
            name = str(refused.data.get("field", ""))
            form.add_error(name if name in form.fields else None, str(TAKEN) if name == "slug" else refused.detail)
    context = {"title": known.title if known else _("新场景页"), "form": form}
    crumbs = [(_("场景页"), reverse(PAGE))]
    status = 422 if form.errors else 200
    return show(request, visitor, "window_page_edit", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, page_id: UUID) -> HttpResponse:
    """Offline, or away with all its blocks."""
    shop_id, actor, now = visitor.shop.id, visitor.actor, utc_now()
    try:
        if request.POST.get("to") == "remove":
            remove_page(shop_id=shop_id, page_id=page_id, actor=actor, now=now)
            return done(request, _("页面已删除"), reverse(PAGE))
        take_offline(shop_id=shop_id, page_id=page_id, actor=actor, now=now)
    except DomainError as error:
        return _list(request, visitor, error)
    return done(request, _("页面已下线，买家打不开了"), reverse(PAGE))
