"""A claim from review to payment, in a browser: held, asked about, answered, released, proposed, paid."""

import pytest
from playwright.sync_api import expect

from kvitt.ledger import queries as ledger
from kvitt.modules.special_care.queries import proof
from tests.browser import accessibility_faults
from tests.modules.special_care import reviewing
from tests.special_world import SEED_LINES

pytestmark = pytest.mark.django_db(transaction=True)


def done(page, button, said):
    """Press the button of the open dialog, and wait until the page says that it is done."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=said).first).to_be_visible()


@pytest.mark.requirement("SC-19a", "SC-22", "CO-20", "CO-28")
def test_claim_is_asked_about_released_proposed_and_paid(special_world, open_browser):
    number = special_world.send_claim(lines=SEED_LINES, invoice_reference="1234")
    other = reviewing.send(special_world, "5678", is_held=False)
    gustav = open_browser(special_world.users["gustav"])

    gustav.goto("/")
    gustav.get_by_role("link", name="Räkningar att granska").first.click()
    expect(gustav.get_by_role("row", name=number)).to_contain_text("Högt belopp")
    assert accessibility_faults(gustav) == []
    gustav.get_by_role("link", name=number).click()
    gustav.get_by_role("button", name="Fråga mottagningen").click()
    gustav.get_by_role("dialog").get_by_label("Fråga").fill("Varför båda käkarna samtidigt?")
    done(gustav, "Fråga", "Mottagningen är tillfrågad")

    lisa = open_browser(special_world.users["lisa"])
    lisa.goto("/")
    lisa.get_by_role("link", name="Frågor från regionen om räkningar").click()
    lisa.get_by_role("link", name=number).click()
    lisa.get_by_role("button", name="Svara").click()
    lisa.get_by_role("dialog").get_by_label("Svar").fill("Patienten saknar alla tänder.")
    done(lisa, "Svara", "är besvarad")

    gustav.goto("/special-care/review/?question=answered")
    gustav.get_by_label(f"Välj räkning {number}").check()
    gustav.get_by_role("button", name="Frisläpp markerade").click()
    expect(gustav.get_by_text("1 räkning är frisläppt.").first).to_be_visible()
    gustav.goto(f"/special-care/claims/{other.number}/")
    gustav.get_by_role("button", name="Ta in för granskning").click()
    done(gustav, "Ta in för granskning", "är under granskning")

    gustav.goto("/special-care/proposal/")
    expect(gustav.get_by_text("Ytterligare 1 faktura väntar")).to_have_count(0)
    expect(gustav.get_by_role("row", name="1234")).to_contain_text("28 680")
    assert accessibility_faults(gustav) == []
    gustav.get_by_role("button", name="Markera alla på sidan").click()
    gustav.get_by_role("button", name="Föreslå utbetalning av markerade").click()
    expect(gustav.get_by_text("1 faktura är föreslagen för utbetalning.").first).to_be_visible()

    hanna = open_browser(special_world.users["hanna"])
    for page, button in (
        ("attest", "Attestera markerade"),
        ("start-payouts", "Starta utbetalning av markerade"),
        ("confirm-payouts", "Ange markerade som utbetalda"),
    ):
        hanna.goto(f"/invoicing/{page}/")
        hanna.get_by_role("button", name="Markera alla på sidan").click()
        hanna.get_by_role("button", name=button).click()
        expect(hanna.locator("#bulk")).to_have_count(0)
    hanna.goto("/invoicing/")
    hanna.get_by_role("link", name="1", exact=True).first.click()
    expect(hanna.get_by_text("Utbetald").first).to_be_visible()

    lisa.goto("/special-care/invoices/paid/")
    expect(lisa.get_by_text("Utbetalningsdatum").first).to_be_visible()
    assert not [*ledger.breaches(), *proof.breaches()]
