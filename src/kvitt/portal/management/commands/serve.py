"""`kvitt serve`: the web server, any number of times against one database."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Serves the pages with gunicorn."""

    help = "Serve the pages. Put a proxy with TLS in front of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=2, help="number of processes (2)")

    def handle(self, *_args: Any, host: str, port: int, workers: int, **_options: Any) -> None:
        serve(host=host, port=port, workers=workers)


def start_worker() -> None:
    """Start a worker beside the web server; it stops when the server does."""
    subprocess.Popen(
        [sys.executable, "-m", "kvitt", "worker", "--with-parent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def serve(*, host: str, port: int, workers: int) -> None:
    """Become the web server; returns never."""
    sys.stdout.flush()
    os.execv(  # noqa: S606 - no shell
        sys.executable,
        [
            *(sys.executable, "-m", "gunicorn", "kvitt.wsgi:application"),
            *("--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4"),
            *("--access-logfile", "/dev/null", "--log-level", "warning"),
        ],
    )
