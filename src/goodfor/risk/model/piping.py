"""How a training in a process of its own is spoken with: length-prefixed messages through its pipes. Pure."""

import io
import pickle
from typing import IO, Any, Final

_HEADER: Final = 8
#: What the process says is a model at most, of some megabytes.
MOST: Final = 256 << 20


class Strange(Exception):
    """What came is not what the process would ever say."""


def send(stream: IO[bytes], item: Any) -> None:
    """One message."""
    data = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_HEADER, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message, for the process itself. Raises EOFError when the other side is gone."""
    header = stream.read(_HEADER)
    if len(header) < _HEADER:
        raise EOFError
    data = stream.read(int.from_bytes(header, "big"))
    return pickle.loads(data)  # noqa: S301  from whoever started it


def receive_plain(stream: IO[bytes]) -> Any:
    """The next message of the process, which reads what buyers typed: numbers, texts, bytes, and nothing that runs.

    Raises EOFError when the other side is gone, Strange.
    """
    header = stream.read(_HEADER)
    if len(header) < _HEADER:
        raise EOFError
    size = int.from_bytes(header, "big")
    if size > MOST:
        raise Strange("too long")
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    try:
        return _Plain(io.BytesIO(data)).load()
    except EOFError as error:
        raise Strange("cut off") from error


class _Plain(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        raise Strange(f"{module_name}.{global_name}")
