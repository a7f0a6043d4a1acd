"""Serves the four channels on loopback."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from goodfor.sandbox.channels.app import Application
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.client import ChannelsClient
from goodfor.sandbox.channels.config import RETRY_SECONDS, Config
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.registry import all_channels
from goodfor.sandbox.loopback import is_loopback_name, is_loopback_url
from goodfor.sandbox.server import LoopbackServer, NotLoopbackHost, until_signal, write_token


@dataclass(frozen=True)
class RunningChannels:
    """Channels that answer at `url/wechat`, `url/alipay`, `url/stripe`, `url/paypal`. Credentials: `channels.demo`."""

    url: str
    token: str = field(repr=False)
    desk: Desk = field(repr=False)
    control: ChannelsClient = field(repr=False)
    _server: LoopbackServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def base(self, channel: str) -> str:
        """The base URL of a channel."""
        return f"{self.url}/{channel}"

    def stop(self) -> None:
        """Stops listening, ends what runs, closes the books."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.desk.close_books()


def start(
    data_dir: Path | str,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    control_token: str = "",
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    notify_timeout: float = 5.0,
    clock: Callable[[], float] = time.time,
) -> RunningChannels:
    """Starts the channels in threads of this process. Port 0 picks a free one.

    Raises NotLoopbackHost, BooksInUse, OSError when the port is taken.
    """
    if not is_loopback_name(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    token = control_token or secrets.token_urlsafe(18)
    server = LoopbackServer("127.0.0.1" if host == "localhost" else host, port)
    channels: dict[str, Channel] = all_channels()
    try:
        desk = Desk(Config(Path(data_dir), token, retry_seconds, notify_timeout, clock), channels)
    except BaseException:
        server.server_close()
        raise
    shown = f"[{server.server_name}]" if ":" in server.server_name else server.server_name
    desk.url = f"http://{shown}:{server.server_port}"
    server.set_app(Application(desk))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return RunningChannels(desk.url, token, desk, ChannelsClient(desk.url, token), server, thread)


@contextlib.contextmanager
def running_channels(
    data_dir: Path | str,
    *,
    port: int = 0,
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    notify_timeout: float = 5.0,
    clock: Callable[[], float] = time.time,
) -> Iterator[RunningChannels]:
    """Channels for the length of a `with` block, in threads of this process."""
    running = start(data_dir, port=port, retry_seconds=retry_seconds, notify_timeout=notify_timeout, clock=clock)
    try:
        yield running
    finally:
        running.stop()


def serve(
    port: int,
    data_dir: Path | str,
    *,
    host: str = "127.0.0.1",
    control_token: str = "",
    webhooks: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Serves until SIGINT or SIGTERM, from the main thread of a process of its own.

    `webhooks`: channel -> where its events go from the beginning, on loopback; others are left out.
    """
    with until_signal() as stop:
        running = start(data_dir, port=port, host=host, control_token=control_token)
        running.desk.webhooks.update({name: url for name, url in webhooks.items() if is_loopback_url(url)})
        try:
            if not control_token:
                write_token(Path(data_dir) / "control.token", running.token)
            print(f"channel stand-ins listening on {running.url}", flush=True)
            stop.wait()
        finally:
            running.stop()
