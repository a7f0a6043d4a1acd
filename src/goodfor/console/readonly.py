"""The one kind of list the console has now: to look at, never to write, of the session's shop only."""
# ruff: noqa: ARG002  (signatures are those of Django's admin)

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from django.contrib.admin import AdminSite, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from goodfor.console.access import allowed, staff_of
from goodfor.console.columns import Column, Text, on_detail


class _Named:
    """A model's options under the console's own name: other rooms' models stay as they are."""

    def __init__(self, options: Any, name: Text) -> None:
        self._options = options
        self.verbose_name = self.verbose_name_plural = name
        self.app_config = SimpleNamespace(verbose_name=name)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._options, attribute)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """A list and a detail page made of `columns` and `detail` only: what is not named there is not shown.

    `permission` is asked of the role on each request; without one everything is refused.
    """

    name: ClassVar[Text] = ""
    permission: ClassVar[str] = ""
    icon: ClassVar[str] = "list"
    columns: ClassVar[Sequence[Column]] = ()
    detail: ClassVar[Sequence[Column]] = ()

    actions = None
    ordering: ClassVar[Sequence[str]] = ("-id",)
    list_per_page = 50
    list_max_show_all = 0
    list_fullwidth = True
    list_filter_sheet = False
    show_full_result_count = False
    # Counting a shop's orders or postings reads them all; the next page does not need it.
    paginator = InfinitePaginator
    view_on_site = False

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        self.opts = _Named(model._meta, self.name)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the shop that the person works in; none for anybody else."""
        staff = staff_of(request)
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(shop_id=staff.shop_id) if staff else rows.none()

    def get_list_display(self, request: HttpRequest) -> list[Column]:
        """The allow-list of the list."""
        return list(self.columns)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Column]:
        """The allow-list of the detail page."""
        return [on_detail(column) for column in self.detail or self.columns]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Column]:
        """All of it."""
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters offered: Django would take any column, which answers questions about hashes."""
        offered = {
            entry.parameter_name
            for entry in self.list_filter
            if isinstance(entry, type) and issubclass(entry, SimpleListFilter)
        }
        return lookup in offered

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for seeing."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What the role says, and only for rows of the session's shop."""
        if not self.permission or not allowed(request, self.permission):
            return False
        staff = staff_of(request)
        return obj is None or (staff is not None and getattr(obj, "shop_id", None) == staff.shop_id)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Never, whoever asks: writes are operations of the rooms that own the tables."""
        raise PermissionDenied

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Never."""
        raise PermissionDenied

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Never."""
        raise PermissionDenied

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Never."""
        raise PermissionDenied

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under the console's own name."""
        named = {"title": self.name, "opts": self.opts, **(extra_context or {})}
        answer: HttpResponse = super().changelist_view(request, named)
        return answer

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Another shop's row and no row are the same answer.
        raise Http404
