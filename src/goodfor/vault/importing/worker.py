"""A worker process: reads (first line, end offset, bytes) from stdin, answers with sealed chunks on stdout.

Started by `importing.pool` with `python -m`; the context, keys included, comes first and through the pipe only.
"""

import pickle
import sys
from typing import IO, Any

from goodfor.vault.importing.sealing import SealContext, seal
from goodfor.vault.parsing.problems import FileProblem

HEADER_BYTES = 8


def send(stream: IO[bytes], item: Any) -> None:
    """One length-prefixed message."""
    data = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(HEADER_BYTES, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    header = stream.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        raise EOFError
    data = stream.read(int.from_bytes(header, "big"))
    return pickle.loads(data)  # noqa: S301  both ends are this program


def main() -> None:
    """Serve until stdin closes."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        context: SealContext = receive(source)
        while True:
            data, first_line, end_offset = receive(source)
            try:
                send(sink, seal(data, first_line, end_offset, context))
            except FileProblem as problem:
                send(sink, (problem.code, problem.data))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


if __name__ == "__main__":
    main()
