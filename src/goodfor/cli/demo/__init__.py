"""`goodfor demo`: whole sales on a throw-away database, and proof that they hold."""

from goodfor.cli.lazy import load


def run(json: bool = False) -> int:
    """Run the demo; 0 only when every step, the audit and the books held. Progress goes to stderr."""
    console = load("rich.console").Console(stderr=True, highlight=False)
    stack = load("goodfor.cli.stack")
    with stack.running_stack(fast=False, say=lambda text: console.print(text, markup=False)) as running:
        outcome = load("goodfor.cli.demo.story").tell(running, console)
    return int(load("goodfor.cli.demo.report").show(outcome, as_json=json))
