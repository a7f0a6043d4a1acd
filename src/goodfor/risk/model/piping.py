"""How a training in a process of its own is spoken with: length-prefixed messages through its pipes. Pure."""

import pickle
from typing import IO, Any, Final

_HEADER: Final = 8


def send(stream: IO[bytes], item: Any) -> None:
    """One message."""
    data = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_HEADER, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    header = stream.read(_HEADER)
    if len(header) < _HEADER:
        raise EOFError
    data = stream.read(int.from_bytes(header, "big"))
    return pickle.loads(data)  # noqa: S301  both ends are this program
