"""Gives a short command (`audit`, `codes import`, `manage`) the database of this installation."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from goodfor.cli.errors import CliError
from goodfor.cli.keyfiles import existing_keys
from goodfor.cli.lazy import load
from goodfor.cli.paths import cluster_dir, data_dir, logs_dir

DATABASE = "goodfor"


@contextlib.contextmanager
def attached(given: Path | None = None, *, required: bool = True) -> Iterator[None]:
    """Put DATABASE_URL and the key files of the data folder into the environment, before Django is set up.

    DATABASE_URL wins. Otherwise the embedded server of the folder is used when `up` runs it, and started for the
    duration when it does not. Raises CliError when there is none and `required`.
    """
    data = data_dir(given)
    os.environ["GOODFOR_DATA_DIR"] = str(data)
    if url := os.environ.get("DATABASE_URL"):
        if not url.startswith(("postgresql://", "postgres://")):
            raise CliError("DATABASE_URL 应以 postgresql:// 开头", "DATABASE_URL begins with postgresql://")
        os.environ.update(existing_keys(data))
        yield
        return
    cluster = load("goodfor.cli.postgres").Cluster(cluster_dir(data), log_path=logs_dir(data) / "postgres.log")
    if not cluster.exists:
        if required:
            raise CliError(
                f"{data} 里还没有数据；请先运行 ./goodfor up，或设置 DATABASE_URL",
                f"there is no data in {data} yet; run ./goodfor up first, or set DATABASE_URL",
            )
        yield
        return
    os.environ.update(existing_keys(data))
    os.environ["DATABASE_URL"] = cluster.url(DATABASE)
    if cluster.answers():
        yield
        return
    lock = load("goodfor.cli.runfile").DataDirLock(data)
    lock.acquire()
    try:
        cluster.init()
        cluster.start()
        cluster.wait_ready()
        yield
    finally:
        cluster.stop()
        lock.release()
