"""Where the demo's one-time codes go: a file for its owner, a page for this machine, and nowhere without the demo."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from goodfor.config import demo_messages
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import Contact, IssuedCode
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


def test_messages_stay_on_this_machine(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    now = utc_now()
    issued = IssuedCode(uuid4(), "signin", Contact("email", "<b>lin@example.com"), "123456", "zh-hans", now)
    assert demo_messages.sent() == []
    demo_messages.send(make_shop(now), issued)
    page = Client().get("/demo/messages", REMOTE_ADDR="127.0.0.1")
    assert re.search(r"<b>123456</b>", page.content.decode())
    assert "&lt;b&gt;lin@example.com" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert Client().get("/demo/messages", REMOTE_ADDR="203.0.113.1").status_code == 404
    assert (tmp_path / "demo-messages.jsonl").stat().st_mode & 0o077 == 0


def test_without_the_demo_nothing_is_written(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.GOODFOR_DEMO_MESSAGES = tmp_path, False
    issued = IssuedCode(uuid4(), "signin", Contact("email", "lin@example.com"), "123456", "zh-hans", utc_now())
    with pytest.raises(Unavailable):
        demo_messages.send(make_shop(utc_now()), issued)
    assert list(tmp_path.iterdir()) == []
    assert Client().get("/demo/messages", REMOTE_ADDR="127.0.0.1").status_code == 404
