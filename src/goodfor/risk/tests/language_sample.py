"""A small catalogue, and expressions and snapshots made up by hypothesis, for the tests of the language."""

import math
from typing import Any

from hypothesis import strategies as st

from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature, catalogue
from goodfor.risk.language import Expression, parse

NUMBERS = ("orders", "amount", "score", "hours")
TEXTS = ("mail", "agent", "province")
TRUTHS = ("vpn", "guest", "fresh")
FEATURES = catalogue(
    [Feature(name, NUMBER, f"数 {name}") for name in NUMBERS],
    [Feature(name, TEXT, f"文 {name}") for name in TEXTS],
    [Feature(name, TRUTH, f"真 {name}") for name in TRUTHS],
)
LISTED = ("lists.watched.device", "lists.bad-mails.mail")


def read(text: str) -> Expression:
    """Over the small catalogue."""
    return parse(text, FEATURES)


# -- expressions ------------------------------------------------------------------------------------

_LITERALS = (
    "0",
    "1",
    "2",
    "3",
    "0.5",
    "0.1",
    "100",
    "1e19",
    "1e-19",
    "9007199254740992",
    "9007199254740993.0",
    "-1",
    "-0.0",
)
_QUOTED = ('""', '"a"', '"A"', '"curl"', '"广东"', '"qq.com"', '"%s \\\\ \\"x\\" \'y\'"', '"é😀"', '"{}"', '"\\u202e"')
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")


@st.composite
def numbers(draw: Any, depth: int = 3) -> str:
    """Text of a number."""
    kind = draw(st.integers(0, 9 if depth else 3))
    if kind <= 2:
        return draw(st.sampled_from(NUMBERS))
    if kind == 3:
        return draw(st.sampled_from(_LITERALS))
    part = numbers(depth - 1)
    if kind <= 6:
        return f"({draw(part)} {draw(st.sampled_from('+-*/'))} {draw(part)})"
    if kind == 7:
        return f"-{draw(part)}"
    if kind == 8:
        name = draw(st.sampled_from(("min", "max", "either")))
        count = 2 if name == "either" else draw(st.integers(2, 4))
        return f"{name}({', '.join(draw(part) for _ in range(count))})"
    return draw(st.sampled_from((f"abs({draw(part)})", f"length({draw(texts(depth - 1))})")))


@st.composite
def texts(draw: Any, depth: int = 2) -> str:
    """Text of a text."""
    kind = draw(st.integers(0, 4 if depth > 0 else 2))
    if kind <= 1:
        return draw(st.sampled_from(TEXTS))
    if kind == 2:
        return draw(st.sampled_from(_QUOTED))
    if kind == 3:
        return f"lower({draw(texts(depth - 1))})"
    return f"either({draw(texts(depth - 1))}, {draw(texts(depth - 1))})"


@st.composite
def conditions(draw: Any, depth: int = 3) -> str:
    """Text of a truth."""
    kind = draw(st.integers(0, 15 if depth else 10))
    if kind == 0:
        return draw(st.sampled_from((*TRUTHS, "true", "false")))
    if kind == 1:
        return draw(st.sampled_from(('in_list("watched", device)', 'in_list("bad-mails", mail)')))
    if kind <= 4:
        chain = "".join(
            f" {draw(st.sampled_from(_COMPARED))} {draw(numbers(2))}" for _ in range(draw(st.integers(1, 2)))
        )
        return f"({draw(numbers(2))}{chain})"
    if kind == 5:
        return f"({draw(texts())} {draw(st.sampled_from(('==', '!=')))} {draw(texts())})"
    sign = draw(st.sampled_from(("in", "not in")))
    if kind == 6:
        return (
            f"({draw(texts())} {sign} [{', '.join(draw(st.lists(st.sampled_from(_QUOTED), min_size=1, max_size=4)))}])"
        )
    if kind == 7:
        items = draw(st.lists(st.sampled_from(_LITERALS), min_size=1, max_size=4))
        return f"({draw(numbers(2))} {sign} [{', '.join(items)}])"
    if kind == 8:
        name = draw(st.sampled_from(("contains", "starts_with", "ends_with")))
        return f"{name}({draw(texts())}, {draw(texts(1))})"
    if kind == 9:
        return f"between({draw(numbers(1))}, {draw(numbers(1))}, {draw(numbers(1))})"
    if kind == 10:
        return f"known({draw(st.one_of(numbers(1), texts(1), st.sampled_from(TRUTHS)))})"
    part = conditions(depth - 1)
    if kind <= 13:
        word = draw(st.sampled_from((" and ", " or ")))
        return f"({word.join(draw(part) for _ in range(draw(st.integers(2, 3))))})"
    if kind == 14:
        return f"(not {draw(part)})"
    pattern = draw(st.sampled_from(("({} == {})", "({} != {})", "either({}, {})", "known({} and {})")))
    return str(pattern.format(draw(part), draw(part)))


# -- snapshots --------------------------------------------------------------------------------------

_NUMBERS = st.one_of(
    st.integers(-3, 5),
    st.integers(-(2**70), 2**70),
    st.floats(-4, 4),
    st.floats(),
    st.sampled_from(
        (0.0, -0.0, 1e19, 1e20, -1e20, 10**20, 10**20 - 1, 1e-20, 1.1e-20, 9e-21, 5e-324, 2.2e-308, 1.7e308, 10**400,
         2**53 + 1, 2**53 - 1, 0.1, 0.3, 1e15, 10**15, -(10**15), 10**15 + 1, math.nan, math.inf, -math.inf)
    ),
)  # fmt: skip
_TEXTS = st.one_of(
    st.sampled_from(
        ("", "a", "A", "curl", "CURL/8", "广东", "x@qq.com", "İI", "ÀÉ", "5", "true", "é😀", "{}", "ß", "\u202e")
    ),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6),
)
_TRUTHS = st.booleans()
_ANY = st.one_of(_NUMBERS, _TEXTS, _TRUTHS, st.none())


def _snapshot_of(kinds: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    # Of ten values eight are as the catalogue says, one is not known, one is anything.
    each = {name: st.one_of(*[kind] * 8, st.none(), _ANY) for name, kind in kinds.items()}
    return st.fixed_dictionaries({}, optional=each)


SNAPSHOTS = _snapshot_of(
    dict.fromkeys(NUMBERS, _NUMBERS) | dict.fromkeys(TEXTS, _TEXTS) | dict.fromkeys((*TRUTHS, *LISTED), _TRUTHS)
)


def stored(snapshot: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: what it cannot hold is not known."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in snapshot.items()
    }
