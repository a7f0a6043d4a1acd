"""Liquid, bounded: a short list of tags and filters, no files, no ranges, limits on size, loops and nesting.

What was measured before this list was made: a range counted backwards or from an offset fills memory or runs for a
minute, `replace` and `times` grow without bound, and a text of nothing but opening braces takes the lexer minutes.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from liquid import Environment
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.template import BoundTemplate

from goodfor.notify.rendering.variables import check_variables

MAX_SOURCE: Final = 16_384
MAX_OUTPUT: Final = 65_536
MAX_MARKS: Final = 400

TAGS: Final = frozenset(
    {
        "assign",
        "break",
        "capture",
        "case",
        "comment",
        "content",
        "continue",
        "echo",
        "for",
        "if",
        "illegal",
        "output",
        "unless",
        "#",
    }
)
FILTERS: Final = frozenset(
    {
        "append",
        "capitalize",
        "default",
        "downcase",
        "escape",
        "first",
        "join",
        "last",
        "minus",
        "plus",
        "prepend",
        "size",
        "slice",
        "strip",
        "truncate",
        "upcase",
        "url_encode",
    }
)
_MARK = re.compile(r"\{\{|\{%|\}\}|%\}")
_CLOSES: Final = {"{{": "}}", "{%": "%}"}


class TemplateProblem(Exception):
    """What is wrong with a template: a stable `reason` and the name or tag it is about."""

    def __init__(self, reason: str, name: str = "") -> None:
        self.reason = reason
        self.name = name[:120]
        super().__init__(f"{reason} {self.name}".strip())


class _Bounded(Environment):
    block_nesting_limit = 8
    context_depth_limit = 8
    loop_iteration_limit = 2_000
    local_namespace_limit = MAX_OUTPUT
    output_stream_limit = MAX_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Only what is on the lists."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: function for name, function in self.filters.items() if name in FILTERS}


_HTML: Final = _Bounded(autoescape=True)
_TEXT: Final = _Bounded(autoescape=False)


def check(source: str, variables: Mapping[str, Any]) -> None:
    """Raise TemplateProblem unless the source is bounded Liquid that names nothing but `variables`."""
    template = _parsed(source, False)
    found = template.analyze(include_partials=False)
    for name in found.tags:
        if name not in TAGS:
            raise TemplateProblem("tag_not_allowed", name)
    for name in found.filters:
        if name not in FILTERS:
            raise TemplateProblem("filter_not_allowed", name)
    wrong = check_variables(template, variables)
    if wrong is not None:
        raise TemplateProblem(*wrong)


def render(source: str, values: Mapping[str, Any], variables: Mapping[str, Any], *, html: bool = False) -> str:
    """The text. Values are escaped for HTML when asked. Raises TemplateProblem, never anything of Liquid's own."""
    check(source, variables)
    try:
        return _parsed(source, html).render(**values)
    except ResourceLimitError:
        raise TemplateProblem("too_much_work") from None
    except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise TemplateProblem("cannot_render", type(error).__name__) from None


@lru_cache(maxsize=512)
def _parsed(source: str, html: bool) -> BoundTemplate:
    _scan(source)
    try:
        return (_HTML if html else _TEXT).from_string(source)
    except LiquidError as error:
        raise TemplateProblem("syntax", str(error).split("\n")[0]) from None
    except RecursionError:
        raise TemplateProblem("too_much_work") from None


def _scan(source: str) -> None:
    """One pass before the real lexer, which is slow on marks that are opened and never closed."""
    if len(source) > MAX_SOURCE:
        raise TemplateProblem("too_long", str(MAX_SOURCE))
    if "\0" in source:
        raise TemplateProblem("syntax", "NUL")
    expected, count = "", 0
    for match in _MARK.finditer(source):
        mark = match.group()
        count += 1
        if expected:
            if mark in _CLOSES:
                raise TemplateProblem("syntax", source[match.start() : match.start() + 40])
            expected = "" if mark == expected else expected
        elif mark in _CLOSES:
            expected = _CLOSES[mark]
    if expected:
        raise TemplateProblem("syntax", expected)
    if count > 2 * MAX_MARKS:
        raise TemplateProblem("too_long", f"{MAX_MARKS} marks")
