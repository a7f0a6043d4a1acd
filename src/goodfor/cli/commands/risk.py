"""`goodfor risk`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from goodfor.cli.commands.options import JsonOption
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load

risk = typer.Typer(help="风控模型：评估与训练 / the risk model", no_args_is_help=True)
_DAY = ["%Y-%m-%d"]
_DATA = "交易文件：csv、csv.gz 或 npz，列为 ts,customer,terminal,cents,scenario / labelled transactions"
DataOption = Annotated[Path, typer.Option("--data", help=_DATA, exists=True, dir_okay=False, readable=True)]
MaybeDataOption = Annotated[
    Path | None, typer.Option("--data", help=_DATA, exists=True, dir_okay=False, readable=True, show_default=False)
]
ShopOption = Annotated[
    str | None,
    typer.Option("--shop", help="商店代码：用它存下的决定 / code of a shop: its stored decisions", show_default=False),
]
StartsOption = Annotated[
    list[datetime] | None,
    typer.Option(
        "--train-start",
        formats=_DAY,
        metavar="YYYY-MM-DD",
        help="训练首日，可多次给出 / first day of a fold, may be repeated",
        show_default="2018-07-25, 08-01, 08-08, 08-15",
    ),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=_DAY,
        metavar="YYYY-MM-DD",
        help="只用这天以前已知的 / only what was known before this day",
        show_default=False,
    ),
]
OriginOption = Annotated[
    datetime,
    typer.Option("--origin", formats=_DAY, metavar="YYYY-MM-DD", help="ts 从哪一天算起 / the day of second 0"),
]
TrainOption = Annotated[int, typer.Option("--train-days", min=1, max=300, help="训练天数 / days to train on")]
ReachOption = Annotated[
    int | None,
    typer.Option("--train-days", min=1, max=300, help="往回看多少天 / how far back to learn", show_default=False),
]
DelayOption = Annotated[
    int, typer.Option("--delay-days", min=1, max=180, help="几天后才知好坏 / days until labels are known")
]
TestOption = Annotated[int, typer.Option("--test-days", min=1, max=180, help="测试天数 / days to test on")]
BookOption = Annotated[bool, typer.Option("--book", help="也跑手册第三章的五个模型 / also the handbook's five rows")]
GroupOption = Annotated[str, typer.Option("--group", help="哪类操作 / purchase, door, claim or staff")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="把模型写到这个文件 / write the model here", dir_okay=False, show_default=False),
]
ORIGIN = datetime(2018, 4, 1)  # noqa: DTZ001


@risk.callback()
def _group() -> None:
    """风控模型：评估与训练。/ The risk model."""


@risk.command()
def evaluate(
    data: DataOption,
    train_start: StartsOption = None,
    train_days: TrainOption = 7,
    delay_days: DelayOption = 7,
    test_days: TestOption = 7,
    book: BookOption = False,
    origin: OriginOption = ORIGIN,
    as_json: JsonOption = False,
) -> None:
    """按手册评估：训练一周，等标签一周，测试一周。/ Evaluate by the handbook's protocol, on any folds."""
    days = [start.date() for start in train_start or []]
    lengths = (train_days, delay_days, test_days)
    body = load("goodfor.cli.risk_model")
    raise typer.Exit(body.run_evaluate(data.resolve(), days, lengths, origin.date(), book=book, as_json=as_json))


@risk.command()
def train(
    data: MaybeDataOption = None,
    shop: ShopOption = None,
    group: GroupOption = "purchase",
    until: UntilOption = None,
    out: OutOption = None,
    train_days: ReachOption = None,
    delay_days: DelayOption = 7,
    test_days: TestOption = 7,
    origin: OriginOption = ORIGIN,
    as_json: JsonOption = False,
) -> None:
    """训练模型：学切分日以前的，用之后的检验。/ Train before a cut in time, judge by what came after."""
    if (data is None) == (shop is None):
        raise CliError("请给出 --data 或 --shop 之一", "give either --data or --shop")
    body = load("goodfor.cli.risk_model")
    wish = body.Wish(group, until.date() if until else None, out, train_days, delay_days, test_days, as_json)
    if data is not None:
        raise typer.Exit(body.run_train_file(data.resolve(), origin.date(), wish))
    raise typer.Exit(body.run_train_shop(shop, wish))
