"""Settings of the test suite: a real PostgreSQL, fast hashing of nothing that matters, one fixed master key.

GOODFOR_TEST_DATABASE_URL names a server; without it every process starts an embedded one.
"""

import atexit
import base64
import importlib
import os
import tempfile

# Each process of a parallel run has a server of its own: transaction ids, and with them the watermarks of the relay
# and the ledger, are shared by all databases of a server, so one worker's open transaction would hold another's back.
_url = os.environ.get("GOODFOR_TEST_DATABASE_URL")
if _url is None:
    _postgres = importlib.import_module("goodfor.cli.postgres")
    _cluster = _postgres.temporary_cluster(fast=True)
    _url = _cluster.__enter__().url("postgres")
    atexit.register(_cluster.__exit__, None, None, None)

os.environ["DATABASE_URL"] = _url
os.environ.setdefault("GOODFOR_MASTER_KEY", base64.urlsafe_b64encode(b"test-master-key-32-bytes-long!!!").decode())
os.environ.setdefault("GOODFOR_SECRET_KEY", "test-secret-key")
_data = tempfile.TemporaryDirectory(prefix="goodfor-test-")
atexit.register(_data.cleanup)
os.environ["GOODFOR_DATA_DIR"] = _data.name
os.environ.setdefault("GOODFOR_SANDBOX_PROVIDER", "1")
# A busy machine is no failing engine; tests of lateness set it themselves.
os.environ.setdefault("GOODFOR_RISK_BUDGET_MS", "20000")
# A count that is written now and then would move statements from one test to another.
os.environ.setdefault("GOODFOR_COUNT_VISITS", "0")
# Tests of steadiness say how long.
os.environ.setdefault("GOODFOR_STEADY_MS", "0")

from goodfor.config.settings import *  # noqa: E402, F403
from goodfor.config.settings import ALLOWED_HOSTS, DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("GOODFOR_TEST_DB_NAME", "test_goodfor")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["goodfor.config.tests.hashing.QuickArgon2"]
ALLOWED_HOSTS.append("testserver")
