"""Readers of JSON values that know where they are: each refuses with the field's whole name."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.promotions.spec_errors import InvalidSpec
from goodfor.promotions.spec_words import place

Read = TypeVar("Read")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_YEARS: Final = range(2000, 2200)


def refuse(path: Sequence[str | int], why: str) -> NoReturn:
    """Raise InvalidSpec for the field at `path`."""
    field = str(path[0]) if path else ""
    where = place(path)
    raise InvalidSpec(
        _("%(field)s：%(why)s") % {"field": where, "why": why} if where else why,
        field=field,
        path=".".join(map(str, path)),
    )


@dataclass(frozen=True, slots=True)
class At:
    """A value of JSON and where it stands."""

    value: Any
    path: tuple[str | int, ...] = ()

    def fail(self, why: str) -> NoReturn:
        """Refuse it."""
        refuse(self.path, why)

    def fields(self, needed: Collection[str], others: Collection[str] = ()) -> "dict[str, At]":
        """The members of an object: all that are needed, and nothing unknown."""
        if not isinstance(self.value, dict):
            self.fail(_("格式有误"))
        for name in self.value:
            if name not in needed and name not in others:
                At(None, (*self.path, str(name)[:40])).fail(_("没有这一项"))
        for name in needed:
            if name not in self.value:
                At(None, (*self.path, name)).fail(_("必须填写"))
        return {name: At(value, (*self.path, name)) for name, value in self.value.items()}

    def items(self, most: int, least: int = 0) -> "list[At]":
        """The items of a list of bounded length."""
        if not isinstance(self.value, list):
            self.fail(_("格式有误"))
        if len(self.value) > most:
            self.fail(_("最多 %(most)d 项") % {"most": most})
        if len(self.value) < least:
            self.fail(_("至少 %(least)d 项") % {"least": least})
        return [At(value, (*self.path, number)) for number, value in enumerate(self.value)]

    def whole(self, least: int, most: int) -> int:
        """A whole number between, both included. A truth is none."""
        if type(self.value) is not int or not least <= self.value <= most:
            self.fail(_("必须是 %(least)d 到 %(most)d 的整数") % {"least": least, "most": most})
        return int(self.value)

    def truth(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.fail(_("必须是“是”或“否”"))
        return bool(self.value)

    def text(self, most: int, shape: "re.Pattern[str] | None" = None) -> str:
        """A text of one line, perhaps of a shape."""
        if not isinstance(self.value, str) or _UNSEEN.search(self.value):
            self.fail(_("格式有误"))
        if len(self.value) > most:
            self.fail(_("最多 %(most)d 个字") % {"most": most})
        if shape is not None and not shape.fullmatch(self.value):
            self.fail(_("格式有误"))
        return str(self.value)

    def one_of(self, known: Collection[str]) -> str:
        """One of some words."""
        if not isinstance(self.value, str) or self.value not in known:
            self.fail(_("只能是以下之一：%(known)s") % {"known": ", ".join(known)})
        return str(self.value)

    def name(self) -> UUID:
        """The id of something, as text."""
        try:
            return UUID(self.value) if isinstance(self.value, str) and len(self.value) == 36 else self._no_id()
        except ValueError:
            self._no_id()

    def _no_id(self) -> NoReturn:
        self.fail(_("编号有误"))

    def moment(self) -> datetime:
        """A moment with its zone, as ISO 8601."""
        try:
            found = datetime.fromisoformat(self.value) if isinstance(self.value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or found.year not in _YEARS:
            self.fail(_("时间格式有误"))
        return found

    def maybe(self, read: "Callable[[At], Read]") -> Read | None:
        """None where it is null."""
        return None if self.value is None else read(self)


def given(fields: Mapping[str, At], readers: Mapping[str, Callable[[At], Any]]) -> dict[str, Any]:
    """Those of the fields that are there, read."""
    return {name: read(fields[name]) for name, read in readers.items() if name in fields}
