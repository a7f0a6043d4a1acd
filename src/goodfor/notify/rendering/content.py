"""A message, rendered: what a channel's adapter is given, and what is sealed until it is sent."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from mjml import mjml2html

from goodfor.notify.addresses import EMAIL
from goodfor.notify.rendering.defaults import email_layout
from goodfor.notify.rendering.liquid import MAX_SOURCE, TemplateProblem, check, render
from goodfor.notify.types import Draft

MAX_SUBJECT: Final = 150
MAX_PARAMS: Final = 20
_BODY_MARK: Final = "<!--body-->"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
#: Mail programs drop these anyway; refused so that a preview never has them, and so that no file is read.
_REFUSED_MARKUP = re.compile(r"<\s*(mj-include|script|iframe|object|embed|form|mj-raw)\b", re.IGNORECASE)
_PARAM_NAME = re.compile(r"[A-Za-z0-9_.]{1,32}")
_VENDOR_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{0,64}")


@dataclass(frozen=True, slots=True)
class Content:
    """What is said. Texts only; `html` for e-mail. Never logged."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    link: str = field(default="", repr=False)
    vendor_template: str = ""

    def packed(self) -> bytes:
        """As bytes, to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Content":
        """Back from `packed`."""
        stored = json.loads(packed)
        stored["params"] = tuple((name, value) for name, value in stored["params"])
        return cls(**stored)


def one_line(text: str) -> str:
    """Without line ends, control characters and marks that turn the direction of writing: fit for a header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def rendered(
    draft: Draft, channel: str, language: str, values: Mapping[str, Any], variables: Mapping[str, Any]
) -> Content:
    """The draft filled in. Raises TemplateProblem."""
    subject = one_line(render(draft.subject, values, variables))[:MAX_SUBJECT]
    params = tuple((name, one_line(render(source, values, variables))) for name, source in draft.params)
    link = one_line(render(draft.link, values, variables))
    if link.startswith("/") and not link.startswith("//"):
        link = f"{values['shop']['url'].rstrip('/')}{link}"
    if link and not link.startswith(("https://", "http://")):
        raise TemplateProblem("link_not_web", link)
    if channel != EMAIL:
        text = _tidy(render(draft.body, values, variables))
        return Content(subject, text, "", params, link, draft.vendor_template)
    source = email_layout(language).replace(_BODY_MARK, _marked_up(draft.body))
    inner = render(_marked_up(draft.body), values, variables, html=True)
    html = _to_html(render(source, values, variables, html=True))
    return Content(subject, _as_text(inner), html, params, link, draft.vendor_template)


def check_draft(
    draft: Draft, channel: str, language: str, sample: Mapping[str, Any], variables: Mapping[str, Any]
) -> None:
    """Raise TemplateProblem, its `part` set to the field, unless every part is bounded, known and renders."""
    parts = {"subject": draft.subject, "body": draft.body, "link": draft.link}
    parts |= {f"param {name}": source for name, source in draft.params}
    for part, source in parts.items():
        with _naming(part):
            check(source, variables)
            render(source, sample, variables)
    with _naming("params"):
        names = [name for name, _ in draft.params]
        if len(names) > MAX_PARAMS or len(set(names)) != len(names):
            raise TemplateProblem("params_not_distinct")
        for name in names:
            if not _PARAM_NAME.fullmatch(name):
                raise TemplateProblem("param_name", name)
    with _naming("vendor_template"):
        if not _VENDOR_TEMPLATE.fullmatch(draft.vendor_template):
            raise TemplateProblem("vendor_template")
    with _naming("body"):
        if channel == EMAIL and (found := _REFUSED_MARKUP.search(draft.body)):
            raise TemplateProblem("markup_not_allowed", found.group(1))
        if not draft.body.strip():
            raise TemplateProblem("empty")
        rendered(draft, channel, language, sample, variables)


class PartProblem(Exception):
    """A TemplateProblem and the part it is in."""

    def __init__(self, part: str, problem: TemplateProblem) -> None:
        self.part = part
        self.problem = problem
        super().__init__(f"{part}: {problem}")


class _naming:  # noqa: N801
    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, TemplateProblem):
            raise PartProblem(self._part, problem) from None


def _marked_up(body: str) -> str:
    """Words without any markup are a paragraph."""
    return body if "<mj-" in body else f"<mj-text>{body}</mj-text>"


def _to_html(mjml: str) -> str:
    if len(mjml) > 4 * MAX_SOURCE:
        raise TemplateProblem("too_long")
    try:
        return str(mjml2html(mjml, disable_comments=False, fonts={}))
    except ValueError as error:
        raise TemplateProblem("markup", str(error)) from None


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _as_text(markup: str) -> str:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _tidy("".join(reader.out))


class _Reader(HTMLParser):
    _BREAKS: Final = frozenset({"mj-text", "mj-button", "p", "br", "div", "tr", "li", "h1", "h2", "h3", "mj-divider"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "mj-button"):
            self._links.append(dict(attrs).get("href") or "")
        if tag == "br":
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "mj-button") and self._links and (link := self._links.pop()):
            self.out.append(f" {link}")
        if tag in self._BREAKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        self.out.append(re.sub(r"[ \t\n]+", " ", data))
