"""`soak handbook`: the protocol of the Fraud Detection Handbook: its five rows again, and four folds of our own.

The data is not shipped: labelled transactions as `goodfor risk evaluate` reads them, by default from `../shared`.
"""

from pathlib import Path

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load
from goodfor.cli.paths import project_root

WITHIN = 0.002
#: Means over the four folds: AUC, average precision, card precision at 100.
LEAST = {"auc": 0.88, "average_precision": 0.72, "card_precision": 0.305}


def run(*, json: bool = False, data: str = "") -> BenchResult:  # noqa: ARG001
    """Option: data, a file of transactions until 2018-09-04 at least."""
    console, path = Console(stderr=True, highlight=False), _file(data)
    body, books, handbook, folds = (
        load(f"goodfor.{name}")
        for name in ("cli.risk_model", "risk.model.book", "risk.model.handbook", "risk.model.folds")
    )
    with body.told():
        transactions = load("goodfor.risk.model.transactions").read_transactions(path)
        cut = [folds.Fold(start) for start in folds.STARTS]
        rows = [(name, books.BookRow(name)) for name in books.ROWS]
        first = handbook.evaluate(transactions, cut[:1], rows, own=False, say=console.print)
        own = handbook.evaluate(transactions, cut, say=console.print)
    figures: dict[str, object] = {"file": path.name, "rows": len(transactions)}
    bars = []
    for name, published in books.PUBLISHED.items():
        one = first.figures[name][0]
        found = (one.auc, one.average_precision, one.card_precision)
        off = max(abs(ours - theirs) for ours, theirs in zip(found, published, strict=True))
        figures[name] = " / ".join(f"{value:.4f}" for value in found)
        bars.append(Bar(f"{name}: furthest from published", round(off, 4), f"<= {WITHIN}", off <= WITHIN))
    mean, spread = own.mean(handbook.PRODUCT), own.spread(handbook.PRODUCT)
    for what, least in LEAST.items():
        value = getattr(mean, what)
        figures[what] = f"{value:.4f} ± {getattr(spread, what):.4f}"
        bars.append(Bar(f"own pipeline, four folds: {what}", round(value, 4), f">= {least}", value >= least))
    return BenchResult("handbook", figures, bars)


def _file(given: str) -> Path:
    if given:
        path = Path(given).expanduser().resolve()
        if not path.is_file():
            raise CliError(f"没有这个文件：{path}", f"there is no such file: {path}")
        return path
    folder = project_root().parent / "shared" / "reference" / "data"
    found = sorted(folder.glob("handbook_transactions*")) if folder.is_dir() else []
    if not found:
        raise CliError(
            "找不到交易数据；请用 -o data=FILE 给出", f"there is no data in {folder}; name a file with -o data=FILE"
        )
    return found[-1]
