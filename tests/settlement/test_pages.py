"""The pages of payment runs, payments and files, as the region and the clinics see them."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.registers.accounting.models import AccountString
from kvitt.settlement.models import Netting, OutgoingFile, PayingAccount, Payment, PaymentRun
from tests.settlement.bank_answers import booked, notification
from tests.settlement.conftest import PAY_ON

pytestmark = pytest.mark.requirement("SC-23")


def read(client, url):
    """Return what a page says in its main part, with plain spaces and without its mark-up."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return plain(response)


def plain(response):
    """Return the words of an answer's main part."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", main[0]).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    return " ".join(text.split())


@pytest.fixture
def as_user(world, sign_in):
    """Return a function that signs somebody of the cast in."""
    return lambda name: sign_in(world, name)


@pytest.fixture
def carried(payouts):
    """10 000 kr and credits of 12 000 kr: nothing is paid, −2 000 kr is carried on."""
    payouts.invoices([10_000, -12_000])
    payouts.run()
    return Netting.objects.get()


# The region ---------------------------------------------------------------------------------------


def test_what_would_be_paid_is_shown_before_it_is_proposed(payouts, world, as_user):
    payouts.invoices([10_000, -2_000])
    payouts.invoice(500, clinic=world.bjork)
    payouts.give_account(world.bjork, "")

    page = read(as_user("gustav"), "/settlement/runs/propose/")

    assert "Ekens Tandvård AB 556000-0019 2 10 000 kr −2 000 kr 8 000 kr" in page
    assert "Skulle betalas ut: 8 000 kr" in page
    assert "Utelämnade: mottagningar utan konto" in page
    assert "2222 - Björkens Tandklinik Björkens Tandklinik AB 1 500 kr" in page
    assert not PaymentRun.objects.exists()


def test_missing_account_string_is_told_before_anyone_tries_to_approve(payouts, as_user):
    payouts.invoice(1_000, is_proposed=True)
    number = payouts.propose()
    AccountString.objects.filter(use="cost").delete()

    page = read(as_user("hanna"), f"/settlement/runs/{number}/")

    assert "Kontering saknas för kostnaden för Behovspeng, åtgärdskod 815." in page
    assert "Godkänn körning" not in page


def test_a_day_of_payment_that_is_wrong_is_told_at_its_field(payouts, as_user):
    payouts.invoice(100)
    gustav = as_user("gustav")

    answers = [
        gustav.post("/settlement/runs/propose/", {"pay_on": day})
        for day in ("2024-11-23", "2024-11-19", "9999-12-31", "")
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert "2024-11-25" in answers[0].content.decode(), "the next bank day"
    assert not PaymentRun.objects.exists()


def test_who_proposed_sees_why_he_cannot_approve(payouts, as_user):
    payouts.invoice(100)
    payouts.propose(by="hanna")
    hanna, gustav = as_user("hanna"), as_user("gustav")

    page = read(hanna, "/settlement/runs/1/")

    assert "Du har föreslagit körningen. En annan person med attesträtt godkänner den." in page
    assert "Godkänn körning" not in page
    assert hanna.post("/settlement/runs/1/approve/").status_code == 422
    assert gustav.get("/settlement/runs/1/approve/").status_code == 403, "he may not attest"
    assert PaymentRun.objects.get().status == "proposed"


def test_run_shows_what_is_netted_and_what_to_do_with_it(payouts, world, as_user):
    payouts.invoices([10_000, -2_000])
    payouts.invoice(700, clinic=world.linghem)
    payouts.propose()
    hanna = as_user("hanna")

    assert "2 utbetalningar på sammanlagt 8 700 kr beställs till 2024-11-22" in read(
        hanna, "/settlement/runs/1/approve/"
    )
    assert hanna.post("/settlement/runs/1/approve/").url == "/settlement/runs/1/"
    page = read(hanna, "/settlement/runs/1/")

    assert "3 fakturor, 2 utbetalningar" in page
    assert "Fakturor: 10 700 kr Krediteringar: −2 000 kr Att betala ut: 8 700 kr" in page
    assert "Godkänd 20" in page
    assert "Hanna Attestsson" in page
    assert OutgoingFile.objects.get().sha256 in page
    assert "Bekräfta betalda" in page
    assert "Avbryt körning" not in page
    again = hanna.get("/settlement/runs/1/approve/")
    assert again.url == "/settlement/runs/1/", "it is decided: the page says so instead of asking"


def test_run_is_cancelled_and_its_number_stays(payouts, as_user):
    payouts.invoice(100)
    payouts.propose()
    gustav = as_user("gustav")

    gustav.post("/settlement/runs/1/cancel/")

    assert "Avbruten" in read(gustav, "/settlement/runs/1/")
    assert "100 kr" in read(gustav, "/settlement/runs/propose/")
    assert payouts.propose() == 2


def test_payment_that_was_rejected_twice_tells_of_no_debt(payouts, as_user):
    """Its invoices are in the third one now; nothing was carried to the first."""
    payouts.invoice(100)
    for _ in range(2):
        payouts.run()
        payouts.reject(Payment.objects.last())
    payouts.run()
    first = Payment.objects.first()

    page = read(as_user("hanna"), f"/settlement/payments/{first.pk}/")

    assert "Den betalas igen i utbetalningskörning 2" in page
    assert "Draget" not in page
    assert "None" not in page


def test_some_payments_are_confirmed_and_one_is_rejected_with_its_reason(payouts, world, as_user, settings):
    payouts.invoice(100)
    payouts.invoice(700, clinic=world.linghem)
    payouts.run()
    OutgoingFile.objects.update(status="sent")
    settings.KVITT_TODAY = PAY_ON
    hanna, anna = as_user("hanna"), as_user("anna")
    linghem, ryd = Payment.objects.order_by("-amount")
    url = "/settlement/runs/1/confirm/"

    none = hanna.post(url, {"paid_on": PAY_ON, "which": "chosen"})
    hanna.post(url, {"paid_on": PAY_ON, "which": "chosen", "payments": [linghem.pk]})
    hanna.post(f"/settlement/payments/{ryd.pk}/reject/", {"reason": "Kontot är avslutat"})

    assert none.status_code == 422
    assert "1 betald, 1 avvisad av banken" in read(hanna, "/settlement/runs/1/")
    assert "Kontot är avslutat" in read(anna, f"/settlement/payments/{ryd.pk}/")
    assert "800 kr" not in read(anna, "/settlement/payments/?status=paid")
    assert "som banken avvisat och som inte betalats igen 1" in read(hanna, "/")


@pytest.mark.requirement("CO-25")
def test_pages_take_no_more_statements_for_more_rows(payouts, world, as_user):
    gustav, eva = as_user("gustav"), as_user("eva")
    payouts.invoices([100, -50])
    payouts.run()
    run = PaymentRun.objects.get()
    urls = [
        (gustav, "/settlement/runs/"),
        (gustav, "/settlement/runs/1/"),
        (gustav, "/settlement/payments/"),
        (gustav, f"/settlement/nettings/{run.nettings.get().pk}/"),
        (eva, "/settlement/payments/"),
    ]
    gustav.get("/"), eva.get("/")

    def counts():
        found = []
        for client, url in urls:
            with CaptureQueriesContext(
                connection,
            ) as statements:
                assert client.get(url).status_code == 200
            found.append(len(statements))
        return found

    few = counts()
    provider = run.nettings.get().provider
    for number in range(2, 8):
        provider.pk, provider.organisation_number = None, f"55600001{number:02}"
        provider._state.adding = True
        provider.save()
        netting = run.nettings.create(
            provider=provider,
            provider_number=provider.organisation_number,
            provider_name=f"Vårdgivare {number}",
            invoiced_amount=-100,
            carried_out_amount=-100,
        )
        PaymentRun.objects.filter(pk=run.pk).update(number=1)
        other = Payment.objects.first()
        other.pk, other.netting, other.end_to_end_id = None, netting, f"X-{number}"
        other.save()

    assert counts() == few


# Both sides ---------------------------------------------------------------------------------------


def test_credits_above_the_invoices_are_explained_to_both_sides_and_netted_in_the_next_run(
    carried, payouts, as_user
):
    told = "Inget betalas ut: −2 000 kr förs vidare och dras av från vårdgivarens nästa utbetalning."

    for name in ("anna", "eva", "hanna"):
        client = as_user(name)
        assert "−2 000 kr" in read(client, "/settlement/payments/")
        assert told in read(client, f"/settlement/nettings/{carried.pk}/")
    assert "inget betalas ut, och −2 000 kr förs vidare" in read(as_user("hanna"), "/settlement/runs/1/")

    payouts.invoice(5_000)
    payouts.run()
    advice = read(as_user("anna"), f"/settlement/payments/{Payment.objects.get().pk}/")
    assert "−2 000 kr fördes vidare från utbetalningskörning 1 och dras av här." in advice
    assert "Att betala ut: 3 000 kr" in advice
    assert "Beloppet drogs av i utbetalningskörning 2." in read(
        as_user("anna"), f"/settlement/nettings/{carried.pk}/"
    )


def test_clinic_sees_its_own_invoices_and_the_other_clinics_of_its_provider_in_one_row(
    payouts, world, as_user
):
    payouts.give_account(world.linghem, "9912346")
    payouts.invoices([1_000, 300])
    payouts.invoice(700, clinic=world.linghem)
    payouts.run()
    url = f"/settlement/payments/{Payment.objects.get().pk}/"

    anna, eva = read(as_user("anna"), url), read(as_user("eva"), url)

    assert "Fakturor (2): 1 300 kr Vårdgivarens övriga mottagningar (1): 700 kr" in anna
    assert "Att betala ut: 2 000 kr" in anna
    assert "1112" not in anna
    assert "1112 - Ekens Tandvård Linghem" in eva
    pdf = as_user("anna").get(f"{url}pdf/")
    assert pdf["Content-Disposition"].startswith("attachment")
    assert pdf.content.startswith(b"%PDF")


def test_clinic_sees_the_payments_that_are_its_own_of_what_its_provider_gets(payouts, world, as_user):
    payouts.invoice(1_000)
    payouts.invoice(700, clinic=world.linghem)
    payouts.run()
    url = f"/settlement/nettings/{Netting.objects.get().pk}/"
    linghem = Payment.objects.get(amount=70_000)

    anna, eva = as_user("anna"), as_user("eva")

    assert "Bankgiro 5050-1055" not in read(anna, url)
    assert anna.get(f"/settlement/payments/{linghem.pk}/").status_code == 404
    assert "Bankgiro 5050-1055" in read(eva, url)
    assert "Status Godkänd" in read(eva, url)
    assert "700 kr" not in read(anna, "/settlement/payments/")
    assert "700 kr" in read(eva, "/settlement/payments/")


def test_nothing_is_seen_before_it_is_approved_nor_by_others(payouts, world, as_user):
    payouts.invoice(100)
    payouts.propose()
    payment, netting = Payment.objects.get(), Netting.objects.get()
    urls = [f"/settlement/payments/{payment.pk}/", f"/settlement/nettings/{netting.pk}/"]
    urls += [f"{url}pdf/" for url in urls] + [f"/settlement/payments/of/{payment.invoices.get().invoice_id}/"]

    def statuses(name):
        client = as_user(name)
        return {client.get(url).status_code for url in urls}

    before = statuses("anna")
    payouts.approve(1)

    assert before == {404}
    assert statuses("anna") == {200, 303}
    assert statuses("david") == {404}
    assert {
        as_user("david").get(f"/settlement/payments/{number}/").status_code for number in (0, 10**30)
    } == {404}
    assert as_user("anna").get("/settlement/runs/1/").status_code == 403


# Files --------------------------------------------------------------------------------------------


def test_file_is_downloaded_as_it_was_made_and_the_log_says_by_whom(payouts, as_user):
    payouts.invoice(100)
    payouts.run()
    file = OutgoingFile.objects.get()
    OutgoingFile.objects.update(status="sending")
    hanna = as_user("hanna")

    response = hanna.get(f"/settlement/files/{file.pk}/")

    assert response.content == bytes(file.content)
    assert response["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert Event.objects.filter(action="settlement.download_file").count() == 1
    assert "Skickades filen?" in read(hanna, "/settlement/files/")
    assert "Filer som ingen vet om de skickats 1" in read(hanna, "/")
    assert "kan betalas två gånger" in read(hanna, f"/settlement/files/{file.pk}/resend/")
    hanna.post(f"/settlement/files/{file.pk}/resend/")
    assert OutgoingFile.objects.get().status != "sending"


def test_what_came_of_a_file_of_the_bank_is_told_and_it_is_read_once(payouts, as_user, settings):
    payouts.invoice(1_000)
    payouts.run()
    settings.KVITT_TODAY = PAY_ON
    hanna, payment = as_user("hanna"), Payment.objects.get()
    content = notification(booked(payment.end_to_end_id, "1000.00"), booked("OKÄND-1", "1.00"))

    answers = [
        hanna.post("/settlement/bank-files/", {"file": SimpleUploadedFile("svar.xml", content)})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 422]
    told = plain(answers[0])
    assert "Betalda 1" in told
    assert "Ej matchade 1" in told
    assert "OKÄND-1" in told
    assert "svar.xml" in read(hanna, "/settlement/bank-files/")
    assert "Betald den 2024-11-22" in read(hanna, f"/settlement/payments/{payment.pk}/")


def test_what_is_no_answer_of_a_bank_is_refused_on_the_page(payouts, as_user):
    hanna = as_user("hanna")

    for content in (b"", b"<html>", b"\xff\xfe\x00"):
        file = SimpleUploadedFile("svar.xml", content)
        assert hanna.post("/settlement/bank-files/", {"file": file}).status_code == 422
    assert hanna.post("/settlement/bank-files/").status_code == 422
    assert as_user("gustav").post("/settlement/bank-files/", {"file": io.BytesIO(b"x")}).status_code == 403


def test_administrator_says_which_account_pays(world, as_user):
    ivar = as_user("ivar")
    wrong = {"first_on": "2024-11-20", "iban": "SE45 5000", "bic": "ESSESESS"}

    refused = ivar.post("/settlement/paying-accounts/new/", wrong)
    ivar.post("/settlement/paying-accounts/new/", {**wrong, "iban": "SE45 5000 0000 0583 9825 7466"})

    assert refused.status_code == 422
    assert PayingAccount.objects.get().iban == "SE4550000000058398257466"
    assert "SE45 5000 0000 0583 9825 7466" in read(ivar, "/settlement/paying-accounts/")
