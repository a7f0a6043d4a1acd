"""The root script: POSIX, builds the environment once, also when started twice at the same time."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goodfor.cli.paths import project_root

SCRIPT = project_root() / "goodfor"


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_syntax(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([shell, "-n", str(SCRIPT)]).returncode == 0


def checkout(folder: Path) -> Path:
    root = folder / "a checkout"
    (root / "src" / "goodfor").mkdir(parents=True)
    (root / "src" / "goodfor" / "__main__.py").write_text("import sys; print('ran', *sys.argv[1:])\n")
    (root / "requirements.lock").write_text("# nothing\n")
    (root / "requirements-dev.lock").write_text("# nothing either\n")
    shutil.copy(SCRIPT, root / "goodfor")
    return root


def start(root: Path, *arguments: str, **environment: str) -> subprocess.Popen:
    env = {**os.environ, "GOODFOR_PYTHON": sys.executable, **environment}
    return subprocess.Popen(
        [str(root / "goodfor"), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd="/"
    )


def test_first_second_parallel_and_changed(folder: Path) -> None:
    root = checkout(folder)
    # A build that was killed: half a .venv without a stamp, and a guard whose owner is gone.
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv.lock").mkdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    (root / ".venv.lock" / "pid").write_text(f"{gone.pid}\n")

    both = [start(root, "audit", "--json"), start(root, "up")]
    (out1, err1), (out2, err2) = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], err1 + err2
    assert (out1, out2) == ("ran audit --json\n", "ran up\n")
    assert (err1 + err2).count("creating .venv") == 1
    assert "://" not in err1 + err2
    assert not (root / ".venv.lock").exists()

    began = time.monotonic()
    again = start(root, "up")
    assert again.communicate(timeout=20) == ("ran up\n", "")
    assert time.monotonic() - began < 1.0

    (root / "requirements.lock").write_text("# changed\n")
    changed = start(root, "test")
    out, err = changed.communicate(timeout=60)
    assert out == "ran test\n"
    assert "installing dependencies" in err
    assert "installing the test tools" not in err, "the lock with the test tools holds the other one"
    assert "creating .venv" not in err
    (root / "requirements-dev.lock").write_text("# changed\n")
    out, err = start(root, "test").communicate(timeout=60)
    assert out == "ran test\n"
    assert "installing the test tools" in err
    assert "installing dependencies" not in err

    moved = folder / "moved"
    root.rename(moved)
    assert start(moved, "up").communicate(timeout=20) == ("ran up\n", "")

    (moved / "requirements.lock").write_text("no-such-package==1 --hash=sha256:00\n")
    failing = start(moved, "up", PIP_INDEX_URL="http://user:secret@127.0.0.1:9/simple", PIP_RETRIES="0")
    out, err = failing.communicate(timeout=60)
    assert failing.returncode == 1
    assert out == ""
    assert "run again" in err
    assert "secret" not in err
    assert "://" not in err
    assert not list((moved / ".venv").glob(".goodfor-*")), "an unfinished installation carries no stamp"


def test_no_python_is_told(folder: Path) -> None:
    root = checkout(folder)
    process = start(root, "up", GOODFOR_PYTHON="no-such-python")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Python 3.11" in err
    assert not (root / ".venv.lock").exists()
