"""The region's lists and dialogs over HTTP: what is held, asked, proposed and repaid; and the start page."""

import datetime as dt
import re
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.ledger.models import InvoiceStep
from kvitt.modules.special_care.commands import review
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.portal.queries.start import start_page
from tests.modules.special_care import reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-22")]
LIST, PROPOSAL = "/special-care/review/", "/special-care/proposal/"


@pytest.fixture
def gustav(special_world, sign_in) -> Client:
    return sign_in(special_world, "gustav")


@pytest.fixture
def lisa(special_world, sign_in) -> Client:
    return sign_in(special_world, "lisa")


def spaced(text):
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def text(answer):
    return spaced(strip_tags(answer.content.decode()))


def numbers(client, query=""):
    page = client.get(f"{LIST}{query}").context["page"]
    return [re.search(r"T2024-\d+", row.url).group() for row in page.rows]


def post(client, name, claim, **typed):
    return client.post(reverse(f"special_care:{name}", args=[claim.number]), typed, follow=True)


# The work list ----------------------------------------------------------------------------------------


def test_work_list_is_the_oldest_first_and_filtered(special_world, gustav):
    old = reviewing.send(special_world, sent_on=special_world.today.replace(day=11), reasons=["random"])
    other = reviewing.send(special_world, clinic=special_world.bjork)
    new = reviewing.send(special_world, reasons=["high_amount", "many_claims"])
    reviewing.send(special_world, is_held=False)
    review.ask_clinic(special_world.actor("gustav"), number=new.number, question="Vilken käke?")

    assert numbers(gustav) == [old.number, other.number, new.number]
    assert numbers(gustav, "?reason=many_claims") == [new.number]
    assert numbers(gustav, f"?clinic={special_world.bjork.pk}") == [other.number]
    assert numbers(gustav, "?question=asked") == [new.number]
    assert numbers(gustav, "?question=not_asked&reason=random") == [old.number]
    shown = text(gustav.get(LIST))
    assert "Högt belopp, Patient med många räkningar" in shown
    assert "Inväntar svar" in shown
    assert Event.objects.filter(action="special_care.review_claims", is_read=True).exists()


def test_work_list_is_fetched_as_a_workbook(special_world, gustav):
    reviewing.send(special_world, sent_on=special_world.today.replace(day=11))

    answer = gustav.get(f"{LIST}?format=xlsx")

    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert any(9 in row and "Provander" in str(row) and "Högt belopp" in row for row in rows)


def test_many_are_released_at_once_and_the_others_are_named(special_world, gustav):
    first, second = reviewing.send(special_world), reviewing.send(special_world)
    third, asked = reviewing.send(special_world, is_held=False), reviewing.send(special_world)
    post(gustav, "ask_clinic", asked, question="Vilken käke?")

    answer = gustav.post(LIST, {"chosen": [one.pk for one in (first, second, third, asked)]}, follow=True)
    post(gustav, "release_claim", asked)

    assert "2 räkningar är frisläppta." in text(answer)
    assert f"Öppna en räkning för att frisläppa den ändå: {asked.number}." in text(answer)
    assert Claim.objects.get(pk=asked.pk).status == "released"
    assert f"Inte under granskning längre: {third.number}." in text(answer)
    assert "Ingen räkning är markerad" in text(gustav.post(LIST, {}, follow=True))


# One claim --------------------------------------------------------------------------------------------


def test_reviewer_decides_and_is_led_to_the_next(special_world, gustav):
    first, second = reviewing.send(special_world), reviewing.send(special_world)

    released = post(gustav, "release_claim", first)
    asked = post(gustav, "ask_clinic", second, question="Vilken käke?")

    assert f"Räkning {first.number} är frisläppt. Granska nästa: {second.number}" in text(released)
    assert f"Mottagningen är tillfrågad om räkning {second.number}. Ingen annan räkning" in text(asked)
    assert post(gustav, "void_claim", second, reason=" ").status_code == 422
    post(gustav, "void_claim", second, reason="Åtgärden är redan betald.")
    assert post(gustav, "release_claim", first).status_code == 422
    post(gustav, "hold_claim", first)
    assert list(Claim.objects.order_by("pk").values_list("status", flat=True)) == ["held", "voided"]


def test_clinic_reads_the_question_and_answers_but_not_why_it_is_held(special_world, gustav, lisa):
    claim = reviewing.send(special_world, reasons=["random"])
    post(gustav, "ask_clinic", claim, question="Vilken käke?")

    asked, page = lisa.get("/special-care/questions/"), lisa.get(f"/special-care/claims/{claim.number}/")
    answered = post(lisa, "answer_question", claim, answer="Överkäken.")

    assert "Vilken käke?" in text(asked)
    assert "Vilken käke?" in text(page)
    assert "Stickprov" not in text(page)
    assert f"Frågan om räkning {claim.number} är besvarad." in text(answered)
    assert "Ingen fråga väntar på ert svar." in text(lisa.get("/special-care/questions/"))
    assert "Överkäken." in text(gustav.get(f"/special-care/claims/{claim.number}/"))
    assert "Stickprov" in text(gustav.get(f"/special-care/claims/{claim.number}/"))
    assert post(lisa, "answer_question", claim, answer="Underkäken.").status_code == 422


def test_voided_claim_tells_its_clinic_why(special_world, gustav, lisa):
    claim = reviewing.send(special_world)
    post(gustav, "void_claim", claim, reason="Åtgärden är redan betald.")

    assert "Åtgärden är redan betald." in text(lisa.get(f"/special-care/claims/{claim.number}/"))
    assert "Faktura makulerad" in text(lisa.get("/special-care/invoices/voided/"))


# Proposal and repayment -------------------------------------------------------------------------------


@pytest.mark.requirement("SC-19a")
def test_chosen_invoices_are_proposed_and_the_rest_is_told(special_world, gustav):
    ready = reviewing.send(special_world, "1234", is_held=False)
    back = reviewing.send(special_world, "5678", is_held=False)
    reviewing.send(special_world, "5678")

    page = text(gustav.get(PROPOSAL))
    answer = gustav.post(PROPOSAL, {"chosen": [ready.invoice_id, back.invoice_id]}, follow=True)

    assert "1 faktura, 13 485 kr. Ytterligare 1 faktura väntar" in page
    assert "1 faktura är föreslagen för utbetalning. En annan person attesterar den." in text(answer)
    assert "Räkningar under granskning: 1. Avgör dem först." in text(answer)


@pytest.mark.requirement("SC-21")
def test_repayment_is_marked_with_its_day(special_world, gustav):
    claim = reviewing.send(special_world, is_held=False)
    reviewing.propose(special_world, claim)
    reviewing.pay(special_world, claim)
    credited = reviewing.credit(special_world, claim)
    reviewing.attest(special_world, credited.ledger_invoice_id)
    url = reverse("special_care:confirm_repayment", args=[credited.our_reference])

    listed = text(gustav.get("/special-care/repayments/"))
    late = gustav.post(url, {"repaid_on": "2024-11-21"})
    done = gustav.post(url, {"repaid_on": "2024-11-20"}, follow=True)

    assert "13 485 kr" in listed
    assert late.status_code == 422
    assert "är markerad som återbetald." in text(done)
    assert ClaimInvoice.objects.get(pk=credited.pk).repaid_by == "Gustav Granskare"


# The start page ---------------------------------------------------------------------------------------


def on_start(world, name):
    page = start_page(world.actor(name), today=world.today)
    figures = {figure.label: (spaced(figure.value), spaced(figure.note)) for figure in page.key_figures}
    return figures, {notice.label: notice.count for notice in page.notices}


@pytest.mark.requirement("CO-28")
def test_start_page_tells_the_clinic_of_its_own_claims(
    special_world, in_english, lisa, django_assert_max_num_queries
):
    paid = reviewing.send(special_world, "1", is_held=False)
    reviewing.propose(special_world, paid)
    reviewing.pay(special_world, paid)
    InvoiceStep.objects.update(at=dt.datetime(2024, 11, 12, 9, tzinfo=clock.STOCKHOLM))
    special_world.begin_claim()
    asked, voided = reviewing.send(special_world, "2"), reviewing.send(special_world, "3")
    gustav = special_world.actor("gustav")
    review.ask_clinic(gustav, number=asked.number, question="Vilken käke?")
    review.void_claim(gustav, number=voided.number, reason="Fel patient.")
    reviewing.send(special_world, "4", clinic=special_world.bjork)

    figures, notices = on_start(special_world, "lisa")

    assert figures["Approved for payment this month"] == ("13 485 kr", "1 claim")
    assert figures["Paid out this month"] == ("13 485 kr", "1 invoice")
    assert figures["Under review"] == ("1", "claim")
    assert notices["Questions from the region about claims"] == 1
    assert notices["Claims not sent in"] == 1
    assert notices["Claims voided in the last 30 days"] == 1
    with django_assert_max_num_queries(12):
        lisa.get("/")


@pytest.mark.requirement("CO-28")
def test_start_page_tells_the_reviewer_what_waits(special_world, in_english, gustav):
    old = reviewing.send(special_world, "1", sent_on=special_world.today.replace(day=1))
    reviewing.send(special_world, "2")
    reviewing.send(special_world, "3", is_held=False)
    review.ask_clinic(special_world.actor("gustav"), number=old.number, question="Vilken käke?")
    review.answer_question(special_world.actor("lisa"), number=old.number, answer="Överkäken.")

    figures, notices = on_start(special_world, "gustav")
    held = start_page(special_world.actor("gustav"), today=special_world.today).held

    assert figures["Claims to review"] == ("2", "the oldest for 19 days")
    assert figures["To propose for payment"] == ("13 485 kr", "1 invoice")
    assert notices["Claims whose clinic has answered"] == 1
    assert notices["Repayments awaited"] == 0
    assert [row.amount for row in held.rows] == [1, 0, 1, 0, 0]
    assert numbers(gustav, "?question=answered") == [old.number]


# The ledger's own pages -------------------------------------------------------------------------------


@pytest.mark.requirement("SC-19a", "CO-20")
def test_proposed_invoice_is_one_of_the_ledgers(special_world, gustav, sign_in):
    claims = [
        reviewing.send(special_world, lines=[(code, "Undersökning", 980_00)], is_held=False)
        for code in ("101", "102")
    ]
    reviewing.propose(special_world, *claims)
    pk = ClaimInvoice.objects.get().ledger_invoice_id
    hanna = sign_in(special_world, "hanna")

    shown, document = text(hanna.get(f"/invoicing/{pk}/")), hanna.get(f"/invoicing/{pk}/pdf/")
    rejecting = text(gustav.get(f"/invoicing/{pk}/reject/"))

    assert f"{claims[0].number}" in shown
    assert "Patient med flera ärenden" not in text(hanna.get("/invoicing/attest/"))
    assert b"".join(document).startswith(b"%PDF")
    assert "Mottagningen får inget meddelande." in rejecting
    assert text(sign_in(special_world, "nora").get(f"/invoicing/{pk}/")) != shown
