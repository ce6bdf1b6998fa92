"""The lists of the review chain and the invoice's own buttons, over HTTP."""

import re
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-28")]
ISSUED, REVIEWED, AUTHORISED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED
PAYING_OUT, PAID_OUT = InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT
LISTS = {
    "review_invoices": ("gustav", ISSUED, REVIEWED, "2 fakturor är godkända."),
    "attest_invoices": ("hanna", REVIEWED, AUTHORISED, "2 fakturor är attesterade."),
    "start_payouts": ("hanna", AUTHORISED, PAYING_OUT, "Utbetalningen av 2 fakturor är startad."),
    "confirm_payouts": ("hanna", PAYING_OUT, PAID_OUT, "2 fakturor är utbetalda."),
}
ONE = {
    "review_invoice": ("gustav", ISSUED, REVIEWED, "Godkänn"),
    "attest_invoice": ("hanna", REVIEWED, AUTHORISED, "Attestera"),
    "start_payout": ("hanna", AUTHORISED, PAYING_OUT, "Starta utbetalning"),
    "confirm_payout": ("hanna", PAYING_OUT, PAID_OUT, "Markera som utbetald"),
}
lists = pytest.mark.parametrize("name", LISTS)
dialogs = pytest.mark.parametrize("name", ONE)


def text(answer):
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()).replace("\xa0", " "))


def unlike(book, amount=100_00):
    """Return an invoice on which there is nothing to remark."""
    persons = [book.world.elsa, book.world.rutger, book.world.tova, book.world.ake, book.world.alma]
    number = Invoice.objects.count()
    case = f"B2021-{number:06d}"
    return book.issue(book.approve(amount, case=case, person=persons[number]), reference=f"F{number}")


# Lists ------------------------------------------------------------------------------------------------


@lists
def test_list_holds_what_waits_the_oldest_first(book, sign_in, name):
    who, before, _after, _said = LISTS[name]
    made = [book.in_status(before) for _ in range(3)]
    book.in_status(next(status for status in InvoiceStatus if status is not before))

    page = sign_in(book.world, who).get(reverse(f"ledger:{name}")).context["page"]

    assert [row.url for row in page.rows] == [reverse("ledger:invoice", args=[pk]) for pk in made]


@lists
def test_chosen_ones_go_on_and_it_is_told(book, sign_in, name):
    who, before, after, said = LISTS[name]
    first, second, third = (book.in_status(before) for _ in range(3))

    answer = sign_in(book.world, who).post(reverse(f"ledger:{name}"), {"chosen": [first, third]}, follow=True)

    assert said in text(answer)
    assert [book.status_of_invoice(pk) for pk in (first, second, third)] == [after, before, after]


@lists
def test_nothing_chosen_is_told(book, sign_in, name):
    answer = sign_in(book.world, LISTS[name][0]).post(reverse(f"ledger:{name}"), {"chosen": "x"}, follow=True)

    assert "Ingen faktura är markerad. Markera minst en." in text(answer)


@lists
@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("who", ["anna", "eva", "frida", "ivar"])
def test_others_neither_see_nor_forge_it(book, sign_in, name, who):
    invoice_id = book.in_status(LISTS[name][1])
    client, url = sign_in(book.world, who), reverse(f"ledger:{name}")

    assert client.get(url).status_code == 403
    assert client.post(url, {"chosen": invoice_id}).status_code == 403
    assert book.status_of_invoice(invoice_id) is LISTS[name][1]


@lists
def test_forged_id_is_not_found(book, sign_in, name):
    answer = sign_in(book.world, LISTS[name][0]).post(reverse(f"ledger:{name}"), {"chosen": 999_999})

    assert answer.status_code == 404


@pytest.mark.requirement("CO-24")
def test_what_stays_is_told_with_the_reason(book, sign_in):
    october = book.issue(book.approve(), reference="Oktober")
    november = book.issue(book.approve(), reference="November")
    book.take(october, REVIEWED)
    book.take(november, REVIEWED)

    answer = sign_in(book.world, "hanna").post(
        reverse("ledger:attest_invoices"), {"chosen": november}, follow=True
    )

    assert "1 faktura står kvar:" in text(answer)
    assert "November: Oktober har rader från samma ärende" in text(answer)


def test_own_approval_is_refused_in_words(book, sign_in):
    book.world._user("gerd", "Gerd Bådadera", book.world.region, (Role.REVIEWER, Role.ATTESTER))
    gerd, invoice_id = sign_in(book.world, "gerd"), book.in_status(ISSUED)
    gerd.post(reverse("ledger:review_invoices"), {"chosen": invoice_id})

    answer = gerd.post(reverse("ledger:attest_invoices"), {"chosen": invoice_id}, follow=True)

    assert "F1: Du har godkänt den här fakturan." in text(answer)
    assert book.status_of_invoice(invoice_id) is REVIEWED


# Remarks ----------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(book):
    """Two invoices without remarks, and one between them that charges the same twice."""
    first = unlike(book)
    remarked = book.issue(
        *(book.approve(case="B2021-000009", person=book.world.tova) for _ in range(2)), reference="Två"
    )
    return [first, remarked, book.issue(book.approve(case="B2021-000010", person=book.world.ake))]


def test_remarks_stand_in_the_list_in_a_word(book, sign_in, mixed):
    page = sign_in(book.world, "gustav").get(reverse("ledger:review_invoices")).context["page"]

    [column] = [number for number, each in enumerate(page.headings) if each.label == "Anmärkningar"]
    assert [str(row.cells[column].html) for row in page.rows] == ["", "Samma åtgärd två gånger", ""]


def test_all_without_remarks_are_approved_by_one_button(book, sign_in, mixed):
    client, url = sign_in(book.world, "gustav"), reverse("ledger:review_invoices")
    [_chosen, button] = client.get(url).context["page"].selection.buttons
    assert (button.label, button.value) == ("Godkänn 2 utan anmärkning", f"{mixed[0]},{mixed[2]}")

    client.post(url, {button.name: button.value})

    assert [book.status_of_invoice(pk) for pk in mixed] == [REVIEWED, ISSUED, REVIEWED]


def test_remark_that_has_come_since_is_told(book, sign_in, mixed):
    client, url = sign_in(book.world, "gustav"), reverse("ledger:review_invoices")

    answer = client.post(url, {"unremarked": f"{mixed[0]},{mixed[1]}"}, follow=True)

    assert "Två: Fakturan har anmärkningar." in text(answer)
    assert [book.status_of_invoice(pk) for pk in mixed] == [REVIEWED, ISSUED, ISSUED]


@pytest.mark.requirement("CO-26")
def test_remarks_stand_in_the_excel_too(book, sign_in, mixed):
    answer = sign_in(book.world, "gustav").get(reverse("ledger:review_invoices") + "?format=xlsx")

    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert "Samma åtgärd två gånger" in [cell for row in sheet.values for cell in row]


def test_remark_is_told_whole_on_the_invoice_to_who_reviews_it(book, sign_in, mixed):
    url = reverse("ledger:invoice", args=[mixed[1]])

    said = "B2021-000009: fakturerat mer än en gång för samma patient och dag: 815 Sadelkrona 2024-11-20."
    assert said in text(sign_in(book.world, "gustav").get(url))
    assert "mer än en gång" not in text(sign_in(book.world, "anna").get(url))


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("count", [2, 50])
def test_page_takes_as_many_statements_for_two_as_for_fifty(book, sign_in, count, django_assert_num_queries):
    for _ in range(count):
        book.in_status(ISSUED)
    client, url = sign_in(book.world, "gustav"), reverse("ledger:review_invoices")
    client.get(url)

    with django_assert_num_queries(12):
        client.get(url)


# One invoice -----------------------------------------------------------------------------------------


@dialogs
def test_page_offers_the_next_step_to_who_takes_it(book, sign_in, name):
    who, before, _after, label = ONE[name]
    invoice_id = book.in_status(before)

    page = sign_in(book.world, who).get(reverse("ledger:invoice", args=[invoice_id])).context["page"]

    action = page.actions[-1]
    assert (action.label, action.url, action.is_dialog) == (
        label,
        reverse(f"ledger:{name}", args=[invoice_id]),
        True,
    )


@dialogs
def test_step_is_asked_for_and_taken(book, sign_in, name):
    who, before, after, label = ONE[name]
    invoice_id = book.in_status(before)
    client, url = sign_in(book.world, who), reverse(f"ledger:{name}", args=[invoice_id])

    assert f"{label}: F1" in text(client.get(url))
    assert book.status_of_invoice(invoice_id) is before
    client.post(url)

    assert book.status_of_invoice(invoice_id) is after


@dialogs
def test_step_that_somebody_was_faster_with_is_told(book, sign_in, name):
    who, before, after, _label = ONE[name]
    invoice_id = book.in_status(before)
    book.advance(invoice_id, after)

    answer = sign_in(book.world, who).post(reverse(f"ledger:{name}", args=[invoice_id]))

    assert answer.status_code == 422
    assert "Någon annan har just ändrat statusen." in text(answer)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", [*ONE, "reject_invoice"])
@pytest.mark.parametrize(("who", "status"), [("anna", 403), ("eva", 403), ("bo", 404), ("david", 404)])
def test_clinic_cannot_forge_a_step(book, sign_in, name, who, status):
    invoice_id = book.in_status(ISSUED)
    client, url = sign_in(book.world, who), reverse(f"ledger:{name}", args=[invoice_id])

    assert client.get(url).status_code == status
    assert client.post(url, {"reason": "Nej"}).status_code == status
    assert book.status_of_invoice(invoice_id) is ISSUED


def test_page_of_the_clinic_has_no_steps(book, sign_in):
    url = reverse("ledger:invoice", args=[book.in_status(ISSUED)])

    page = sign_in(book.world, "anna").get(url).context["page"]

    assert [action.label for action in page.actions] == ["Återkalla", "Ladda ner PDF"]


@pytest.mark.requirement("CO-20")
def test_returned_invoice_tells_the_clinic_why_on_its_page_and_in_the_list(book, sign_in):
    invoice_id = book.in_status(ISSUED)
    reason = "Käken stämmer inte. Rätta och fakturera på nytt."
    reject = reverse("ledger:reject_invoice", args=[invoice_id])
    told = sign_in(book.world, "gustav").post(reject, {"reason": reason}, follow=True)
    anna = sign_in(book.world, "anna")

    assert "Fakturan F1 är avvisad och mottagningen får tillbaka den." in text(told)
    assert f"Fakturan är avvisad. {reason}" in text(anna.get(reverse("ledger:invoice", args=[invoice_id])))
    assert f"Avvisad{reason}" in text(anna.get(reverse("ledger:search_invoices")))


@pytest.mark.requirement("CO-20")
def test_reason_is_asked_for(book, sign_in):
    invoice_id = book.in_status(ISSUED)

    answer = sign_in(book.world, "gustav").post(reverse("ledger:reject_invoice", args=[invoice_id]), {})

    assert answer.status_code == 422
    assert book.status_of_invoice(invoice_id) is ISSUED


@pytest.mark.requirement("CO-20", "NA-27")
def test_page_tells_the_way_of_the_invoice(book, sign_in):
    url = reverse("ledger:invoice", args=[book.in_status(PAID_OUT)])

    about = sign_in(book.world, "anna").get(url).context["page"].about

    assert [(status, name) for status, _at, name in about.passages] == [
        (ISSUED, "Anna Testander"),
        (REVIEWED, "Gustav Granskare"),
        (AUTHORISED, "Hanna Attestsson"),
        (PAYING_OUT, "Hanna Attestsson"),
        (PAID_OUT, "Hanna Attestsson"),
    ]
