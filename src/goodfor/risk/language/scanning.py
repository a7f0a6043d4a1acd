"""Characters -> tokens: everything that the language does not have is refused here, before Python's parser. Pure."""

import keyword
import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from goodfor.risk.language import limits
from goodfor.risk.language.refusals import Source, Span

NAME: Final = "name"
NUMBER: Final = "number"
TEXT: Final = "text"
SIGN: Final = "sign"


class Token(NamedTuple):
    """One piece of text; `kind` is one of those above."""

    kind: str
    text: str
    span: Span


_BLANK: Final = " \t\r\n"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_AFTER_NUMBER: Final = re.compile(r"[A-Za-z0-9_.]+")
_ESCAPE: Final = re.compile(r"""\\(?:[\\"'nrt]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})""")
#: Longest first. Those with None are the language's own.
_SIGNS: Final[Mapping[str, str | None]] = {
    "===": "==", "!==": "!=", "**": "", "//": "", "<<": "", ">>": "", ":=": "==", "->": "", "&&": "and", "||": "or",
    "<>": "!=", "=>": ">=", "=<": "<=", "==": None, "!=": None, "<=": None, ">=": None, "<": None, ">": None,
    "+": None, "-": None, "*": None, "/": None, "(": None, ")": None, "[": None, "]": None, ",": None,
    "=": "==", "&": "and", "|": "or", "!": "not", "{": "[", "}": "]", "%": "", "^": "", "~": "", "@": "", ":": "",
    ";": "and", "`": '"', "$": "", "?": "", "\\": "",
}  # fmt: skip
#: What input methods put in the place of signs.
_WIDE: Final[Mapping[str, str]] = {
    "（": "(", "）": ")", "，": ",", "、": ",", "“": '"', "”": '"', "„": '"', "＂": '"', "「": '"', "」": '"',
    "‘": "'", "’": "'", "＇": "'", "＝": "==", "＞": ">", "＜": "<", "〉": ">", "〈": "<", "《": "<", "》": ">",
    "≥": ">=", "≧": ">=", "≤": "<=", "≦": "<=", "≠": "!=", "！": "not", "＋": "+", "－": "-", "−": "-",
    "–": "-", "—": "-", "×": "*", "＊": "*", "÷": "/", "／": "/", "［": "[", "］": "]", "【": "[", "】": "]",
    "〔": "[", "〕": "]", "｛": "[", "｝": "]", "。": ".", "．": ".", "；": "and", "：": "==", "＆": "and",
    "｜": "or", "∧": "and", "∨": "or", "¬": "not", "∈": "in",
}  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "not", "in", "True", "False"})
_NOTHING: Final = frozenset({"none", "null", "nil", "nan", "undefined"})
_INSTEAD: Final[Mapping[str, str]] = {"is": "==", "AND": "and", "OR": "or", "NOT": "not", "IN": "in", "TRUE": "true",
                                      "FALSE": "false", "And": "and", "Or": "or", "Not": "not", "In": "in"}  # fmt: skip


def invisible(character: str) -> bool:
    """Nothing to see, or something that turns what is seen around."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def escaped(character: str) -> str:
    """How it is written inside of quotes."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def scan(source: Source) -> list[Token]:
    """All tokens, in order. Raises BadExpression."""
    text = source.text
    if len(text) > limits.MAX_CHARACTERS:
        span = Span(limits.MAX_CHARACTERS, len(text))
        raise source.refusal("too_long", span, count=len(text), most=limits.MAX_CHARACTERS)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
            continue
        token = _token(source, at)
        found.append(token)
        at = token.span.end
    if not found:
        raise source.refusal("empty", Span(0, len(text)))
    return found


def _token(source: Source, at: int) -> Token:
    text = source.text
    character = text[at]
    if character in "\"'":
        return _quoted(source, at)
    if match := _NAME.match(text, at):
        return _named(source, Token(NAME, match[0], Span(at, match.end())))
    if match := _NUMBER.match(text, at):
        return _numbered(source, Token(NUMBER, match[0], Span(at, match.end())))
    for length in (3, 2, 1):
        sign = text[at : at + length]
        if sign in _SIGNS:
            return _signed(source, Token(SIGN, sign, Span(at, at + len(sign))))
    raise _stray(source, at)


def _named(source: Source, token: Token) -> Token:
    word, span = token.text, token.span
    if source.text[span.end : span.end + 1] in ('"', "'") and word not in ("and", "or", "not", "in"):
        raise source.refusal("text_prefix", span, wrong=source.cut(span))
    if word.lower() in _NOTHING:
        raise source.refusal("nothing", span)
    if word in _INSTEAD:
        raise source.refusal("instead", span, wrong=word, right=_INSTEAD[word])
    if keyword.iskeyword(word) and word not in _WORDS:
        raise source.refusal("word", span, wrong=word)
    return token


def _numbered(source: Source, token: Token) -> Token:
    word, span = token.text, token.span
    if after := _AFTER_NUMBER.match(source.text, span.end):
        whole = Span(span.start, after.end())
        raise source.refusal("number", whole, wrong=source.cut(whole))
    if len(word) > limits.MAX_DIGITS or (float(word) == 0 and word.lower().split("e")[0].strip("0.")):
        raise source.refusal("number_size", span)
    if len(word) > 1 and word[0] == "0" and word[1].isdigit():
        raise source.refusal("number", span, wrong=word)
    return token


def _signed(source: Source, token: Token) -> Token:
    right = _SIGNS[token.text]
    if right is None:
        return token
    if right:
        raise source.refusal("instead", token.span, wrong=token.text, right=right)
    raise source.refusal("sign", token.span, wrong=token.text)


def _stray(source: Source, at: int) -> Exception:
    character = source.text[at]
    span = Span(at, at + 1)
    if character == ".":
        return source.refusal("dot", span)
    if character == "#":
        return source.refusal("comment", Span(at, len(source.text)))
    if character in _WIDE:
        return source.refusal("full_width", span, wrong=character, right=_WIDE[character])
    if character.isspace():
        return source.refusal("full_width", span, wrong=f"U+{ord(character):04X}", right='" "')
    if invisible(character):
        return source.refusal("invisible", span, code=f"{ord(character):04X}", escape=escaped(character))
    plain = unicodedata.normalize("NFKC", character)
    if plain.isascii():
        return source.refusal("full_width", span, wrong=character, right=plain)
    return source.refusal("letter", span, wrong=character)


def _quoted(source: Source, start: int) -> Token:
    text = source.text
    quote = text[start]
    if text.startswith(quote * 3, start):
        raise source.refusal("text_triple", Span(start, start + 3))
    at = start + 1
    while at < len(text) and text[at] not in "\r\n":
        character = text[at]
        if character == quote:
            return Token(TEXT, text[start : at + 1], Span(start, at + 1))
        if character == "\\":
            match = _ESCAPE.match(text, at)
            if match is None:
                raise source.refusal("text_escape", Span(at, at + 2), wrong=text[at : at + 2].strip())
            at = match.end()
            continue
        if invisible(character):
            span = Span(at, at + 1)
            raise source.refusal("invisible", span, code=f"{ord(character):04X}", escape=escaped(character))
        at += 1
    raise source.refusal("text_open", Span(start, at), right=quote)
