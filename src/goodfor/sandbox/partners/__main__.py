"""`python -m goodfor.sandbox.partners`: a points mall and a partner's app, on a loopback port."""

import argparse
import os
import sys

from goodfor.sandbox.partners.server import serve
from goodfor.sandbox.server import NotLoopbackHost


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted. Exit status 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m goodfor.sandbox.partners", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--developer", default="", metavar="URL", help="http://.../partners/<shop>/<account>")
    options = parser.parse_args(arguments)
    try:
        token = os.environ.get("GOODFOR_SANDBOX_TOKEN", "")
        serve(options.port, host=options.host, control_token=token, developer=options.developer)
    except (NotLoopbackHost, OSError) as refused:
        print(f"cannot start: {refused}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
