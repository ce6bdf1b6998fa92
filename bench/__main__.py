"""Measures everything on both databases and shows it as a page: `python -m bench`, run by `make bench`.

KVITT_DATABASE_URL names a PostgreSQL in which databases may be made; without it only SQLite is measured. Each
part runs as a program of its own, in memory that no other part has used.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.measure import HEADING
from kvitt.foundation.values.money import format_count

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PARTS = (
    "lists",
    "workbook",
    "one_invoice",
    "monthly_invoices",
    "claims",
    "fees",
    "invoice_pdf",
    "kill_worker",
    "kill_payments",
    "kill_claims",
    "kill_fees",
)
# Measured once, on PostgreSQL where there is one: what matters is how it finds a page's rows, and how many
# claims or months of clients it takes.
ONCE = frozenset({"lists", "claims", "fees", "invoice_pdf"})
# What makes its own data, in an empty database, and how large that is told to be.
OWN_DATA = {
    "kill_worker": "rounds",
    "kill_payments": "rounds",
    "kill_claims": "rounds",
    "kill_fees": "rounds",
    "claims": "claims",
    "fees": "clients",
    "invoice_pdf": "invoices",
}


def main() -> None:
    """Measure what is asked for, and show the page."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"one or several of {', '.join(PARTS)} (all)"
    )
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="lines of activities, and as many of cases"
    )
    parser.add_argument("--claims", type=int, default=100_000, help="in a claims file")
    parser.add_argument("--clients", type=int, default=100_000, help="of care fees")
    parser.add_argument("--invoices", type=int, default=1_000, help="that are printed")
    parser.add_argument("--rounds", type=int, default=30, help="how many times a process is killed")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    if unknown := set(options.parts).difference(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    server = os.environ.get("KVITT_DATABASE_URL", "")
    page = "\n".join(
        page_lines(
            server,
            options.parts or PARTS,
            lines=options.lines,
            rounds=options.rounds,
            claims=options.claims,
            clients=options.clients,
            invoices=options.invoices,
        )
    )
    print(page)
    if options.write:
        PAGE.write_text(page + "\n", encoding="utf-8")


def page_lines(
    server: str, parts: Sequence[str], *, lines: int, rounds: int, claims: int, clients: int, invoices: int
) -> Iterator[str]:
    """Yield the page, a section for each database."""
    machine = f"{os.cpu_count()} processor cores, Python {sys.version.split()[0]}"
    day = date.fromtimestamp(time.time())  # noqa: DTZ012 - a report's date
    yield "# Performance"
    yield ""
    yield "Written by `make bench ARGS=--write`. Figure and floor are measured in the same run, on equal"
    yield "copies of the database: the ratio holds on a busy machine. `bench/` says what the floors are."
    yield ""
    yield f"{day}, {machine}. {format_count(lines)} lines of activities, none of them invoiced, beside"
    yield f"{format_count(lines)} lines of cases."
    with tempfile.TemporaryDirectory() as folder:
        for name, root in databases(server, folder):
            is_again = bool(server) and root != server
            wanted = [part for part in parts if not (is_again and part in ONCE)]
            yield from ("", f"## {name}", "", HEADING)
            filled = empty_database(root, "bench_filled")
            if set(wanted) - OWN_DATA.keys():
                run("data", filled, "--lines", str(lines))
            for part in wanted:
                if part in OWN_DATA:
                    sizes = {"rounds": rounds, "claims": claims, "clients": clients, "invoices": invoices}
                    size = OWN_DATA[part]
                    yield from run(part, empty_database(root, f"bench_{part}"), f"--{size}", str(sizes[size]))
                else:
                    yield from run(part, filled)
    yield ""
    yield f"Average load of the machine in the last quarter of an hour: {os.getloadavg()[2]:.1f}."


def databases(server: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each database and the address under which new ones are made."""
    if server:
        with psycopg.connect(server) as connection:
            yield f"PostgreSQL {connection.info.server_version // 10000}", server
    yield f"SQLite {sqlite3.sqlite_version}", f"sqlite://{folder}"


def empty_database(root: str, name: str) -> str:
    """Make an empty database, and return its address."""
    parts = urlsplit(root)
    if parts.scheme == "sqlite":
        return f"{root}/{name}.sqlite3"
    with psycopg.connect(root, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return parts._replace(path=f"/{name}").geturl()


def run(part: str, address: str, *arguments: str) -> list[str]:
    """Run one part on a database, and return what it prints."""
    print(f"{time.strftime('%H:%M:%S')} {part}, {urlsplit(address).scheme}", file=sys.stderr, flush=True)
    finished = subprocess.run(
        [sys.executable, "-m", f"bench.{part}", *arguments],
        env={**os.environ, "KVITT_DATABASE_URL": address},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if finished.returncode:
        sys.exit(f"{part} failed")
    print(finished.stdout, end="", file=sys.stderr, flush=True)
    return finished.stdout.splitlines()


if __name__ == "__main__":
    main()
