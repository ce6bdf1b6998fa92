"""What a piece of work costs, and how a measurement is told."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client

from kvitt.foundation import clock
from kvitt.registers.access.middleware import begin_session
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority, Clinic

HEADING = (
    "| Requirement | Work | Goal | Measured | Floor | Times the floor | Beside it |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass
class Cost:
    """What a piece of work took: seconds by the clock, of the processor and in the database; memory."""

    seconds: float = 0.0
    processor: float = 0.0
    database: float = 0.0
    statements: int = 0
    mebibytes: float = 0.0

    def note_statement(
        self, execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        """Run one statement and count it."""
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements += 1
            self.database += time.perf_counter() - start


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure what stands in the block; memory is that of this process, above what it held before."""
    cost = Cost()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux forgets the peak until now
    idle = _kibibytes("VmRSS")
    processor, start = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(cost.note_statement):
        yield cost
    cost.seconds, cost.processor = time.perf_counter() - start, time.process_time() - processor
    cost.mebibytes = (_kibibytes("VmHWM") - idle) / 1024


def _kibibytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def row(
    work: str,
    took: str,
    *,
    requirement: str = "",
    goal: str = "",
    floor: str = "",
    times: float = 0,
    beside: str = "",
) -> str:
    """Return a row of the table under `HEADING`; `times` is how many times the floor it took."""
    cells = (requirement, work, goal, took, floor, f"{times:.1f}" if times else "", beside)
    return f"| {' | '.join(cells)} |"


# Who looks ----------------------------------------------------------------------------------------


def user(authority: Authority, *roles: Role, clinic: Clinic | None = None) -> User:
    """Return somebody with the roles at the clinic, or at the authority."""
    made = User.objects.create(username=f"bench-{User.objects.count()}", name="Bench", authority=authority)
    for role in roles:
        RoleGrant.objects.create(user=made, role=role, clinic=clinic, authority=None if clinic else authority)
    return made


def signed_in(who: User) -> Client:
    """Return a browser in which the user has signed in just now."""
    client = Client()
    client.force_login(who)
    session = client.session
    begin_session(session, who.pk, is_by_provider=False, now=clock.now())
    session.save()
    return client
