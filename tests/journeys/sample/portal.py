"""News, questions and support."""

import datetime as dt

from kvitt.portal.commands import questions, texts
from tests.journeys.sample.sample import Sample
from tests.world import SINCE


def make_texts(sample: Sample) -> None:
    """News that holds, is coming and is over, a question with an answer and one without."""
    world, ids = sample.world, sample.ids
    day = dt.timedelta(days=1)
    for key, title, first_on, last_on in (
        ("news", "Ändrad faktureringsperiod i december", world.today - day, None),
        ("ended news", "Driftstopp på lördag", SINCE, world.today - day),
        ("coming news", "Nya priser från årsskiftet", world.today + 20 * day, None),
    ):
        item = texts.create_news_item(
            world.system,
            today=world.today,
            title=title,
            text="Läs mer i handboken.\n\nKontakta oss om något är oklart.",
            first_on=first_on,
            last_on=last_on,
        )
        ids[key] = item.pk
    entry = texts.create_faq_entry(
        world.system,
        today=world.today,
        question="Varför står det 0 kr i ärendet?",
        answer="Självrisken är inte nådd.",
        position=1,
    )
    contact = texts.create_support_contact(
        world.system,
        subject="Behovspengens regler",
        phone="010-103 00 01",
        hours="Vardagar 9-11",
        email="regler@example.org",
        position=1,
    )
    asked = [
        questions.ask_question(world.actor("anna"), today=world.today, subject=subject, text="Hur gör vi?")
        for subject in ("Ny behandlare", "Faktura som saknas")
    ]
    answer = "Hör av er till tandvårdsenheten."
    questions.answer_question(world.actor("ivar"), today=world.today, question_id=asked[0].pk, answer=answer)
    ids |= {
        "faq entry": entry.pk,
        "contact": contact.pk,
        "question": asked[0].pk,
        "open question": asked[1].pk,
    }
