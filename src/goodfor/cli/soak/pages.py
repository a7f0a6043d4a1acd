"""`soak pages`: every page of the shop, the accounts, the console and the kit in a real browser, in all four ways.

360 and 1440 px, Chinese and English, light and dark; `./goodfor test` opens most of them in one of the four. With them
run the tests that are marked as soaks.
"""

import os
import re
import subprocess
import sys
from typing import Any

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.paths import project_root

_ENDED = re.compile(r"(\d+) (passed|failed|error)")


def run(*, json: bool = False, processes: str = "2") -> BenchResult:  # noqa: ARG001
    """Chromium's tests with all sizes. Options: processes. Screenshots are left under var/screenshots/."""
    root = project_root()
    command = [sys.executable, "-P", "-m", "pytest", "-n", processes, "-q", "-m", "browser or soak", "src"]
    environment = {**os.environ, "GOODFOR_EVERY_SIZE": "1"}
    told, ended = "", -1
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1) as running:
        assert running.stdout is not None
        # Shown as it comes: this takes a quarter of an hour.
        while piece := running.stdout.read(1):
            told = (told + piece)[-4000:]
            sys.stderr.write(piece)
            sys.stderr.flush()
        ended = running.wait()
    found = {word: int(number) for number, word in _ENDED.findall(told[-400:])}
    shots = len(list((root / "var" / "screenshots").glob("*.png")))
    figures: dict[str, Any] = {"passed": found.get("passed", 0), "failed": found.get("failed", 0), "screenshots": shots}
    failed = figures["failed"] + found.get("error", 0)
    bars = [Bar("failures", failed, "0", ended == 0 and failed == 0 and figures["passed"] > 0)]
    return BenchResult("pages", figures, bars)
