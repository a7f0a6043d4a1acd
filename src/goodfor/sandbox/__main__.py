"""`python -m goodfor.sandbox`: a stand-in EPay gateway on a loopback port."""

import argparse
import os
import sys
from pathlib import Path

from goodfor.sandbox.db import BooksInUse
from goodfor.sandbox.demo import DEMO_MD5_KEY
from goodfor.sandbox.server import NotLoopbackHost, serve


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted. Exit status 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m goodfor.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where the books are kept")
    parser.add_argument("--public-url", default="", help="how browsers reach it, when not http://HOST:PORT")
    options = parser.parse_args(arguments)
    try:
        serve(
            options.port,
            options.data,
            host=options.host,
            public_url=options.public_url,
            # By environment, because a command line can be read by every process of the machine.
            control_token=os.environ.get("GOODFOR_SANDBOX_TOKEN", ""),
            md5_key=os.environ.get("GOODFOR_SANDBOX_KEY", DEMO_MD5_KEY),
        )
    except (NotLoopbackHost, BooksInUse, OSError) as refused:
        print(f"cannot start: {refused}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
