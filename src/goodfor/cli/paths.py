"""Where things stand on disk."""

import os
from pathlib import Path


def project_root() -> Path:
    """The checkout that holds `./goodfor`; for an installed package, the current folder."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "goodfor").is_file() else Path.cwd()


def default_data_dir() -> Path:
    """GOODFOR_DATA_DIR, or `var/data` of the checkout, wherever the command is called from."""
    named = os.environ.get("GOODFOR_DATA_DIR")
    return Path(named) if named else project_root() / "var" / "data"


def data_dir(given: Path | None) -> Path:
    """The data folder to use, absolute: what the person gave, or the default."""
    return (given or default_data_dir()).expanduser().resolve()


def cluster_dir(data: Path) -> Path:
    """Where the embedded PostgreSQL of a data folder lives."""
    return data / "postgres"


def logs_dir(data: Path) -> Path:
    """Where the processes of `up` write what they have to say."""
    return data / "logs"
