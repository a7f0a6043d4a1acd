"""A lean HTTP load on loopback: N keep-alive connections, each sending its next request when the last is answered.

Runs as a process of its own (`python -m goodfor.cli.bench.load SPEC.json`), so that its work is not mixed with what is
measured; it prints one JSON object: statuses, seconds, latencies in ms.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any


class _Client(asyncio.Protocol):
    """One buyer: a request out, an answer in, again until time or work is over."""

    def __init__(self, run: "_Run") -> None:
        self.run = run
        self.buffer = b""
        self.sent_at = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.next()

    def next(self) -> None:
        request = self.run.take()
        assert self.transport is not None
        if request is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) < length:
            return
        self.buffer = b""
        self.run.note(int(head[9:12]), time.perf_counter() - self.sent_at, rest)
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        self.run.gone(exc)


class _Run:
    """The whole load: how long or how many, and what came back."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.sent = 0
        self.until = time.perf_counter() + spec["seconds"]
        self.limit = spec.get("requests") or 10**9
        self.open = 0
        self.errors = 0
        self.problems: Counter[str] = Counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self) -> bytes | None:
        if self.sent >= self.limit or time.perf_counter() >= self.until:
            return None
        self.sent += 1
        spec = self.spec
        body: bytes = spec["body"].encode()
        head = (
            f"POST {spec['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {spec['key']}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {spec['prefix']}{self.sent}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def note(self, status: int, seconds: float, body: bytes) -> None:
        self.statuses[status] += 1
        self.latencies.append(seconds)
        if status >= 400 and len(self.problems) < 20:
            self.problems[str(json.loads(body).get("code"))] += 1

    def gone(self, error: Exception | None) -> None:
        self.open -= 1
        self.errors += error is not None
        if self.open == 0 and not self.done.done():
            self.done.set_result(None)


async def _main(spec: dict[str, Any]) -> dict[str, Any]:
    run = _Run(spec)
    run.open = spec["clients"]
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(spec["clients"]):
        await loop.create_connection(lambda: _Client(run), "127.0.0.1", spec["port"])
    await run.done
    seconds = time.perf_counter() - began
    ordered = sorted(run.latencies) or [0.0]
    return {
        "statuses": dict(run.statuses),
        "problems": dict(run.problems),
        "errors": run.errors,
        "seconds": seconds,
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[int(len(ordered) * 0.99)],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))))
