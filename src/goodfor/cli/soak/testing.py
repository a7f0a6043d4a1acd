"""Long evidence that is written as tests: pytest in a process of its own, shown as it goes."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.cli.bench.result import Bar
from goodfor.cli.paths import project_root

_ENDED: Final = re.compile(r"(\d+) (passed|failed|error)")


def run_tests(chosen: Sequence[str], *, processes: str, environment: Mapping[str, str]) -> tuple[dict[str, Any], Bar]:
    """Run what pytest's arguments choose. Answers passed and failed, and the bar that none failed and some ran."""
    command = [sys.executable, "-P", "-m", "pytest", "-n", processes, "-q", *chosen]
    told, ended = "", -1
    with subprocess.Popen(
        command, cwd=project_root(), env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        assert running.stdout is not None
        # Shown as it comes: this takes a quarter of an hour.
        while piece := running.stdout.read(1):
            told = (told + piece)[-4000:]
            sys.stderr.write(piece)
            sys.stderr.flush()
        ended = running.wait()
    found = {word: int(number) for number, word in _ENDED.findall(told[-400:])}
    figures: dict[str, Any] = {"passed": found.get("passed", 0), "failed": found.get("failed", 0)}
    failed = figures["failed"] + found.get("error", 0)
    return figures, Bar("failures", failed, "0", ended == 0 and failed == 0 and figures["passed"] > 0)
