"""One person of a load as a browser: cookies, one kept connection to the shop, an address of his own."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

HOST = "127.0.0.1"
#: Longer than anybody waits for a page.
DEADLINE = 60.0
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """`took` seconds from the moment it was wanted; `place`: where to go on; `again`: seconds to wait."""

    status: int
    text: str
    took: float
    place: str = ""
    again: int = 3
    url: str = ""


class Person:
    """Speaks just as much HTTP as these servers do."""

    def __init__(self, port: int, number: int, network: str) -> None:
        self._port = port
        self._from = f"{network}.{number // 250 % 250}.{number % 250 + 1}"
        self._cookies: dict[str, str] = {}
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, *, since: float | None = None
    ) -> Answer:
        """A page of the shop."""
        began = since if since is not None else time.perf_counter()
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = {"X-Forwarded-For": self._from, "Connection": "keep-alive", **({"Cookie": cookies} if cookies else {})}
        if self._line is None:
            self._line = await asyncio.open_connection(HOST, self._port)
        async with asyncio.timeout(DEADLINE):
            status, found, text = await _spoken(self._line, method, path, f"{HOST}:{self._port}", head, fields)
        for name, value in found:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        named = dict(found)
        if named.get("connection", "").lower() == "close":
            self.close()
        again = named.get("retry-after", "3")
        return Answer(
            status, text, time.perf_counter() - began, named.get("location", ""),
            int(again) if again.isdigit() else 3, path,
        )  # fmt: skip

    async def elsewhere(self, method: str, url: str, fields: dict[str, str] | None = None, *, of: str = "") -> Answer:
        """A page of another server, a redirect of a GET followed; without cookies."""
        began, url = time.perf_counter(), urljoin(of, url)
        for _ in range(4):
            parts = urlsplit(url)
            line = await asyncio.open_connection(parts.hostname, parts.port)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            try:
                async with asyncio.timeout(DEADLINE):
                    status, found, text = await _spoken(
                        line, method, path, parts.netloc, {"Connection": "close"}, fields
                    )
            finally:
                line[1].close()
            place = dict(found).get("location", "")
            if method != "GET" or status not in (301, 302, 303) or not place:
                break
            url = urljoin(url, place)
        return Answer(status, text, time.perf_counter() - began, place, url=url)


async def _spoken(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter], method: str, path: str, host: str, head: dict[str, str],
    fields: dict[str, str] | None,
) -> tuple[int, list[tuple[str, str]], str]:  # fmt: skip
    reader, writer = line
    body = urlencode(fields).encode() if fields is not None else b""
    said = {"Host": host, "User-Agent": AGENT, "Accept-Language": "zh-CN", "Origin": f"http://{host}", **head}
    if fields is not None:
        said |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    found = [(name.strip().lower(), value.strip()) for name, _, value in (one.partition(":") for one in rest) if name]
    named = dict(found)
    if "content-length" in named:
        content = await reader.readexactly(int(named["content-length"]))
    elif "chunked" in named.get("transfer-encoding", ""):
        content = await _chunks(reader)
    else:
        content = await reader.read()
    return int(first.split()[1]), found, content.decode(errors="replace")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    with contextlib.suppress(asyncio.IncompleteReadError):
        await reader.readline()
    return b"".join(parts)
