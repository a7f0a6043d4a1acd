"""`goodfor demo`: held by a whole run, and honest when something did not hold."""

import json
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from goodfor.cli.demo.report import Outcome, show
from goodfor.cli.tests.test_postgres import source_environment

OWN = ("DATABASE_URL", "GOODFOR_MASTER_KEY", "GOODFOR_SECRET_KEY", "GOODFOR_DATA_DIR", "DJANGO_SETTINGS_MODULE")


def held(ok: bool) -> Any:
    """What an invariant's run answers."""
    invariant = SimpleNamespace(name="sum", room="ledger", why="must be zero")
    return SimpleNamespace(invariant=invariant, ok=ok, count=0 if ok else 1, violations=() if ok else (("tx", "off"),))


def fails() -> str:
    raise ValueError("no code came")


@pytest.mark.parametrize(
    ("steps", "audit", "code"),
    [
        ((lambda: "done",), (True,), 0),
        ((lambda: "done", fails, lambda: "done"), (True,), 1),
        ((lambda: "done",), (True, False), 1),
        ((lambda: "done",), (), 1),
    ],
)
def test_it_ends_well_only_if_all_held(
    steps: tuple[Any, ...], audit: tuple[bool, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Outcome()
    for number, work in enumerate(steps):
        outcome.do(Console(stderr=True), f"step {number}", work)
    outcome.audit = [held(ok) for ok in audit]
    assert len(outcome.steps) == len(steps)
    assert show(outcome, as_json=True) == code
    assert json.loads(capsys.readouterr().out)["ok"] is (code == 0)
    assert show(outcome, as_json=False) == code


@pytest.mark.soak
@pytest.mark.slow
def test_the_whole_demo() -> None:
    """The command itself on a throw-away installation: each step, the audit and the stand-in's books hold."""
    environment = {name: value for name, value in source_environment().items() if name not in OWN}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "goodfor", "demo", "--json"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=180,
    )
    took = time.monotonic() - began
    told = json.loads(done.stdout)
    assert done.returncode == 0, (told["steps"], done.stderr[-2000:])
    assert told["ok"] is True
    assert all(step["ok"] for step in told["steps"])
    short = [step["result"] for step in told["steps"] if "paid too little" in step["step"]]
    assert len(short) == 1
    assert "underpaid" in short[0]
    assert took < 120, "said to take less than 60 s on a free machine"
