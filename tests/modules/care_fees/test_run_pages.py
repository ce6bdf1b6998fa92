"""The pages of the billing run: rules, the selection with its lamps, faults that are mended, approval."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.modules.care_fees.commands import approval, billing_rules, runs
from kvitt.modules.care_fees.lifecycle import Lamp
from kvitt.modules.care_fees.models import AreaMonth, BillingRule, Client, ClientMonth
from kvitt.modules.care_fees.queries import lamps
from kvitt.modules.care_fees.queries.terms import month_terms
from tests.world import TODAY

OCTOBER = dt.date(2024, 10, 1)


@pytest.fixture
def rule(care_world):
    """Karla's rule, on her desktop."""
    return billing_rules.save_rule(
        care_world.actor("karla"),
        today=TODAY,
        name="Norr",
        area_ids=[care_world.north.pk],
        is_on_desktop=True,
    )


def selection_of(rule, **more):
    return {"period": "2024-10", "rule": str(rule.pk), **more}


def url(name, rule, *args, **more):
    query = "&".join(f"{key}={value}" for key, value in selection_of(rule, **more).items())
    return f"{reverse(f'care_fees:{name}', args=args)}?{query}"


def asked_at(name, rule):
    return reverse(f"care_fees:{name}", args=[rule.pk, "2024-10"])


def lamp_of(client):
    terms = month_terms(client.authority_id, OCTOBER)
    return Lamp(lamps.lit(Client.objects.filter(pk=client.pk), OCTOBER, terms).get().lamp)


def page_of(response):
    return response.context["page"].about.selected


@pytest.mark.requirement("CF-23")
def test_a_rule_is_made_shown_on_the_desktop_changed_and_ended(care_world, sign_in):
    karla = sign_in(care_world, "karla")
    empty = karla.get(reverse("care_fees:billing_run"))
    assert "Det finns ingen regel än" in empty.content.decode()
    made = karla.post(
        reverse("care_fees:save_rule"),
        {"name": "Norr", "areas": [care_world.north.pk], "is_on_desktop": "on"},
        follow=True,
    )
    assert "Regeln Norr är sparad." in made.content.decode()
    rule = BillingRule.objects.get()
    assert "Norr" in karla.get(reverse("care_fees:desktop")).content.decode()
    again = karla.post(reverse("care_fees:save_rule"), {"name": "Norr", "areas": [care_world.north.pk]})
    assert again.status_code == 422
    # An area of others is none that can be chosen.
    other = karla.post(reverse("care_fees:save_rule"), {"name": "Söder", "areas": [care_world.south.pk]})
    assert other.status_code == 422
    ended = karla.post(reverse("care_fees:end_rule", args=[rule.pk]), follow=True)
    assert "Regeln Norr är avslutad." in ended.content.decode()
    assert karla.get(reverse("care_fees:billing_run"), selection_of(rule)).status_code == 404


@pytest.mark.requirement("CF-24", "CF-25", "CF-26", "CF-28")
def test_a_selection_is_calculated_mended_from_the_fault_list_approved_and_locked(care_world, sign_in, rule):
    astrid, karla = care_world.astrid, sign_in(care_world, "karla")
    astrid.settings.update(accepts_cap=False)
    asked = karla.get(url("create_selection", rule))
    assert "Vill du skapa urvalet?" in asked.content.decode()
    shown = karla.post(url("create_selection", rule), follow=True)
    text = shown.content.decode()
    assert [figure.count for figure in page_of(shown).lamps] == ["4", "0", "0"]
    assert text.count("Röd, ej beräknad, makar") == 2
    assert "l-red" in text
    assert "Vill du starta beräkningen?" in karla.get(asked_at("calculate", rule)).content.decode()
    done = karla.post(asked_at("calculate", rule), follow=True)
    selected = page_of(done)
    assert [figure.count for figure in selected.lamps] == ["1", "3", "0"]
    (fault,) = selected.faults
    assert (fault.number, fault.fault) == (astrid.number, "inkomst saknas")
    assert [way.label for way in fault.ways] == ["Lägg max-bock"]
    assert 'aria-disabled="true"' in done.content.decode()

    dialog = karla.get(fault.ways[0].url)
    values = {"first_on": "2024-10-01", "fee_type": "single", "accepts_cap": "on", "parish_code": "058001"}
    assert dialog.context["page"].cancel_url == url("billing_run", rule)
    mended = karla.post(fault.ways[0].url, values, follow=True)
    assert mended.redirect_chain[-1][0] == url("billing_run", rule)
    assert f"{astrid.number} är beräknad på nytt." in mended.content.decode()
    assert lamp_of(astrid) is Lamp.YELLOW
    assert page_of(mended).may_approve

    question = karla.get(asked_at("approve", rule))
    asked = question.content.decode()
    assert "4 brukare för oktober 2024" in asked
    assert "Debiteringsjournalen för Norr är inte öppnad" in asked
    approved = karla.post(asked_at("approve", rule), question.context["page"].form.initial, follow=True)
    assert "4 brukare är godkända. Oktober 2024 är låst." in approved.content.decode()
    assert [figure.count for figure in page_of(approved).lamps] == ["0", "0", "4"]
    again = karla.post(asked_at("approve", rule), follow=True).content.decode()
    assert "godkänd och låst" in again


@pytest.mark.requirement("CF-24")
def test_one_client_is_calculated_with_the_spouse_and_explained(care_world, sign_in, rule):
    dagny, karla = care_world.dagny, sign_in(care_world, "karla")
    address = url("calculate_client", rule, dagny.number, "2024-10")
    assert "Erik Parsson" in karla.get(address).content.decode()
    done = karla.post(address, follow=True)
    assert done.redirect_chain[-1][0] == url("billing_run", rule)
    assert {lamp_of(dagny), lamp_of(care_world.erik)} == {Lamp.YELLOW}
    assert lamp_of(care_world.astrid) is Lamp.RED

    shown = karla.get(reverse("care_fees:explanation", args=[dagny.number, "2024-10"]))
    page, text = shown.context["page"], shown.content.decode()
    assert page.total == ClientMonth.objects.get(client=dagny).total
    assert page.steps
    assert "Gul, beräknad" in text
    assert f"{reverse('care_fees:case', args=[dagny.number])}#settings-title" in text
    assert "Oktober 2024" in karla.get(reverse("care_fees:case", args=[dagny.number])).content.decode()
    unknown = karla.get(reverse("care_fees:explanation", args=[care_world.astrid.number, "2024-10"]))
    assert "Månaden är inte beräknad än." in unknown.content.decode()
    for wrong in ("2024-13", "x"):
        wanted = reverse("care_fees:explanation", args=[dagny.number, wrong])
        assert karla.get(wanted).status_code == 404


@pytest.mark.requirement("CF-25")
def test_what_the_billing_office_mends_is_told_to_the_coordinator(care_world, sign_in, rule):
    care_world.services["OMV"].prices.all().delete()
    karla, bodil = sign_in(care_world, "karla"), sign_in(care_world, "bodil")
    (fault, *_rest) = page_of(karla.post(asked_at("calculate", rule), follow=True)).faults
    assert "013-20 57 00" in fault.detail
    assert not fault.ways
    (fault, *_rest) = page_of(bodil.get(url("billing_run", rule))).faults
    assert not fault.ways[0].is_dialog


@pytest.mark.requirement("CF-1", "CF-28")
def test_the_billing_office_plans_the_days_and_opens_a_period_again(care_world, sign_in, rule):
    bodil, karla = sign_in(care_world, "bodil"), sign_in(care_world, "karla")
    day = TODAY - dt.timedelta(days=1)
    planned = bodil.post(
        f"{reverse('care_fees:time_plan')}?period=2024-10", {f"area-{care_world.north.pk}": day}, follow=True
    )
    assert "Tidsplanen för oktober 2024 är sparad." in planned.content.decode()
    assert karla.get(reverse("care_fees:time_plan")).status_code == 403
    desktop = karla.get(reverse("care_fees:desktop")).content.decode()
    assert "Tidsplan" in desktop
    assert "Försenad" in desktop

    karla.post(asked_at("calculate", rule))
    approval.approve_areas(
        care_world.actor("karla"), rule_id=rule.pk, month=OCTOBER, today=TODAY, confirmed=True
    )
    reopen = url("reopen", rule, care_world.north.pk, "2024-10")
    assert karla.get(reopen).status_code == 403
    assert bodil.post(reopen, {"reason": ""}).status_code == 422
    opened = bodil.post(reopen, {"reason": "Fel hyra"}, follow=True)
    assert "Fel hyra" in opened.content.decode()
    assert AreaMonth.objects.get(area=care_world.north).approved_at is None
    assert lamp_of(care_world.astrid) is Lamp.YELLOW


@pytest.mark.requirement("CF-24", "CO-26")
def test_a_lamp_is_filtered_by_the_list_is_a_file_and_protected_persons_are_hidden(care_world, sign_in, rule):
    care_world.birger.person.is_protected = True
    care_world.birger.person.save(update_fields=["is_protected"])
    karla = sign_in(care_world, "karla")
    shown = karla.get(url("billing_run", rule, lamp="red"))
    assert len(shown.context["page"].rows) == 4
    assert "Testlund" not in shown.content.decode()
    assert "Skyddade personuppgifter" in shown.content.decode()
    green = karla.get(url("billing_run", rule, lamp="green"))
    assert "Ingen i urvalet har den lampan." in green.content.decode()
    file = karla.get(url("billing_run", rule, format="xlsx"))
    assert file["Content-Type"].startswith("application/vnd")
    assert karla.get(url("billing_run", rule, lamp="blue")).status_code == 200
    kurt = sign_in(care_world, "kurt")
    for address in (
        *(url(name, rule) for name in ("billing_run", "create_selection")),
        *(asked_at(name, rule) for name in ("calculate", "approve")),
    ):
        assert kurt.get(address).status_code == 404


@pytest.mark.requirement("CF-24", "QU-17")
def test_a_month_that_nothing_is_known_of_is_not_there(care_world, sign_in, rule):
    karla, number = sign_in(care_world, "karla"), care_world.astrid.number
    for month in ("0001-01", "2020-01", "9999-12", "x"):
        chosen = {"period": month, "rule": rule.pk}
        assert karla.get(reverse("care_fees:billing_run"), chosen).status_code == 404
        address = reverse("care_fees:explanation", args=[number, month])
        assert karla.get(address).status_code == 404
    to_come = karla.post(reverse("care_fees:calculate", args=[rule.pk, "2025-01"]), follow=True)
    assert "2025-01 har inte börjat. Välj en tidigare period." in to_come.content.decode()


@pytest.mark.requirement("CF-24", "CF-30")
def test_a_run_that_goes_on_is_followed_and_the_second_officer_is_told(care_world, sign_in, rule):
    karla, bodil = sign_in(care_world, "karla"), sign_in(care_world, "bodil")
    run = runs.start_run(care_world.actor("karla"), rule_id=rule.pk, month=OCTOBER, today=TODAY)
    polls = {"HX-Request": "true", "HX-Target": "run-state"}
    going_on = karla.get(url("billing_run", rule), headers=polls)
    assert "HX-Retarget" not in going_on
    assert 'hx-trigger="every 2s"' in going_on.content.decode()
    assert "Karla Samordnarsson startade" in going_on.content.decode()
    told = bodil.post(asked_at("calculate", rule), follow=True)
    assert "Karla Samordnarsson beräknar Norr sedan" in told.content.decode()
    runs.calculate_chunk(run_id=run.pk)
    runs.finish_run(run_id=run.pk)
    done = karla.get(url("billing_run", rule), headers=polls)
    assert done["HX-Retarget"] == "main"
    assert "every 2s" not in done.content.decode()
