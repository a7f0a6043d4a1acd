"""Logs tell what went wrong, and none of the values that were at hand."""

import json

import pytest
import structlog

from goodfor.config.logs import configure_logs


def test_a_logged_crash_shows_where_and_no_variables(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    secret = "CODE-" + "7391" * 4

    def crash(code: str) -> None:
        raise RuntimeError(f"a code of {len(code)}")

    try:
        crash(secret)
    except RuntimeError:
        structlog.get_logger("test").exception("crashed", loop="x")
    line = capfd.readouterr().err
    said = json.loads(line)
    assert (said["event"], said["level"], said["loop"]) == ("crashed", "error", "x")
    assert "crash" in line
    assert "RuntimeError" in line
    assert secret not in line
