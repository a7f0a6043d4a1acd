"""A statement as PDF: what it says and what its kinds mean on the first page, then its items, summed page by page.

Chinese is set in STSong-Light, which readers of PDF bring along: no font is carried about or put into the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from goodfor.settlement.papers import content
from goodfor.settlement.types import ItemView, StatementView

FONT: Final = "STSong-Light"
#: Above that a PDF is no paper any more: it says where the items are instead.
MOST: Final = 20_000
ROWS: Final = 40
_WIDTH, _HEIGHT, _EDGE = 595, 842, 40
_LINE: Final = 17
#: Where columns begin, and where that of amounts ends.
_COLUMNS: Final = (40, 140, 285, 300, 470)
_AMOUNT: Final = 2
_WIDEST: Final = {3: 160, 4: 85}


def write(view: StatementView, items: Iterable[ItemView], out: IO[bytes]) -> int:
    """Write the file; how many items of the statement it was made from, listed or not."""
    # Heavy to import, and most processes never write one.
    metrics = import_module("reportlab.pdfbase.pdfmetrics")
    metrics.registerFont(import_module("reportlab.pdfbase.cidfonts").UnicodeCIDFont(FONT))
    canvas = import_module("reportlab.pdfgen.canvas").Canvas("", pagesize=(_WIDTH, _HEIGHT), invariant=1)
    canvas.setTitle(_clean(view.number))
    listed = view.item_count if view.item_count <= MOST else 0
    paper = _Paper(canvas, view, pages=1 + -(-listed // ROWS))
    _summary(paper, listed=bool(listed))
    count = _items(paper, iter(items)) if listed else view.item_count
    out.write(canvas.getpdfdata())
    return count


@dataclass(slots=True)
class _Paper:
    """A canvas and where on it the pen stands."""

    canvas: Any = field(repr=False)
    view: StatementView
    pages: int
    page: int = 1
    y: int = _HEIGHT - _EDGE

    def say(self, text: str, x: float = _EDGE, *, size: int = 10, right: bool = False) -> None:
        """Write on this line."""
        self.canvas.setFont(FONT, size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.y, _clean(text))

    def down(self, by: int = _LINE) -> None:
        """Go on lower."""
        self.y -= by

    def rule(self) -> None:
        """A thin line across, below what was written."""
        self.canvas.setLineWidth(0.4)
        self.canvas.line(_EDGE, self.y - 4, _WIDTH - _EDGE, self.y - 4)

    def fit(self, text: str, width: int, size: int = 9) -> str:
        """A text cut in its middle where it is too long: numbers differ at their ends."""
        text = _clean(text)
        keep = len(text)
        while keep > 4 and self.canvas.stringWidth(text, FONT, size) > width:
            keep -= 2
            half = keep // 2
            text = f"{text[:half]}…{text[-half:]}"
        return text

    def end(self) -> None:
        """The foot of this page, and a new one where another follows."""
        self.y = _EDGE - 12
        self.say(self.view.number, size=8)
        told = _("第 %(page)d 页，共 %(pages)d 页") % {"page": self.page, "pages": self.pages}
        self.say(told, _WIDTH - _EDGE, size=8, right=True)
        self.canvas.showPage()
        self.page, self.y = self.page + 1, _HEIGHT - _EDGE


def _clean(text: str) -> str:
    """What the font cannot show is shown as a blank square, never left out."""
    return "".join(letter if letter.isprintable() and ord(letter) < 0x10000 else "□" for letter in text)


def _summary(paper: _Paper, *, listed: bool) -> None:
    view = paper.view
    paper.say(_("结算单"), size=18)
    paper.down(30)
    for label, value in content.head(view):
        paper.say(label)
        for part in _folded(paper, content.plain(value), _WIDTH - _EDGE - 180):
            paper.say(part, 180)
            paper.down()
    paper.down(6)
    kind, number, amount = content.sum_heads()
    _sum_line(paper, kind, number, amount)
    paper.rule()
    paper.down()
    for what, count, total in content.sums(view):
        _sum_line(paper, what, f"{count:,}", content.plain(total))
        paper.down()
    paper.down(6)
    for label, sentence in content.explained(view):
        paper.say(label, size=9)
        for part in _folded(paper, sentence, _WIDTH - _EDGE - 140, 9):
            paper.say(part, 140, size=9)
            paper.down(14)
    if not listed:
        paper.say(_("明细过多，不在此列出，请下载 XLSX 或 CSV。"))
    paper.end()


def _sum_line(paper: _Paper, what: str, count: str, total: str) -> None:
    paper.say(what)
    paper.say(count, 285, right=True)
    paper.say(total, _WIDTH - _EDGE, right=True)


def _folded(paper: _Paper, text: str, width: int, size: int = 10) -> Iterator[str]:
    """A text in lines that fit; at least one."""
    text = _clean(text)
    while True:
        end = len(text)
        while end > 1 and paper.canvas.stringWidth(text[:end], FONT, size) > width:
            end -= 1
        yield text[:end]
        text = text[end:]
        if not text:
            return


def _items(paper: _Paper, items: Iterator[ItemView]) -> int:
    view, count, so_far = paper.view, 0, 0
    while rows := list(islice(items, ROWS)):
        _heads(paper)
        for one in rows:
            _row(paper, content.item(one, view.currency))
        total = sum(one.amount_minor for one in rows)
        count, so_far = count + len(rows), so_far + total
        paper.rule()
        paper.down(20)
        paper.say(_("本页 %(n)d 笔，小计") % {"n": len(rows)}, size=9)
        paper.say(content.plain(content.amount(total, view.currency)), _COLUMNS[_AMOUNT], size=9, right=True)
        paper.say(_("累计 %(n)d 笔") % {"n": count}, _COLUMNS[3], size=9)
        paper.say(content.plain(content.amount(so_far, view.currency)), _WIDTH - _EDGE, size=9, right=True)
        paper.end()
    return count


def _heads(paper: _Paper) -> None:
    when, what, amount, reference, *_more, posting = content.item_heads()
    _cells(paper, (when, what, amount, reference, posting))
    paper.rule()
    paper.down(20)


def _row(paper: _Paper, cells: Sequence[content.Cell]) -> None:
    when, what, amount, reference, *_more, posting = cells
    _cells(paper, [content.plain(one) for one in (when, what, amount, reference, posting)])
    paper.down()


def _cells(paper: _Paper, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts):
        shown = paper.fit(text, _WIDEST[column]) if column in _WIDEST else text
        paper.say(shown, _COLUMNS[column], size=9, right=column == _AMOUNT)
