"""A clinic takes back its own invoice until somebody has reviewed it."""

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, Line
from kvitt.modules.needs_allowance.queries import case_page


@pytest.fixture
def invoice(dental_world):
    dental_world.case_of_figure_21()
    return Invoice.objects.get(pk=dental_world.invoice()[0])


@pytest.mark.requirement("CO-20", "CO-19")
def test_recalled_invoice_frees_its_lines(dental_world, invoice):
    commands.recall_invoice(dental_world.actor("anna"), invoice_id=invoice.pk)

    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.RECALLED
    assert set(Line.objects.values_list("status", flat=True)) == {LineStatus.APPROVED.value}
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-20", "NA-25")
def test_recalled_lines_are_invoiced_again(dental_world, invoice):
    commands.recall_invoice(dental_world.actor("anna"), invoice_id=invoice.pk)

    again = Invoice.objects.get(pk=dental_world.invoice("Igen")[0])

    assert again.total == invoice.total
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-20")
def test_reviewed_invoice_is_not_recalled(dental_world, invoice):
    dental_world.advance(invoice.pk, InvoiceStatus.REVIEWED)

    with pytest.raises(Refused, match="cannot be recalled"):
        commands.recall_invoice(dental_world.actor("anna"), invoice_id=invoice.pk)

    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.REVIEWED


@pytest.mark.requirement("CO-31")
def test_log_of_the_case_tells_of_the_recall(dental_world, invoice):
    commands.recall_invoice(dental_world.actor("anna"), invoice_id=invoice.pk)

    page = case_page.case_page(
        dental_world.actor("anna"), "B2024-000001", today=dental_world.today, session={}
    )
    assert "Faktura: Testfaktura 1111" in page.events[0].details


@pytest.mark.requirement("CO-4", "CO-20")
@pytest.mark.parametrize(("name", "status"), [("bo", 404), ("david", 404), ("gustav", 403)])
def test_others_cannot_recall_it(dental_world, invoice, sign_in, name, status):
    response = sign_in(dental_world, name).post(f"/invoicing/{invoice.pk}/recall/", {})

    assert response.status_code == status
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.ISSUED


@pytest.mark.requirement("CO-20")
def test_page_offers_the_recall_and_tells_of_it(dental_world, invoice, sign_in):
    client = sign_in(dental_world, "anna")
    assert "Återkalla" in client.get(f"/invoicing/{invoice.pk}/").content.decode()

    page = client.post(f"/invoicing/{invoice.pk}/recall/", {}, follow=True).content.decode()

    assert "Fakturan Testfaktura 1111 är återkallad." in page
    assert f"/invoicing/{invoice.pk}/recall/" not in page
