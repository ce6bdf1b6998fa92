"""Claims of the demo that are on their way: an invoice at each step, under review, and gathering.

They come after the payment runs, which take up all that can be paid.
"""

from datetime import date, timedelta

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import deletion, review
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.portal.management.demo_data import actor_of
from kvitt.portal.management.demo_special_care import EXAMINATION, DemoClaim, DemoLine, begin, pay, send
from kvitt.registers.clinic_administration import commands as clinic_administration
from kvitt.registers.organisations.lifecycle import GiroKind

_DAY = timedelta(days=1)
_F = SupportType.F


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    _on_their_way(today=today)
    _under_review(today=today)
    _gathering(today=today)
    _ask_for_account(today=today)


def _ask_for_account(*, today: date) -> None:
    """A clinic has asked for another account, and a second person is to decide."""
    petra = actor_of("petra", "1111", today=today)
    clinic_administration.request_account_change(
        petra, clinic_id=petra.clinic_id or 0, giro_kind=GiroKind.BANKGIRO, giro_number="160-9908"
    )


def _on_their_way(*, today: date) -> None:
    """An invoice at each step of the payment: proposed, attested, paid out into."""
    day = today - 18 * _DAY
    steps = (InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT)
    for number, (name, step) in enumerate(zip(("Greta", "Arne", "Ulla-Britt"), steps, strict=True), start=1):
        lines = (DemoLine("341"), DemoLine("704", f"{number + 1}6"))
        claim = DemoClaim("mats", name, f"2024-{20 + number}", f"L{1010 + number}", lines, fee=100)
        pay([send(claim, on=day)], proposed_on=day + 5 * _DAY, until=step)


# Under review, and gathering ----------------------------------------------------------------------


def _under_review(*, today: date) -> None:
    """Claims that are held, asked about, voided and deleted."""
    day = today - 28 * _DAY
    gustav = actor_of("gustav", today=today)
    asked = send(
        DemoClaim("lisa", "Karl-Erik", "23434344", "980911", (DemoLine("103"), DemoLine("301")), _F, 100),
        on=day,
    )
    review.hold_claim(gustav, number=asked)
    review.ask_clinic(gustav, number=asked, question="Vilken sjukdom i slemhinnan behandlades?")
    held = DemoClaim("lisa", "Emma", "23434345", "980912", (*EXAMINATION, DemoLine("301")), _F, 200)
    review.hold_claim(gustav, number=send(held, on=today - 8 * _DAY))
    # Above the limit: held by itself.
    teeth = tuple(DemoLine("800", tooth) for tooth in ("14", "15", "24", "25"))
    send(DemoClaim("mats", "Arne", "2024-30", "L1020", teeth, fee=200), on=today - 3 * _DAY)
    voided = send(
        DemoClaim("lisa", "Märta", "23434340", "980913", (DemoLine("111"), DemoLine("342"))), on=day
    )
    review.hold_claim(gustav, number=voided)
    review.void_claim(gustav, number=voided, reason="Samma besök har redan ersatts. Makuleras.")
    twice = send(DemoClaim("lisa", "Greta", "23434350", "980914", (DemoLine("206"),)), on=today - 4 * _DAY)
    deletion.delete_claim(actor_of("lisa", "1111", today=today), number=twice)


def _gathering(*, today: date) -> None:
    """What is released and not yet proposed: the manual's invoice 1234678, and one of another region."""
    lines = (DemoLine("103"), DemoLine("121"))
    send(DemoClaim("lisa", "Greta", "1234678", "1184499", lines, comment="45678"), on=today - 2 * _DAY)
    lines = (DemoLine("101"), DemoLine("401", "38"))
    send(DemoClaim("nora", "Märta", "B-80", "710", lines, county="06"), on=today - 5 * _DAY)
    begin(DemoClaim("lisa", "Ulla-Britt", "1234678", "", EXAMINATION), on=today)
