"""Settings of the test suite: a real PostgreSQL, fast hashing of nothing that matters, one fixed master key.

GOODFOR_TEST_DATABASE_URL names a server; without it an embedded cluster is started for the run and removed after.
"""

import atexit
import base64
import importlib
import os
import tempfile

if "GOODFOR_TEST_DATABASE_URL" not in os.environ:
    _postgres = importlib.import_module("goodfor.cli.postgres")
    _cluster = _postgres.temporary_cluster(fast=True)
    _running = _cluster.__enter__()
    # Workers of a parallel run are children: they inherit the address and start nothing.
    os.environ["GOODFOR_TEST_DATABASE_URL"] = _running.url("postgres")
    atexit.register(_cluster.__exit__, None, None, None)

os.environ["DATABASE_URL"] = os.environ["GOODFOR_TEST_DATABASE_URL"]
os.environ.setdefault("GOODFOR_MASTER_KEY", base64.urlsafe_b64encode(b"test-master-key-32-bytes-long!!!").decode())
os.environ.setdefault("GOODFOR_SECRET_KEY", "test-secret-key")
os.environ.setdefault("GOODFOR_DATA_DIR", tempfile.mkdtemp(prefix="goodfor-test-"))
os.environ.setdefault("GOODFOR_SANDBOX_PROVIDER", "1")

from goodfor.config.settings import *  # noqa: F403
from goodfor.config.settings import DATABASES

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("GOODFOR_TEST_DB_NAME", "test_goodfor")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
