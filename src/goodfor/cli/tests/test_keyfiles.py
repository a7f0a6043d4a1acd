"""Key files: made once, private, never replaced."""

import base64
import stat
from pathlib import Path

import pytest

from goodfor.cli.errors import CliError
from goodfor.cli.keyfiles import ensure_keys, existing_keys, write_once


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOODFOR_MASTER_KEY", "GOODFOR_SECRET_KEY", "GOODFOR_MASTER_KEY_FILE", "GOODFOR_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_keys_are_made_once(folder: Path) -> None:
    first = ensure_keys(folder, has_database=False)
    assert set(first) == {"GOODFOR_MASTER_KEY_FILE", "GOODFOR_SECRET_KEY_FILE"}
    master = Path(first["GOODFOR_MASTER_KEY_FILE"])
    assert stat.S_IMODE(master.stat().st_mode) == 0o600
    assert len(base64.urlsafe_b64decode(master.read_text().strip())) == 32
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert ensure_keys(folder, has_database=True) == first == existing_keys(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_lost_master_key_is_never_replaced(folder: Path) -> None:
    with pytest.raises(CliError, match="restore it from your backup"):
        ensure_keys(folder, has_database=True)
    assert not (folder / "master.key").exists()


def test_keys_of_the_environment_are_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODFOR_MASTER_KEY_FILE", "/elsewhere")
    assert set(ensure_keys(folder, has_database=True)) == {"GOODFOR_SECRET_KEY_FILE"}
    assert not (folder / "master.key").exists()


def test_the_first_writer_wins(folder: Path) -> None:
    write_once(folder / "k", "one")
    write_once(folder / "k", "two")
    assert (folder / "k").read_text() == "one"
    assert [path.name for path in folder.iterdir()] == ["k"]
