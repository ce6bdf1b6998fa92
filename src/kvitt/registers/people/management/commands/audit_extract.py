"""A patient's extract of the log: who read and changed what about one person."""

import getpass
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from kvitt.audit import commands as audit
from kvitt.audit import queries as audit_queries
from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values import identity
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people import queries
from kvitt.registers.people.models import Person


class Command(BaseCommand):
    """Print the events about a person, merged records included (spec CO-30, Patient Data Act 8:5)."""

    help = "Print who read and changed what about a person. The extract is itself logged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="personal identity number, or - to read it from standard input")
        parser.add_argument(
            "--authority", help="organisation number of the authority, where there are several", default=""
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *_args: object, **options: object) -> None:
        written = sys.stdin.readline() if options["number"] == "-" else str(options["number"])
        authority = _authority(str(options["authority"]))
        actor = system_actor(authority.pk, name=f"kvitt audit_extract ({getpass.getuser()})")
        person = _person(actor, written)
        ids = queries.record_ids(person)
        audit.record_read("people.audit_extract", actor, subject=("person", person.code), person_ids=ids)
        for event in audit_queries.events_about(ids).iterator():
            self.stdout.write(_json(event) if options["json"] else _line(event))


def _authority(number: str) -> Authority:
    found = list(Authority.objects.order_by("pk"))
    if number:
        digits = identity.normalise_organisation_number(number)
        found = [authority for authority in found if authority.organisation_number == digits]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError("There is no such authority. Give its organisation number with --authority.")
    names = ", ".join(
        f"{identity.format_organisation_number(authority.organisation_number)} {authority.name}"
        for authority in found
    )
    raise CommandError(f"There are several authorities. Choose one with --authority: {names}")


def _person(actor: Actor, written: str) -> Person:
    today = clock.today()
    numbers = queries.numbers_in(actor, written, today=today)
    if not numbers:
        patterns = queries.reserve_patterns(actor.authority_id)
        problems = identity.check_identity_number(written, today, patterns)
        raise CommandError(" ".join(problem_text(problem) for problem in problems))
    if len(numbers) > 1:
        shown = " or ".join(str(number) for number in numbers)
        raise CommandError(f"The number fits two persons. Write it with the century: {shown}.")
    person = queries.find_by_number(actor, numbers[0].digits)
    if person is None:
        raise CommandError("Nobody with this number is registered with the authority.")
    return person


def _json(event: Event) -> str:
    fields = {
        "at": event.at.astimezone(clock.STOCKHOLM).isoformat(timespec="seconds"),
        "who": event.user_name,
        "role": audit_queries.role_text(event),
        "unit": event.unit,
        "action": event.action,
        "is_read": event.is_read,
        "subject": {"kind": event.subject_kind, "key": event.subject_key},
        "data": event.data,
    }
    return json.dumps(fields, ensure_ascii=False)


def _line(event: Event) -> str:
    return "  ".join(_parts(event))


def _parts(event: Event) -> Iterator[str]:
    yield f"{event.at.astimezone(clock.STOCKHOLM):%Y-%m-%d %H:%M:%S}"
    yield "read   " if event.is_read else "changed"
    yield event.action
    yield ", ".join(part for part in (event.user_name, audit_queries.role_text(event), event.unit) if part)
    if event.subject_key and event.subject_kind != "person":
        yield f"{event.subject_kind} {event.subject_key}"
    if event.data:
        yield json.dumps(event.data, ensure_ascii=False)
