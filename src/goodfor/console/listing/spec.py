"""What a list is, described as data. A page describes its list once; the engine does the rest the same way everywhere.

LISTING = Listing(key="orders", title=_("订单"), permission=..., columns=(...), source=Source())
urlpatterns += listing_urls("orders/", LISTING)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.utils.safestring import SafeString

from goodfor.console.columns import Text
from goodfor.console.types import Visitor

SIZES: Final = (20, 50, 100, 200)
ALL_TAB: Final = "all"
Row = Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `value` gives what is exported and compared; `show` what the page shows, if that is more.

    `kind`: text, code (monospaced), number, money (a Money), time (an aware datetime) or badge (a (words, tone) pair).
    `show` gives escaped HTML (format_html) in its place: long pages are drawn without a template for each cell.
    `permission`: who may see it at all. `first` and `last` columns stay while the others scroll, and are always shown.
    `file_only`: a column of files that the page shows within another, as a key beside its words; always written.
    """

    key: str
    label: Text
    value: Callable[[Row], Any]
    kind: str = "text"
    show: Callable[[Row], SafeString] | None = None
    sort: str = ""
    default: bool = True
    first: bool = False
    last: bool = False
    exported: bool = True
    file_only: bool = False
    permission: str = ""

    @property
    def fixed(self) -> bool:
        """True where it cannot be hidden."""
        return self.first or self.last


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of the query form. `kind`: text, choice, number (whole), days (from and until) or money (least and
    most).

    `choices` are (value, words), asked per visitor; or `groups` of them: (words, choices). `folded` ones stand under
    "more".
    """

    key: str
    label: Text
    kind: str = "text"
    choices: Callable[[Visitor], Sequence[tuple[str, Text]]] | None = None
    groups: Callable[[Visitor], Sequence[tuple[Text, Sequence[tuple[str, Text]]]]] | None = None
    folded: bool = False
    permission: str = ""
    hint: Text = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its parameters in the address."""
        return (f"{self.key}_from", f"{self.key}_until") if self.kind in ("days", "money") else (self.key,)

    def offered(self, visitor: Visitor) -> dict[str, Text]:
        """Every value that can be chosen, with its words."""
        plain = self.choices(visitor) if self.choices else ()
        grouped = self.groups(visitor) if self.groups else ()
        return dict(plain) | {value: words for _title, some in grouped for value, words in some}


@dataclass(frozen=True, slots=True)
class Tab:
    """A state that one can look at alone. `parts`: the source's names for what is counted under it; none: all."""

    key: str
    label: Text
    parts: tuple[str, ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ActField:
    """A value that an act asks for: a choice where there are `choices`, else a text."""

    key: str
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class ActForm:
    """The values of an act, shown with what they do to the first rows before they are confirmed.

    `read` gives them as plain JSON values and raises InvalidInput, in words, where they cannot be. `preview` says of a
    row what it has now, what it will have, and what is wrong with that, in words; empty: nothing.
    """

    fields: tuple[ActField, ...]
    read: Callable[[Mapping[str, str], Visitor], dict[str, Any]]
    preview: Callable[[Row, Mapping[str, Any]], tuple[Any, Any, Text]]


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done with many rows at once.

    `run(context, id)` does one and raises DomainError where it cannot; doing it twice changes nothing more.
    `asks`: a text that the person must give (a reason). `form`: values that it needs, previewed. `dangerous` asks for a
    fresh proof of who one is. `remarks` are lines to know before it is confirmed; `sums` are lines about all the rows
    together, by the values of the form.
    """

    key: str
    label: Text
    confirm: Text
    permission: str
    run: Callable[["ActContext", UUID], None]
    asks: Text = ""
    dangerous: bool = False
    remarks: Callable[[Visitor, datetime], Sequence[str]] | None = None
    form: ActForm | None = None
    sums: Callable[[Visitor, Sequence[UUID], Mapping[str, Any]], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class ActContext:
    """For whom an act is done, and with what values of its form."""

    shop_id: UUID
    actor: str
    note: str
    now: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as the address asks for it: everything is checked, nothing is trusted."""

    shop_id: UUID
    timezone: str
    currency: str
    tab: str = ALL_TAB
    values: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    problems: tuple[tuple[str, Text], ...] = ()

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size


class Source(Protocol):
    """Where rows come from; all of it within one shop."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[Row]:
        """A page of rows."""
        ...

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        """How many rows under each part, up to the source's limit; None where that is too much to count."""
        ...

    def walk(self, asked: Asked) -> Iterator[Sequence[Row]]:
        """All rows, a few hundred at a time."""
        ...

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        """The ids of all rows, at most `limit`."""
        ...

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[Row]:
        """These rows, without those of other shops."""
        ...


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: see the module's example. `row_id` and `row_name` say which row it is, to the machine and to people.

    `detail`: the row's fold-out, as (words, text or escaped HTML). `count_limit`: where the source stops to count.
    `create`: (address by name, words, permission) of the page that makes a new one. `above`: what stands between the
    title and the tabs.
    """

    key: str
    page: str
    title: Text
    permission: str
    columns: tuple[Column, ...]
    source: Source
    row_id: Callable[[Row], UUID]
    row_name: Callable[[Row], str]
    filters: tuple[Filter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    sorts: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    detail: Callable[[Row], Sequence[tuple[Text, Any]]] | None = None
    note: Text = ""
    count_limit: int = 10_000
    export_permission: str | None = None
    create: tuple[str, Text, str] | None = None
    above: Callable[[Visitor], SafeString] | None = None

    def columns_for(self, visitor: Visitor) -> tuple[Column, ...]:
        """The columns that the visitor may see."""
        return tuple(column for column in self.columns if visitor.may(column.permission))

    def filters_for(self, visitor: Visitor) -> tuple[Filter, ...]:
        """The filters that the visitor may use."""
        return tuple(entry for entry in self.filters if visitor.may(entry.permission))

    def acts_for(self, visitor: Visitor) -> tuple[Act, ...]:
        """What the visitor may do with many rows."""
        return tuple(act for act in self.acts if visitor.may(act.permission))

    def act(self, key: str) -> Act | None:
        """The act of that name."""
        return next((act for act in self.acts if act.key == key), None)

    def tab(self, key: str) -> Tab | None:
        """The tab of that name."""
        return next((tab for tab in self.tabs if tab.key == key), None)


#: All lists by their key: exports and batches are run by name. Filled by listing_urls.
REGISTRY: dict[str, Listing] = {}
