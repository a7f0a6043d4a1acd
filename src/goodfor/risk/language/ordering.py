"""Is there a value where a value must be, and a sign where a sign must be? Brackets, depth. Pure.

Python's parser would find the same, but says where in its own way, in English, and after having nested as deep as the
text does.
"""

from collections.abc import Mapping
from typing import Final

from goodfor.risk.language import limits, scanning
from goodfor.risk.language.refusals import Source, Span
from goodfor.risk.language.scanning import Token

_CLOSES: Final[Mapping[str, str]] = {"(": ")", "[": "]"}
_OPENS: Final[Mapping[str, str]] = {")": "(", "]": "["}
_BETWEEN: Final = frozenset({"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "in"})
_OPERATORS: Final = frozenset({"and", "or", "not", "in"})


class _Order:
    """What the tokens so far leave to be said."""

    def __init__(self, source: Source) -> None:
        self.source = source
        #: Open brackets; whether commas may stand in them and they may be empty or end in a comma.
        self.open: list[tuple[Token, bool]] = []
        self.wants_value = True
        self.prefixes = 0
        self.last: Token | None = None

    def read(self, token: Token, following: Token | None) -> None:
        """One more token. Raises BadExpression."""
        operator = token.kind == scanning.SIGN or (token.text in _OPERATORS and token.kind == scanning.NAME)
        if not operator:
            self._value(token)
        elif token.text in _CLOSES:
            self._opening(token)
        elif token.text in _OPENS:
            self._closing(token)
        elif self.wants_value:
            self._prefix(token)
        else:
            self._between(token, following)
        self.last = token

    def end(self) -> None:
        """No more tokens. Raises BadExpression."""
        if self.open:
            bracket = self.open[-1][0]
            raise self.source.refusal("bracket_open", bracket.span, wrong=bracket.text, right=_CLOSES[bracket.text])
        if self.wants_value:
            size = len(self.source.text)
            raise self.source.refusal("value_missing", Span(size, size))

    def _value(self, token: Token) -> None:
        if not self.wants_value:
            raise self.source.refusal("operator_missing", token.span)
        self.wants_value, self.prefixes = False, 0

    def _opening(self, token: Token) -> None:
        call = not self.wants_value
        if call and (token.text == "[" or self.last is None or self.last.kind != scanning.NAME):
            raise self.source.refusal("subscript" if token.text == "[" else "operator_missing", token.span)
        self.open.append((token, call or token.text == "["))
        if len(self.open) > limits.MAX_DEPTH:
            raise self.source.too_deep(token.span)
        self.wants_value, self.prefixes = True, 0

    def _closing(self, token: Token) -> None:
        if not self.open:
            raise self.source.refusal("bracket_stray", token.span, wrong=token.text, right=_OPENS[token.text])
        bracket, several = self.open.pop()
        if _CLOSES[bracket.text] != token.text:
            raise self.source.refusal("bracket_wrong", token.span, right=_CLOSES[bracket.text])
        ended = self.last is not None and (self.last.text == "," or self.last is bracket)
        if self.wants_value and not (several and ended):
            raise self.source.refusal("value_missing", token.span)
        self.wants_value = False

    def _prefix(self, token: Token) -> None:
        if token.text not in ("not", "-"):
            raise self.source.refusal("value_missing", token.span)
        self.prefixes += 1
        if self.prefixes > limits.MAX_DEPTH:
            raise self.source.too_deep(token.span)

    def _between(self, token: Token, following: Token | None) -> None:
        if token.text == "not" and (following is None or following.text != "in"):
            raise self.source.refusal("operator_missing", token.span)
        if token.text == ",":
            if not self.open:
                raise self.source.refusal("comma", token.span)
        elif token.text != "not" and token.text not in _BETWEEN:
            raise self.source.refusal("operator_missing", token.span)
        #: `not in` is one sign: its second word follows as if nothing had been said.
        self.wants_value, self.prefixes = token.text != "not", 0


def check_order(source: Source, tokens: list[Token]) -> None:
    """Raises BadExpression at the first token that cannot stand where it stands."""
    order = _Order(source)
    for number, token in enumerate(tokens):
        order.read(token, tokens[number + 1] if number + 1 < len(tokens) else None)
    order.end()
