"""`goodfor demo`: whole sales on a throw-away database, and proof that they hold."""

import os

from goodfor.cli.lazy import load


def run(json: bool = False) -> int:
    """Run the demo; 0 only when every step, the audit and the books held. Progress goes to stderr."""
    console = load("rich.console").Console(stderr=True, highlight=False)
    stack = load("goodfor.cli.stack")
    with stack.running_stack(fast=False, say=lambda text: console.print(text, markup=False)) as running:
        outcome = load("goodfor.cli.demo.story").tell(running, console)
    return int(load("goodfor.cli.demo.report").show(outcome, as_json=json))


def run_supply(json: bool = False) -> int:
    """`goodfor demo supply`: sales of what the shop does not stock. Ends like `run`."""
    console = load("rich.console").Console(stderr=True, highlight=False)
    stack = load("goodfor.cli.stack")
    # The suppliers' stand-ins listen on this machine.
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    with stack.running_stack(fast=False, say=lambda text: console.print(text, markup=False)) as running:
        outcome = load("goodfor.cli.demo.supply").tell(running, console)
    return int(load("goodfor.cli.demo.report").show(outcome, as_json=json, name="demo supply"))
