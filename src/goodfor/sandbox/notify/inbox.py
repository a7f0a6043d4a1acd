"""A page of what the stand-ins were given: where a demo's mail and codes are read."""

import time
from html import escape

from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, html_response

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16201c;"
    "background:#fbfaf6}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;"
    "border-bottom:1px solid #ddd;vertical-align:top}pre{white-space:pre-wrap;background:#fff;padding:1rem}"
)


def overview(desk: Desk, _request: Request) -> Response:
    """All letters, latest first."""
    rows = "".join(
        f"<tr><td>{_when(letter)}</td><td>{_cell(letter, 'service')}</td><td>{_cell(letter, 'recipient')}</td>"
        f"<td><a href='/letters/{letter['id']}'>{escape(_title(letter)) or '…'}</a></td></tr>"
        for letter in reversed(desk.books.letters()[-300:])
    )
    table = (
        f"<table><tr><th>时间 Time</th><th>通道 Channel</th><th>收件人 To</th><th>内容 Content</th></tr>{rows}</table>"
    )
    return html_response(_page("消息替身 · Message stand-ins", table))


def one(desk: Desk, _request: Request, number: str) -> Response:
    """One letter, as text."""
    found = [letter for letter in desk.books.letters() if str(letter["id"]) == number]
    if not found:
        return html_response(_page("404", "<p>没有这封信 · no such letter</p>"), 404)
    content = found[0]["content"]
    assert isinstance(content, dict)
    text = str(content.get("text") or "\n".join(f"{name}: {value}" for name, value in content.items()))
    return html_response(_page(_title(found[0]), f"<pre>{escape(text)}</pre><p><a href='/'>←</a></p>"))


def _when(letter: dict[str, object]) -> str:
    return time.strftime("%m-%d %H:%M:%S", time.localtime(int(str(letter["at_ms"])) / 1000))


def _cell(letter: dict[str, object], name: str) -> str:
    return escape(str(letter[name]))


def _title(letter: dict[str, object]) -> str:
    content = letter["content"]
    if not isinstance(content, dict):
        return ""
    return str(content.get("subject") or content.get("title") or content.get("text") or content)[:80]


def _page(title: str, inside: str) -> str:
    name = escape(title)
    return f"<!doctype html><meta charset=utf-8><title>{name}</title><style>{_STYLE}</style><h1>{name}</h1>{inside}"
