"""`goodfor bench` and `goodfor soak`."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from goodfor.cli.commands.options import JsonOption, PairsOption, pairs
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import attribute, load


def bench(
    name: Annotated[str | None, typer.Argument(help="名称，不写则全部 / which one, or all", show_default=False)] = None,
    as_json: JsonOption = False,
    option: PairsOption = None,
) -> None:
    """测量性能；达不到标准以 1 退出。/ Measure; exit 1 where a bar is missed."""
    raise typer.Exit(run(attribute("goodfor.cli.bench:BENCHES"), name, as_json, pairs(option)))


def run(registry: Mapping[str, Callable[..., Any]], name: str | None, as_json: bool, options: Mapping[str, Any]) -> int:
    """Run one (or, without a name, each) of the registry and print it; returns the exit code. Raises CliError."""
    if name is not None and name not in registry:
        known = ", ".join(sorted(registry)) or "-"
        raise CliError(f"没有名为 {name} 的测试", f"there is no {name}; choose from: {known}")
    chosen = [name] if name else list(registry)
    for each in chosen:
        _check_options(each, registry[each], options)
    show = load("goodfor.cli.bench.result").show
    ok = True
    for each in chosen:
        result = registry[each](json=as_json, **options)
        show(result, as_json=as_json)
        ok = ok and result.ok
    return 0 if ok else 1


def _check_options(name: str, work: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Before hours are spent on the first of several. Raises CliError."""
    parameters = inspect.signature(work).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    known = [option for option in parameters if option != "json"]
    if wrong := sorted(given.keys() - set(known)):
        raise CliError(
            f"{name} 没有参数 {'、'.join(wrong)}",
            f"{name} has no option {', '.join(wrong)}; it has: {', '.join(known) or 'none'}",
        )
