"""Starting our own helper processes."""

import os
import subprocess
import sys


def start_process(module: str) -> "subprocess.Popen[bytes]":
    """A Python process running a module of ours, with pipes. Nothing secret is in its arguments or environment."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def stop_process(process: "subprocess.Popen[bytes]") -> None:
    """End a process of ours and close its pipes, whatever it is doing."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
