"""Who gets a client's invoices, the estates of dead clients, and respite."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import recipients as commands
from kvitt.modules.care_fees.models import Client, EstateRespite, InvoiceRecipient
from kvitt.modules.care_fees.queries import recipients as queries
from kvitt.modules.care_fees.queries import work
from kvitt.modules.care_fees.rules.recipients import RecipientDays
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.models import ContactPerson
from kvitt.registers.people.rules import ContactFacts
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-3")

NO_DAYS = RecipientDays()
TYPED = {
    "kind": "invoice_recipient",
    "name": "Gunnar Godman",
    "street": "Storgatan 1",
    "postcode": "582 22",
    "town": "Linköping",
    "first_on": "2024-11-01",
    "saves": "yes",
}


def add(world, client, *, by="karla", saves=True, days=NO_DAYS, **facts):
    wanted = {
        "kind": ContactKind.INVOICE_RECIPIENT,
        "name": "Gunnar Godman",
        "first_on": dt.date(2024, 9, 1),
        "street": "Storgatan 1",
        "postcode": "58222",
        "town": "Linköping",
    } | facts
    return commands.add_recipient(
        world.actor(by),
        today=TODAY,
        number=client.number,
        facts=ContactFacts(**wanted),
        days=days,
        saves=saves,
    )


def let_die(client, died_on=dt.date(2024, 11, 10)):
    client.person.died_on = died_on
    client.person.save(update_fields=["died_on"])


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_recipient_is_saved_in_the_billing_settings_unless_told(care_world, sign_in):
    client, astrid = sign_in(care_world, "karla"), care_world.astrid
    url = reverse("care_fees:add_recipient", args=[astrid.number])
    form = client.get(url).context["page"].form
    assert (form["saves"].value(), "previous_last_on" in form.fields) == ("yes", False)
    assert client.post(url, TYPED | {"street": ""}).status_code == 422
    assert client.post(url, TYPED | {"first_on": "0001-01-01", "last_on": "0001-01-01"}).status_code < 500
    InvoiceRecipient.objects.all().delete()
    ContactPerson.objects.all().delete()
    assert client.post(url, TYPED | {"saves": "no"}).status_code == 303
    assert queries.recipient_on(astrid, TODAY) is None
    contact = ContactPerson.objects.get()
    save = reverse("care_fees:save_recipient", args=[astrid.number, contact.pk])
    assert client.get(save).status_code == 200
    assert client.post(save).status_code == 303
    assert queries.recipient_on(astrid, TODAY) == contact
    assert Client.objects.get(pk=astrid.pk).version > 1


def test_new_recipient_gives_the_present_one_a_last_day(care_world, sign_in):
    astrid = care_world.astrid
    first = add(care_world, astrid)
    client = sign_in(care_world, "karla")
    url = reverse("care_fees:add_recipient", args=[astrid.number])
    form = client.get(url).context["page"].form
    assert form["previous_last_on"].value() == "2024-10-31"
    second = TYPED | {"name": "Frida Förvaltare"}
    assert client.post(url, second).status_code == 422
    overlapping = client.post(url, second | {"previous_last_on": "2024-11-05"})
    assert "previous_last_on" in overlapping.context["page"].form.errors
    assert client.post(url, second | {"previous_last_on": "2024-10-31"}).status_code == 303
    rows = InvoiceRecipient.objects.order_by("first_on").values_list("contact__name", "first_on", "last_on")
    assert list(rows) == [
        ("Gunnar Godman", dt.date(2024, 9, 1), dt.date(2024, 10, 31)),
        ("Frida Förvaltare", dt.date(2024, 11, 1), None),
    ]
    first.refresh_from_db()
    assert first.last_on == dt.date(2024, 10, 31)
    assert queries.recipient_on(astrid, dt.date(2024, 10, 31)) == first
    with pytest.raises(Refused) as refused:
        add(care_world, astrid, first_on=dt.date(2024, 8, 1), days=RecipientDays(dt.date(2024, 9, 5)))
    assert codes(refused)


def test_recipient_whose_contact_person_is_ended_is_not_ended_again(care_world, sign_in):
    astrid = care_world.astrid
    contact = add(care_world, astrid)
    client = sign_in(care_world, "karla")
    end = reverse("people:end_contact", args=[astrid.person.code, contact.pk])
    assert "inga fakturor" in client.get(end).context["page"].note
    assert client.post(end, {"last_on": "2024-09-30"}).status_code == 303
    page = client.get(reverse("care_fees:case", args=[astrid.number])).context["page"]
    row = next(panel.content for panel in page.panels if panel.anchor == "recipients-title").rows[0]
    assert (row.period.last, row.may_end) == (dt.date(2024, 9, 30), False)
    url = reverse("care_fees:add_recipient", args=[astrid.number])
    assert "previous_last_on" not in client.get(url).context["page"].form.fields
    assert client.post(url, TYPED | {"name": "Frida Förvaltare"}).status_code == 303
    assert queries.recipient_on(astrid, dt.date(2024, 10, 15)) is None
    assert queries.recipient_on(astrid, TODAY) == ContactPerson.objects.get(name="Frida Förvaltare")


def test_recipient_is_ended_never_deleted_and_a_forged_one_is_not_there(care_world, sign_in):
    add(care_world, care_world.astrid)
    row, client = InvoiceRecipient.objects.get(), sign_in(care_world, "karla")
    url = reverse("care_fees:end_recipient", args=[care_world.astrid.number, row.pk])
    assert client.get(url).context["page"].form.initial["last_on"] == dt.date(2024, 10, 31)
    assert client.post(url, {"last_on": "2024-08-31"}).status_code == 422
    assert client.post(url, {"last_on": "2024-10-31"}).status_code == 303
    assert client.post(url, {"last_on": "2024-10-31"}).status_code == 422
    assert queries.recipient_on(care_world.astrid, TODAY) is None
    assert InvoiceRecipient.objects.count() == 1
    other = [care_world.birger.number, row.pk]
    assert client.get(reverse("care_fees:end_recipient", args=other)).status_code == 404
    contact = [care_world.birger.number, row.contact_id]
    assert client.get(reverse("care_fees:save_recipient", args=contact)).status_code == 404
    for stranger, error in (("kurt", Http404), ("fia", NotAllowed), ("mona", NotAllowed)):
        with pytest.raises(error):
            add(care_world, care_world.astrid, by=stranger)


@pytest.mark.requirement("CF-4")
def test_dead_client_waits_for_an_estate_recipient_who_lives_elsewhere(care_world, sign_in):
    greta, karin = care_world.greta, care_world.actor("kurt")
    care_world.care_home.street, care_world.care_home.postcode = "Ekbacken 2", "58330"
    care_world.care_home.save()
    with pytest.raises(Refused) as refused:
        add(care_world, greta, by="kurt", kind=ContactKind.ESTATE)
    assert codes(refused) == ["estate_of_living"]
    let_die(greta)
    assert list(work.estates(karin, today=TODAY)) == [greta]
    assert list(work.estates(care_world.actor("karla"), today=TODAY)) == []
    assert (
        "Greta Demostrand" in sign_in(care_world, "bodil").get(reverse("care_fees:estates")).content.decode()
    )
    with pytest.raises(Refused) as refused:
        add(
            care_world,
            greta,
            by="kurt",
            kind=ContactKind.ESTATE,
            street="Ekbacken 2, rum 4",
            postcode="58330",
        )
    assert codes(refused) == ["estate_with_the_dead"]
    add(care_world, greta, by="kurt", first_on=dt.date(2024, 10, 1))
    assert list(work.estates(karin, today=TODAY)) == [greta]
    add(care_world, greta, by="kurt", kind=ContactKind.ESTATE, first_on=dt.date(2024, 11, 1))
    assert list(work.estates(karin, today=TODAY)) == []


@pytest.mark.requirement("CF-4")
def test_respite_is_granted_to_the_dead_by_the_billing_office_alone(care_world, sign_in):
    greta, bodil = care_world.greta, sign_in(care_world, "bodil")
    url = reverse("care_fees:grant_respite", args=[greta.number])
    typed = {"last_on": "2024-11-30", "reason": "Bouppteckning pågår"}
    assert bodil.post(url, typed).status_code == 422
    let_die(greta)
    assert sign_in(care_world, "kurt").post(url, typed).status_code == 403
    assert sign_in(care_world, "karla").post(url, typed).status_code == 404
    assert bodil.post(url, typed | {"last_on": "2024-11-19"}).status_code == 422
    assert bodil.post(url, typed).status_code == 303
    respite = EstateRespite.objects.get()
    assert (respite.first_on, respite.last_on, respite.granted_by) == (
        TODAY,
        dt.date(2024, 11, 30),
        "Bodil Debitering",
    )
    assert len(bodil.get(reverse("care_fees:respites")).context["page"].rows) == 1
    assert sign_in(care_world, "karla").get(reverse("care_fees:respites")).status_code == 403
    end = reverse("care_fees:end_respite", args=[greta.number, respite.pk])
    assert (
        bodil.get(reverse("care_fees:end_respite", args=[care_world.astrid.number, respite.pk])).status_code
        == 404
    )
    assert bodil.post(end).status_code == 303
    respite.refresh_from_db()
    assert respite.last_on == TODAY
