"""`kvitt load_claims FILE --clinic NUMBER`: take the faultless claims of a claims file in."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.commands import files
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.management.commands import check_claims
from kvitt.modules.special_care.models import ClaimsFile
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.modules.special_care.rules.files import FileRefused, Place
from kvitt.registers.access.rules import Actor, ScopeKind, system_actor
from kvitt.registers.documents.commands import Upload
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.price_lists.management.commands import load_catalogue


class Command(check_claims.Command):
    """Exit code 0: all is taken in; 1: faults, one line each on standard error; 2: wrong use."""

    help = (
        "Hand a claims file in for a clinic, and take its faultless claims in; the others are left. It may "
        "name the other clinics of the same care provider. One line for each fault: line of the file, "
        "clinic, claim reference, code, message."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--clinic", metavar="NUMBER", required=True, help="whose file it is")

    def handle(self, *, file: Path, authority: str | None, json: bool, **options: Any) -> None:
        owner = load_catalogue.authority_named(authority)
        actor = acting_for(owner.pk, options["clinic"])
        with check_claims.opened(file) as content:
            upload = Upload(file.name, file.stat().st_size, content)
            file_id = files.receive_file(actor, upload=upload, is_check_only=False)
        tasks.finish_file(file_id)
        found = ClaimsFile.objects.get(pk=file_id)
        if found.status == FileStatus.CHECKED:
            files.load_file(actor, file_id=file_id)
            tasks.finish_file(file_id)
            found.refresh_from_db()
        self._tell(file, found, as_json=json)

    def _tell(self, file: Path, found: ClaimsFile, *, as_json: bool) -> None:
        """Say what came of the file, and end with 1 where something is left."""
        if found.status == FileStatus.REFUSED:
            self.refuse(file, FileRefused(found.refusal, found.refusal_values), as_json=as_json)
        told = []
        for fault in found.faults.order_by("place", "pk").iterator():
            place = Place(
                fault.place, fault.line, fault.clinic_number, fault.reference, fault.identity_number
            )
            told.append(
                self.tell(place, fault.line, Fault(fault.code, values=fault.values), is_quiet=as_json)
            )
        counts = {
            "file": found.pk,
            "taken_in": found.taken_count,
            "credited": found.credited_count,
            "faulty": found.faulty_count,
            "faults": found.fault_count,
        }
        if as_json:
            self.stdout.write(check_claims.dumped({**counts, "list": told}))
        else:
            text = _("%(taken_in)s claims taken in and %(credited)s credited, %(faulty)s left with faults")
            self.stdout.write(text % counts)
        if found.faulty_count:
            raise SystemExit(1)


def acting_for(authority_id: int, number: str) -> Actor:
    """Return the program itself acting for the clinic of that number. Raises CommandError."""
    clinic = Clinic.objects.filter(authority_id=authority_id, number=number).first()
    if clinic is None:
        message = _("There is no clinic %(number)s.") % {"number": number}
        raise CommandError(message, returncode=load_catalogue.WRONG_USE)
    return replace(
        system_actor(authority_id, "kvitt load_claims"),
        scope=ScopeKind.CLINIC,
        unit_id=clinic.pk,
        unit_text=str(clinic),
        clinic_ids=frozenset({clinic.pk}),
    )
