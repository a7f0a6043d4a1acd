"""`python -m goodfor.sandbox.suppliers`: stand-ins of suppliers of codes and top-ups on a loopback port."""

import argparse
import os
import sys
from pathlib import Path

from goodfor.sandbox.db import BooksInUse
from goodfor.sandbox.server import NotLoopbackHost
from goodfor.sandbox.suppliers.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted. Exit status 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m goodfor.sandbox.suppliers", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where the books are kept")
    parser.add_argument("--hurry", type=float, default=1.0, help="pauses between calls back, times this")
    options = parser.parse_args(arguments)
    token = os.environ.get("GOODFOR_SANDBOX_TOKEN", "")
    try:
        serve(options.port, options.data, host=options.host, token=token, hurry=options.hurry)
    except (NotLoopbackHost, BooksInUse, OSError) as refused:
        print(f"cannot start: {refused}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
