"""Patterns that suppliers send, matched in time that grows with the text only: no backtracking. Pure.

A plain subset: characters, `.`, classes, groups, `|`, `* + ? {m,n}`, `^` and `$`. What looks around or back is not
understood (`Unfit`), and then not checked: the supplier does that itself. Digits and words are ASCII, as in browsers.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

MAX_PATTERN: Final = 300
MAX_TEXT: Final = 512
MAX_NODES: Final = 600
MAX_DEPTH: Final = 20
MAX_COUNT: Final = 255
_FOREVER: Final = -1

Ranges = tuple[tuple[int, int], ...]
_DIGIT: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = ((9, 13), (32, 32), (0xA0, 0xA0), (0x2028, 0x2029), (0x3000, 0x3000), (0xFEFF, 0xFEFF))
_SETS: Final[dict[str, Ranges]] = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS: Final = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11}


class Unfit(Exception):
    """A pattern that is not understood, or too large."""


@dataclass(frozen=True, slots=True)
class _One:
    """One character out of ranges, or not out of them."""

    ranges: Ranges
    other: bool = False

    def takes(self, point: int) -> bool:
        return any(low <= point <= high for low, high in self.ranges) != self.other


@dataclass(frozen=True, slots=True)
class _Edge:
    """The beginning or the end of the text."""

    end: bool


@dataclass(frozen=True, slots=True)
class _All:
    """One after the other."""

    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Any:
    """One of them."""

    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Times:
    """So often; `most` _FOREVER: without end."""

    part: "_Part"
    least: int
    most: int


_Part = _One | _Edge | _All | _Any | _Times
_DOT: Final = _One(((10, 10), (13, 13), (0x2028, 0x2029)), other=True)


def fits(pattern: str, text: str) -> bool:
    """Whether the text has what the pattern says, anywhere, as `search` does. Raises Unfit."""
    return len(text) <= MAX_TEXT and _machine(pattern).runs(text)


@lru_cache(maxsize=256)
def _machine(pattern: str) -> "_Machine":
    if len(pattern) > MAX_PATTERN:
        raise Unfit
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        pattern = pattern[1:-1]
    return _Machine(_Reader(pattern).whole())


class _Reader:
    """A pattern as a tree."""

    def __init__(self, pattern: str) -> None:
        self._text, self._at, self._depth = pattern, 0, 0

    def whole(self) -> _Part:
        found = self._either()
        if self._at < len(self._text):
            raise Unfit
        return found

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _next(self) -> str:
        found = self._peek()
        if not found:
            raise Unfit
        self._at += 1
        return found

    def _take(self, what: str) -> bool:
        if not self._text.startswith(what, self._at):
            return False
        self._at += len(what)
        return True

    def _either(self) -> _Part:
        branches = [self._row()]
        while self._take("|"):
            branches.append(self._row())
        return branches[0] if len(branches) == 1 else _Any(tuple(branches))

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._counted(self._atom()))
        return _All(tuple(parts))

    def _counted(self, part: _Part) -> _Part:
        counts = self._count()
        if counts is None:
            return part
        if isinstance(part, _Edge):
            raise Unfit
        # Lazy is the same where only yes or no is asked for.
        self._take("?")
        if self._peek() in ("*", "+"):
            raise Unfit
        return _Times(part, *counts)

    def _count(self) -> tuple[int, int] | None:
        if self._take("*"):
            return 0, _FOREVER
        if self._take("+"):
            return 1, _FOREVER
        if self._take("?"):
            return 0, 1
        return self._braces() if self._take("{") else None

    def _braces(self) -> tuple[int, int]:
        end = self._text.find("}", self._at)
        if end < 0:
            raise Unfit
        low, comma, high = self._text[self._at : end].partition(",")
        self._at = end + 1
        if not _is_count(low) or (high and not _is_count(high)):
            raise Unfit
        least = int(low)
        most = int(high) if high else (_FOREVER if comma else least)
        if max(least, most) > MAX_COUNT or 0 <= most < least:
            raise Unfit
        return least, most

    def _atom(self) -> _Part:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char in "^$":
            return _Edge(char == "$")
        if char == ".":
            return _DOT
        if char == "\\":
            found = self._escape()
            return _One(found) if isinstance(found, tuple) else found
        if char in "*+?{}]":
            raise Unfit
        return _One(((ord(char), ord(char)),))

    def _group(self) -> _Part:
        if self._take("?") and not self._take(":"):
            raise Unfit
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unfit
        found = self._either()
        if not self._take(")"):
            raise Unfit
        self._depth -= 1
        return found

    def _class(self) -> _One:
        other, ranges = self._take("^"), list[tuple[int, int]]()
        while not self._take("]"):
            low = self._member()
            if len(low) == 1 and low[0][0] == low[0][1] and self._peek() == "-" and self._after() != "]":
                self._next()
                high = self._member()
                if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    raise Unfit
                low = ((low[0][0], high[0][0]),)
            ranges.extend(low)
        if not ranges:
            raise Unfit
        return _One(tuple(ranges), other)

    def _after(self) -> str:
        return self._text[self._at + 1 : self._at + 2]

    def _member(self) -> Ranges:
        char = self._next()
        if char != "\\":
            return ((ord(char), ord(char)),)
        found = self._escape()
        return found if isinstance(found, tuple) else _turned(found.ranges)

    def _escape(self) -> Ranges | _One:
        char = self._next()
        if char.lower() in _SETS:
            ranges = _SETS[char.lower()]
            return ranges if char.islower() else _One(ranges, other=True)
        if char in "xu":
            digits = self._text[self._at : self._at + (2 if char == "x" else 4)]
            if len(digits) != (2 if char == "x" else 4) or not all(one in "0123456789abcdefABCDEF" for one in digits):
                raise Unfit
            self._at += len(digits)
            return ((int(digits, 16), int(digits, 16)),)
        point = _CONTROLS.get(char, ord(char))
        if char not in _CONTROLS and char.isascii() and char.isalnum():
            raise Unfit
        return ((point, point),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _turned(ranges: Ranges) -> Ranges:
    found, at = list[tuple[int, int]](), 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = high + 1
    return (*found, (at, 0x10FFFF))


@dataclass(slots=True)
class _Machine:
    """All ways through a pattern at once: nodes, each with what it wants and where it leads."""

    tree: _Part
    start: int = 0
    _wants: list[_One | _Edge | None] = field(default_factory=list)
    _leads: list[list[int]] = field(default_factory=list)
    _steps: int = 0

    def __post_init__(self) -> None:
        end = self._node(None, [])
        self.start = self._build(self.tree, end)

    def _node(self, wants: _One | _Edge | None, leads: list[int]) -> int:
        if len(self._wants) >= MAX_NODES:
            raise Unfit
        self._wants.append(wants)
        self._leads.append(leads)
        return len(self._wants) - 1

    def _build(self, part: _Part, then: int) -> int:
        # Empty groups make no node, but repeat as well.
        self._steps += 1
        if self._steps > 10 * MAX_NODES:
            raise Unfit
        if isinstance(part, _One | _Edge):
            return self._node(part, [then])
        if isinstance(part, _All):
            for one in reversed(part.parts):
                then = self._build(one, then)
            return then
        if isinstance(part, _Any):
            return self._node(None, [self._build(one, then) for one in part.parts])
        return self._repeat(part, then)

    def _repeat(self, times: _Times, then: int) -> int:
        if times.most == _FOREVER:
            loop = self._node(None, [then])
            self._leads[loop].append(self._build(times.part, loop))
            then = loop
        else:
            out = then
            for _ in range(times.most - times.least):
                then = self._node(None, [self._build(times.part, then), out])
        for _ in range(times.least):
            then = self._build(times.part, then)
        return then

    def runs(self, text: str) -> bool:
        """Whether some way leads to the end (node 0)."""
        now = set[int]()
        for at in range(len(text) + 1):
            here = self._reached({*now, self.start}, at == 0, at == len(text))
            if 0 in here:
                return True
            if at == len(text):
                return False
            point, now = ord(text[at]), set()
            for node in here:
                wants = self._wants[node]
                if isinstance(wants, _One) and wants.takes(point):
                    now.update(self._leads[node])
        return False

    def _reached(self, nodes: set[int], first: bool, last: bool) -> set[int]:
        """With everything that can be had without a character."""
        todo, found = list(nodes), set(nodes)
        while todo:
            node = todo.pop()
            wants = self._wants[node]
            if isinstance(wants, _One) or (isinstance(wants, _Edge) and not (last if wants.end else first)):
                continue
            for lead in self._leads[node]:
                if lead not in found:
                    found.add(lead)
                    todo.append(lead)
        return found
