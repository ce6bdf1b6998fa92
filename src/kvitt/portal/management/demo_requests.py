"""The requests for preauthorization of the demo, in the cases of `demo_data`: waiting, asked and decided."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from kvitt.foundation import clock
from kvitt.modules.needs_allowance.commands import assessment, procedures, requests
from kvitt.modules.needs_allowance.commands.procedures import Report
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.portal.management.demo_data import actor_of
from kvitt.preauthorization.lifecycle import Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Practitioner

_DAY = timedelta(days=1)
_CLINIC_USERS = {"1111": "anna", "1112": "bo"}


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    frida = access.actor(User.objects.get(username="frida"), "", today=today)
    if frida is None:
        raise LookupError
    _waiting(frida, today=today)
    _asked(frida, today=today)
    _decided(frida, today=today)


def _waiting(frida: Actor, *, today: date) -> None:
    """Four that await review, the oldest with a draft."""
    day = today - 31 * _DAY
    oldest = _send("Ronja", [_report("Ronja", "601", "UK", on=day)], "Värk i käkleden sedan två år.", on=day)
    assessment.save_draft_decision(
        frida,
        number=oldest.case_number,
        request_id=oldest.pk,
        verdicts={},
        reason="Avvaktar röntgenutlåtande.",
    )
    day = today - 9 * _DAY
    _send(
        "Malte", [_report("Malte", "601", "ÖK", on=day)], "Gnisslar tänder, slitage på framtänderna.", on=day
    )
    _send("Rutger", _requiring("Rutger"), "Rotspets kvar efter olycka i skolan.", on=today - 23 * _DAY)
    _send("Signe", _requiring("Signe"), "Tand 13 saknas sedan födseln.", on=today - 2 * _DAY)


def _asked(frida: Actor, *, today: date) -> None:
    """One that the clinic is to complete."""
    day = today - 15 * _DAY
    asked = _send("Åke", [_report("Åke", "852", "14", on=day)], "Roten är frakturerad.", on=day)
    assessment.ask_for_completion(
        frida,
        number=asked.case_number,
        request_id=asked.pk,
        question="Bifoga en röntgenbild av tand 14.",
        verdicts={},
        reason="",
    )


def _decided(frida: Actor, *, today: date) -> None:
    """One that is approved with reservation, and unread."""
    day = today - 8 * _DAY
    asked = [_report("Malte", code, "UK", on=day) for code in ("428", "601")]
    decided = _send("Malte", asked, "Friläggning av hörntand, och bettskena efteråt.", on=day)
    assessment.decide_request(
        frida,
        today=today - 3 * _DAY,
        number=decided.case_number,
        request_id=decided.pk,
        verdicts={one.pk: Verdict.REFUSED if one.code == "601" else Verdict.APPROVED for one in asked},
        reason="Friläggningen godkänns. Slitaget motiverar ingen bettskena.",
    )


def _case(given_name: str) -> Case:
    """Return a patient's newest case."""
    return Case.objects.select_related("clinic").filter(person__given_name=given_name).latest("first_on")


def _actor(case: Case, *, on: date) -> Actor:
    return actor_of(_CLINIC_USERS[case.clinic.number], case.clinic.number, today=on)


def _requiring(given_name: str) -> list[Procedure]:
    """Return what a patient's newest case holds that requires preauthorization."""
    requiring = Procedure.objects.filter(status=ProcedureStatus.REQUIRES_PREAUTHORIZATION)
    return list(requiring.filter(case=_case(given_name)).order_by("pk"))


def _report(given_name: str, code: str, location: str, *, on: date) -> Procedure:
    """Report a code that is not performed in a patient's newest case."""
    case = _case(given_name)
    practitioner = Practitioner.objects.filter(clinic=case.clinic).earliest("pk")
    report = Report(code, practitioner.pk, location=location)
    procedure_id = procedures.add_procedure(_actor(case, on=on), today=on, number=case.number, report=report)
    return Procedure.objects.get(pk=procedure_id)


def _send(given_name: str, asked: Sequence[Procedure], motivation: str, *, on: date) -> Preauthorization:
    """Request preauthorization in a patient's newest case."""
    case = _case(given_name)
    actor = _actor(case, on=on)
    draft = requests.Draft(motivation, [one.pk for one in asked])
    request_id = requests.send_request(actor, today=on, number=case.number, draft=draft)
    request = Preauthorization.objects.get(pk=request_id)
    request.submissions.update(sent_at=datetime.combine(on, time(9, 30), tzinfo=clock.STOCKHOLM))
    return request
