"""What the demo's region tells its clinics: news, questions and answers, and whom to ask."""

from datetime import date, timedelta

from kvitt.portal.commands import texts
from kvitt.portal.management.demo_data import REGION
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations.models import Authority


def make(*, today: date) -> None:
    """Make news, questions and answers, and whom to ask."""
    system = system_actor(Authority.objects.get(name=REGION).pk)
    month = today.replace(day=1)
    for title, text, first_on in (
        (
            "Ändrad faktureringsperiod i december",
            "På grund av helgerna är faktureringsperioden i december kortare. Dagarna står på startsidan.",
            month + timedelta(days=6),
        ),
        (
            "Priset följer behandlingsdatum",
            "Åtgärder utan datum visar dagens pris och får sitt pris när ni anger datum.",
            month,
        ),
    ):
        texts.create_news_item(system, today=today, title=title, text=text, first_on=first_on, last_on=None)
    for position, (question, answer) in enumerate(
        (
            (
                "Varför är fakturerbart belopp 0 kr?",
                "Godkända och utförda åtgärder ska överstiga självrisken. I ärendet står vad som fattas.",
            ),
            (
                "Vad betyder Ej utförd?",
                "Åtgärden saknar behandlingsdatum. Ange datum med Ändra när den är utförd.",
            ),
            (
                "När kan vi fakturera?",
                "Normalt från den 9:e till och med den 25:e varje månad. Aktuella dagar står på startsidan.",
            ),
            (
                "När faktureras befolkningsansvaret?",
                "Den 1:a varje månad gör systemet en faktura av månaden som gått. Ni gör inget själva.",
            ),
        )
    ):
        texts.create_faq_entry(system, today=today, question=question, answer=answer, position=position)
    for position, (subject, phone) in enumerate(
        (
            ("Behovspeng och förhandsbedömning", "010-103 00 01"),
            ("Särskilt tandvårdsstöd och utomlänstandvård", "010-103 00 03"),
            ("Fakturor och utbetalning", "010-103 00 02"),
        )
    ):
        texts.create_support_contact(
            system,
            subject=subject,
            phone=phone,
            hours="Måndag-fredag 8.30-11.30",
            email="tandvardsenheten@example.org",
            position=position,
        )
