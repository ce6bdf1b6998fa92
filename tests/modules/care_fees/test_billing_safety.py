"""Who sees what clients earn, what a forged or a stale page can do, and what protected persons hide."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import batch_files, billing_rules, calculation, incomes, runs
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind, IncomePace
from kvitt.modules.care_fees.models import AreaMonth, Client, ClientMonth, ClientSettings
from kvitt.modules.care_fees.queries import batch_files as queries
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow
from kvitt.modules.care_fees.rules.statements import NewAdjustment, NewStatement, StatedRow
from kvitt.registers.people.models import Address, Person
from kvitt.settlement.models import OutgoingFile
from tests.modules.care_fees.invoicing import OCTOBER, approve, make
from tests.modules.care_fees.letting import contract, dwelling
from tests.world import TODAY

pytestmark = pytest.mark.django_db
SECRETS = ("15\u00a0000", "18\u00a0000", "7\u00a0000", "753,39", "253,39", "God man")


@pytest.fixture
def rule(care_world):
    return billing_rules.save_rule(
        care_world.actor("karla"),
        today=TODAY,
        name="Norr",
        area_ids=[care_world.north.pk],
        is_on_desktop=True,
    )


def about(client, name, *args):
    return reverse(f"care_fees:{name}", args=[client.number, *args])


def calculate(world, client, month=OCTOBER):
    return calculation.calculate_client(world.actor("bodil"), number=client.number, month=month, today=TODAY)


@pytest.mark.requirement("CO-4", "CF-20", "CF-22", "CO-31")
def test_what_a_client_earns_is_told_to_no_coordinator(care_world, sign_in, rule):
    """The fee is seen, and that the capacity limits it; not what it is reckoned from."""
    astrid, fia = care_world.astrid, care_world.actor("fia")
    ClientSettings.objects.filter(client=astrid).update(accepts_cap=False)
    earned = StatedRow(IncomeKind.PENSION, IncomeRow(IncomePace.MONTHLY, 1_800_000, 300_000))
    new = NewStatement(OCTOBER, OCTOBER, [earned], HousingFacts(HomeKind.RENTED, 700_000))
    incomes.save_income(fia, today=TODAY, number=astrid.number, new=new)
    incomes.adjust_reserved(
        fia, today=TODAY, number=astrid.number, new=NewAdjustment(OCTOBER, None, 50_000, "God man")
    )
    calculate(care_world, astrid)
    shown = about(astrid, "explanation", "2024-10")
    urls = [
        shown,
        about(astrid, "case"),
        f"{reverse('care_fees:simulation')}?client={astrid.number}&month=2024-10",
        f"{reverse('care_fees:billing_run')}?period=2024-10&rule={rule.pk}",
        f"{reverse('care_fees:billing_basis')}?period=2024-10",
    ]

    karla = sign_in(care_world, "karla")
    for url in urls:
        text = karla.get(url).content.decode()
        assert [secret for secret in SECRETS if secret in text] == [], url
    told = karla.get(shown).content.decode()
    assert "Avgiftsutrymmet begränsar" in told
    assert "Vad det är ser bara avgiftshandläggaren och debiteringen." in told
    for seer in ("fia", "bodil"):
        text = sign_in(care_world, seer).get(shown).content.decode()
        assert "15\u00a0000" in text
        assert "7\u00a0000" in text
        log = sign_in(care_world, seer).get(about(astrid, "case")).content.decode()
        assert "18\u00a0000" in log or "1800000" in log


@pytest.mark.requirement("CF-27", "CF-28", "QU-13")
def test_a_stale_question_approves_nothing_that_was_calculated_after_it(care_world, sign_in, rule):
    karla, url = sign_in(care_world, "karla"), reverse("care_fees:approve", args=[rule.pk, "2024-10"])
    actor = care_world.actor("karla")
    runs.calculate_selection(actor, rule_id=rule.pk, month=OCTOBER, today=TODAY)
    AreaMonth.objects.update(journal_opened_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    asked = karla.get(url).context["page"].form.initial
    # Somebody else changes what one of them costs, and calculates it.
    care_world.services["OMV"].prices.update(amount=100_000)
    Client.objects.filter(pk=care_world.astrid.pk).update(version=77)
    runs.calculate_selection(care_world.actor("bodil"), rule_id=rule.pk, month=OCTOBER, today=TODAY)
    stale = karla.post(url, asked, follow=True).content.decode()
    assert "beräknats på nytt" in stale
    assert not ClientMonth.objects.filter(status="approved").exists()
    # Who was not asked about a journal that nobody opened has not answered either.
    AreaMonth.objects.update(journal_opened_at=None)
    assert "är inte öppnad sedan beräkningen" in karla.post(url, follow=True).content.decode()
    assert not ClientMonth.objects.filter(status="approved").exists()
    karla.post(url, karla.get(url).context["page"].form.initial)
    assert ClientMonth.objects.filter(status="approved").count() == 4


@pytest.mark.requirement("CF-24", "QU-16")
def test_a_client_is_calculated_for_no_month_to_come_and_none_that_nothing_is_known_of(care_world, sign_in):
    karla, astrid = sign_in(care_world, "karla"), care_world.astrid
    told = karla.post(about(astrid, "calculate_client", "2025-01"), follow=True).content.decode()
    assert "2025-01 har inte börjat" in told
    for month in ("2020-01", "0000-00", "9999-12", "2024-1", "2024-13"):
        for send in (karla.get, karla.post):
            assert send(about(astrid, "calculate_client", month)).status_code == 404
    assert not ClientMonth.objects.exists()


@pytest.mark.requirement("CF-25", "QU-16")
@pytest.mark.parametrize(
    "query",
    ["period=2024-10&recalculate={other}", "period=x&recalculate={own}", "period=2020-01&recalculate={own}"],
)
def test_a_forged_way_back_calculates_nobody_and_loses_nothing_that_was_saved(care_world, sign_in, query):
    karla, astrid = sign_in(care_world, "karla"), care_world.astrid
    asked = query.format(own=astrid.number, other=care_world.greta.number)
    values = {"first_on": "2024-10-01", "fee_type": "couple", "accepts_cap": "on", "parish_code": "058001"}
    done = karla.post(f"{about(astrid, 'change_settings')}?{asked}", values)
    assert done.status_code == 303
    assert done["Location"].startswith(about(astrid, "case"))
    assert astrid.settings.filter(fee_type="couple").exists()
    assert not ClientMonth.objects.exists()


@pytest.mark.postgres
@pytest.mark.requirement("QU-16")
def test_no_number_that_a_database_cannot_hold_is_looked_for(care_world, sign_in):
    karla = sign_in(care_world, "karla")
    for number in ("\x00", "D2024\x00", "x" * 5_000, "' OR 1=1 --"):
        assert karla.get(reverse("care_fees:simulation"), {"client": number}).status_code == 404


@pytest.mark.requirement("QU-19", "CO-25")
def test_a_protected_client_is_not_found_by_who_gets_the_invoice(care_world, sign_in):
    approve(care_world.astrid)
    (invoice,) = make(care_world)
    bodil = sign_in(care_world, "bodil")
    url = reverse("care_fees:batch", args=[invoice.batch.number])
    assert len(bodil.get(url, {"text": "Provén"}).context["page"].rows) == 1
    # Whoever is protected since the invoice was made is found by number only.
    Person.objects.filter(pk=care_world.astrid.person_id).update(is_protected=True)
    assert len(bodil.get(url, {"text": "Provén"}).context["page"].rows) == 0
    assert len(bodil.get(url, {"text": str(invoice.number)}).context["page"].rows) == 1


@pytest.mark.requirement("QU-19", "CF-10")
def test_the_calculation_does_not_tell_where_a_protected_client_lives(care_world, sign_in):
    world, astrid = care_world, care_world.astrid
    contract(world, astrid, dwelling(world), "2024-10-01")
    calculate(world, astrid)
    karla, url = sign_in(world, "karla"), about(astrid, "explanation", "2024-10")
    assert world.serviced.name in karla.get(url).content.decode()
    Person.objects.filter(pk=astrid.person_id).update(is_protected=True)
    hidden = karla.get(url).content.decode()
    assert world.serviced.name not in hidden
    assert "Provén" not in hidden


@pytest.mark.requirement("CO-30")
def test_whoever_is_asked_about_a_couple_has_seen_both(care_world, sign_in):
    dagny, erik = care_world.dagny, care_world.erik
    sign_in(care_world, "karla").get(about(dagny, "calculate_client", "2024-10"))
    seen = Subject.objects.filter(event=Event.objects.filter(is_read=True).latest("pk"))
    assert set(seen.values_list("person_id", flat=True)) == {dagny.person_id, erik.person_id}


@pytest.mark.requirement("QU-16", "CF-31", "CF-32")
def test_no_month_of_an_address_breaks_a_page(care_world, sign_in, rule):
    bodil = sign_in(care_world, "bodil")
    pages = (
        "billing_run",
        "create_selection",
        "time_plan",
        "billing_basis",
        "journal",
        "controls",
        "control",
    )
    pages += ("statistics", "reimbursement", "waiting_months", "simulation", "rules", "batches", "desktop")
    for name in pages:
        for month in ("9999-12", "0001-01", "0000-00", "2024-13", "x" * 9_000, "2024-10\x00", "1999-01"):
            asked = {"period": month, "month": month, "rule": "9" * 40, "areas": "9" * 40, "list": "ending"}
            for query in ({"period": month, "month": month}, asked, asked | {"format": "xlsx"}):
                assert bodil.get(reverse(f"care_fees:{name}"), query).status_code < 500, (name, query)


@pytest.mark.requirement("CF-2", "CF-29", "QU-19")
def test_no_invoice_leaves_to_an_address_that_is_protected_since_it_was_made(care_world):
    astrid, bodil = care_world.astrid, care_world.actor("bodil")
    approve(astrid)
    approve(care_world.birger)
    batch = make(care_world)[0].batch
    Person.objects.filter(pk=astrid.person_id).update(is_protected=True)
    with pytest.raises(Refused) as refused:
        batch_files.send_batch(bodil, batch_id=batch.pk)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values) == ("unsafe_address", {"count": 1})
    assert not OutgoingFile.objects.exists()
    # Where he stays is the one address that is safe; an invoice to that may leave.
    Address.objects.filter(person=astrid.person).update(kind="staying")
    assert queries.sending_problems(batch) == []


@pytest.mark.requirement("CF-20", "QU-16")
def test_a_change_of_the_reserved_amount_that_is_sent_twice_is_made_once(care_world, sign_in):
    fia, url = sign_in(care_world, "fia"), about(care_world.astrid, "adjust_reserved")
    typed = {"first_on": "2024-10-01", "amount": "500", "reason": "God man"}
    assert [fia.post(url, typed).status_code for _time in range(2)] == [303, 422]
    assert care_world.astrid.adjustments.count() == 1
