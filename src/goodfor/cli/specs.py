"""What `up` starts, and with which environment: the shop's own processes and, for the demo shop, the stand-ins."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from goodfor.cli.children import ChildSpec
from goodfor.cli.keyfiles import ensure_keys
from goodfor.cli.lazy import load
from goodfor.cli.paths import logs_dir


@dataclass(frozen=True, slots=True)
class Options:
    """What `up` was asked for. `data` is absolute."""

    data: Path
    port: int = 8000
    workers: int = 2
    empty: bool = False
    #: With the demo shop, stand-ins for mail, SMS, push and robots run too (ports + 2 and, for mail, + 3).
    letters: bool = True
    #: Likewise stand-ins of WeChat Pay, Alipay, Stripe and PayPal (port + 4).
    channels: bool = True
    #: Likewise stand-ins of suppliers (port + 5).
    suppliers: bool = True


def child_specs(options: Options) -> list[ChildSpec]:
    """Web and worker: what a shop needs."""
    logs, python = logs_dir(options.data), [sys.executable, "-P", "-m"]
    web = [
        *python,
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(options.port),
        "--workers",
        str(options.workers),
        "--blocking-threads",
        "8",
        "--respawn-failed-workers",
        "--respawn-interval",
        "0.2",
        "--workers-kill-timeout",
        "3",
        "--no-ws",
        "goodfor.config.wsgi:application",
    ]
    return [
        ChildSpec("web", web, logs / "web.log"),
        ChildSpec("worker", [*python, "goodfor", "worker"], logs / "worker.log"),
    ]


def stand_in_specs(options: Options) -> list[ChildSpec]:
    """For the demo shop, the stand-ins on the next ports."""
    logs, python = logs_dir(options.data), [sys.executable, "-P", "-m"]
    specs: list[ChildSpec] = []
    if not options.empty:
        stand_in = [
            *python,
            "goodfor",
            "sandbox",
            "--port",
            str(options.port + 1),
            "--data",
            str(options.data / "sandbox"),
        ]
        specs.append(ChildSpec("sandbox", stand_in, logs / "sandbox.log"))
    if not options.empty and options.letters:
        ports = ["--port", str(options.port + 2), "--smtp-port", str(options.port + 3)]
        letters = [*python, "goodfor.sandbox.notify", *ports, "--data", str(options.data / "letters")]
        specs.append(ChildSpec("letters", letters, logs / "letters.log"))
    if not options.empty and options.channels:
        channels = [*python, "goodfor.sandbox.channels", "--port", str(options.port + 4)]
        specs.append(
            ChildSpec("channels", [*channels, "--data", str(options.data / "channels")], logs / "channels.log")
        )
    if not options.empty and options.suppliers:
        place = ["--port", str(options.port + 5), "--data", str(options.data / "suppliers")]
        suppliers = [*python, "goodfor.sandbox.suppliers", *place]
        specs.append(ChildSpec("suppliers", suppliers, logs / "suppliers.log"))
    return specs


def environment(options: Options, url: str, *, has_database: bool) -> dict[str, str]:
    """What the settings of all processes are read from. Makes the key files on first use."""
    base = f"http://127.0.0.1:{options.port}"
    env = {
        "DATABASE_URL": url,
        "GOODFOR_DATA_DIR": str(options.data),
        "GOODFOR_WEB_WORKERS": str(options.workers),
        "GOODFOR_PUBLIC_URL": os.environ.get("GOODFOR_PUBLIC_URL", base),
        **ensure_keys(options.data, has_database=has_database),
    }
    if not options.empty:
        merchant = load("goodfor.sandbox.demo")
        env["GOODFOR_SANDBOX_URL"] = f"http://127.0.0.1:{options.port + 1}"
        env |= {"GOODFOR_SANDBOX_PID": merchant.DEMO_PID, "GOODFOR_SANDBOX_KEY": merchant.DEMO_MD5_KEY}
    if not options.empty and options.letters:
        env["GOODFOR_LETTERS_URL"] = f"http://127.0.0.1:{options.port + 2}"
        env["GOODFOR_LETTERS_SMTP_PORT"] = str(options.port + 3)
        env["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    if not options.empty and options.channels:
        env["GOODFOR_CHANNELS_URL"] = f"http://127.0.0.1:{options.port + 4}"
        env["GOODFOR_WEB_URL"] = base
    if not options.empty and options.suppliers:
        env["GOODFOR_SUPPLIERS_URL"] = f"http://127.0.0.1:{options.port + 5}"
        env["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    return env
