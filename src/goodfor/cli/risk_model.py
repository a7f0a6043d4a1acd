"""What `goodfor risk` does: evaluate on a file of transactions, train from one or from a shop's decisions."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from goodfor.cli.database import attached
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load, setup_django
from goodfor.risk.model import book as books
from goodfor.risk.model import handbook
from goodfor.risk.model.boosting import NoLightGBM
from goodfor.risk.model.files import to_file
from goodfor.risk.model.folds import STARTS, Fold, NotCovered
from goodfor.risk.model.handbook import Evaluation, Figures
from goodfor.risk.model.rows import Rows
from goodfor.risk.model.training import Plan, TooFewLabels, Trained, train_model
from goodfor.risk.model.transactions import BadTransactions, Transactions, read_transactions

ACTOR: Final = "system:cli"
#: A file of transactions is large: so many days are enough, unless more are asked for.
TRAIN_DAYS: Final = 14
#: A shop's model is made again at so many earlier cuts, as on the desk (`walk_trainings`).
FOLDS: Final = 3
#: In such a file labels are known after a week.
DELAY_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """What `train` was asked for."""

    group: str
    until: date | None
    out: Path | None
    train_days: int | None
    delay_days: int | None
    test_days: int
    as_json: bool


@contextmanager
def told() -> Iterator[None]:
    """Turn what the model's modules raise into one line with a remedy."""
    try:
        yield
    except BadTransactions as error:
        raise CliError(f"交易文件不能用：{error}", f"the file of transactions cannot be used: {error}") from error
    except NotCovered as error:
        raise CliError(f"文件不包含这一折：{error}", f"the file does not cover this fold: {error}") from error
    except TooFewLabels as error:
        raise CliError(f"已知结果的操作太少：{error}", str(error)) from error
    except NoLightGBM as error:
        raise CliError("无法加载 LightGBM，请安装 libgomp（如 apt install libgomp1）", str(error)) from error
    except books.NotInstalled as error:
        raise CliError(
            f"手册的模型需要 scikit-learn 与 xgboost-cpu：{error}", f"install scikit-learn and xgboost-cpu: {error}"
        ) from error


def run_evaluate(
    path: Path, starts: Sequence[date], lengths: tuple[int, int, int], origin: date, *, book: bool, as_json: bool
) -> int:
    """Print the figures of all models on all folds; returns the exit code. Raises CliError."""
    console = Console(stderr=True, highlight=False)
    with told():
        transactions = _read(path, origin, console)
        folds = [Fold(start, *lengths) for start in starts or STARTS]
        rows = [(name, books.BookRow(name)) for name in books.ROWS] if book else []
        found = handbook.evaluate(transactions, folds, rows, say=console.print)
    if as_json:
        sys.stdout.write(json.dumps(as_dict(path, transactions, found), ensure_ascii=False) + "\n")
    else:
        show(found)
    return 0


def run_train_file(path: Path, origin: date, wish: Wish) -> int:
    """Train on a file of transactions and write the model. Raises CliError."""
    if wish.until is None or wish.out is None:
        raise CliError("用 --data 训练须给出 --until 与 --out", "training from --data needs --until and --out")
    console = Console(stderr=True, highlight=False)
    days, delay = wish.train_days or TRAIN_DAYS, wish.delay_days or DELAY_DAYS
    with told():
        transactions = _read(path, origin, console)
        if not transactions.origin < wish.until <= transactions.last_day + timedelta(days=1):
            raise NotCovered(f"{wish.until}: {transactions.origin} .. {transactions.last_day}")
        reach = timedelta(days=days + 2 * delay + wish.test_days)
        rows = handbook.as_rows(transactions, max(origin, wish.until - reach), wish.until, delay)
        trained = _trained(rows, wish, wish.until, delay, days, console)
    _end(trained, wish, {})
    return 0


def run_train_shop(shop: str, wish: Wish) -> int:
    """Train from what a shop decided and learned since; the model is registered as a candidate. Raises CliError."""
    console = Console(stderr=True, highlight=False)
    with attached():
        setup_django()
        now = load("goodfor.kernel.clock").utc_now()
        until = wish.until or now.date()
        groups = load("goodfor.risk.model.groups").SCENES
        if wish.group not in groups:
            raise CliError(f"没有这类操作：{wish.group}", f"there is no {wish.group}; choose from: {', '.join(groups)}")
        owner = load("goodfor.identity.queries").shop_by_code(shop)
        source = load("goodfor.risk.model.source")
        end = datetime.combine(until, datetime.min.time(), UTC)
        delay = wish.delay_days or load("goodfor.risk.rule_types").MATURE_AFTER.days
        with told():
            rows = source.shop_rows(owner.id, wish.group, end, timedelta(days=delay))
            console.print(f"读取 / read: {len(rows):,} × {len(rows.encoding.names)}")
            trained = _trained(rows, wish, until, delay, wish.train_days, console, folds=FOLDS)
        made = load("goodfor.risk.operations.register_model").register_model(
            shop_id=owner.id, group=wish.group, trained=trained, actor=ACTOR, now=now
        )
        load("django.db").connections.close_all()
    _end(trained, wish, {"model": str(made.id), "number": made.number, "group": made.group, "state": made.state})
    return 0


def _trained(
    rows: Rows, wish: Wish, until: date, delay: int, train_days: int | None, console: Console, folds: int = 0
) -> Trained:
    plan = Plan(
        datetime.combine(until, datetime.min.time(), UTC), timedelta(days=delay),
        timedelta(days=wish.test_days), None if train_days is None else timedelta(days=train_days), folds=folds,
    )  # fmt: skip
    return train_model(rows, plan, say=console.print)


def _read(path: Path, origin: date, console: Console) -> Transactions:
    transactions = read_transactions(path, origin)
    share = float(transactions.fraud.mean())
    console.print(f"读取 / read: {len(transactions):,}, {origin} .. {transactions.last_day}, {share:.3%} 坏 / bad")
    return transactions


def _end(trained: Trained, wish: Wish, made: dict[str, Any]) -> None:
    if wish.out is not None:
        wish.out.parent.mkdir(parents=True, exist_ok=True)
        wish.out.write_bytes(to_file(trained))
        made = {**made, "file": str(wish.out)}
    report = trained.report
    figures = {
        **made,
        "auc": report["auc"],
        "average_precision": report["average_precision"],
        "precision_at": report["precision_at"],
        "calibration_error": report["reliability"]["error"],
        "bands": trained.bands.to_json(),
        "cost_minor": {"without": report["without_minor"], "with_bands": report["bands_cost_minor"]},
        "windows": report["windows"],
        "importance": report["importance"][:10],
    }
    if wish.as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
        return
    table = Table(show_header=False)
    for name, value in figures.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False))
    Console().print(table)


def as_dict(path: Path, transactions: Transactions, found: Evaluation) -> dict[str, Any]:
    """The stable shape that `--json` prints."""
    folds = [
        {"train_start": str(fold.train_start), "test_start": str(fold.test_start), "test_end": str(fold.test_end),
         **asdict(counts)}
        for fold, counts in zip(found.folds, found.counts, strict=True)
    ]  # fmt: skip
    models = [
        {
            "name": name,
            "folds": [_plain(each) for each in found.figures[name]],
            "mean": _plain(found.mean(name)),
            "sd": _plain(found.spread(name)),
        }
        for name in found.figures
    ]
    return {"data": path.name, "rows": len(transactions), "folds": folds, "models": models}


def _plain(figures: Figures) -> dict[str, float]:
    return {
        "auc": figures.auc,
        "average_precision": figures.average_precision,
        f"card_precision_{handbook.TOP}": figures.card_precision,
        "seconds": round(figures.seconds, 2),
    }


def show(found: Evaluation) -> None:
    """A table for people: each fold, then the mean over them."""
    console = Console()
    table = Table("模型 / model", "训练首日 / train start", "AUC", "AP", f"CP@{handbook.TOP}")
    for name, each in found.figures.items():
        for fold, one in zip(found.folds, each, strict=True):
            table.add_row(name, str(fold.train_start), f"{one.auc:.3f}", f"{one.average_precision:.3f}",
                          f"{one.card_precision:.3f}")  # fmt: skip
        mean, sd = found.mean(name), found.spread(name)
        table.add_row(
            f"[bold]{name}[/]", "[bold]均值 ± sd[/]", f"[bold]{mean.auc:.3f} ± {sd.auc:.3f}[/]",
            f"[bold]{mean.average_precision:.3f} ± {sd.average_precision:.3f}[/]",
            f"[bold]{mean.card_precision:.3f} ± {sd.card_precision:.3f}[/]", end_section=True,
        )  # fmt: skip
    console.print(table)
    for fold, held in zip(found.folds, found.counts, strict=True):
        console.print(
            f"{fold.train_start}: 训练 / train {held.train:,} ({held.train_bad} bad), "
            f"测试 / test {fold.test_start} .. {fold.test_end} {held.test:,} ({held.test_bad} bad)",
            highlight=False,
        )
