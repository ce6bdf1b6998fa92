"""What clients state of income, changes of the reserved amount, and the decisions that are made of it."""

import datetime as dt
import io

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import decisions, incomes
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind, IncomePace
from kvitt.modules.care_fees.models import Client, ClientSettings, FeeDecision
from kvitt.modules.care_fees.queries import decisions as queries
from kvitt.modules.care_fees.rules.explanation import StepKind
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow
from kvitt.modules.care_fees.rules.statements import NewAdjustment, NewStatement, StatedRow
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.documents.commands import Upload
from kvitt.registers.price_lists.models import ParameterValue
from tests import files
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-20")
OCTOBER, NOVEMBER, JANUARY = dt.date(2024, 10, 1), dt.date(2024, 11, 1), dt.date(2025, 1, 1)


def stated(first_on, net, *, rent=700_000, spouse=None):
    rows = [StatedRow(IncomeKind.PENSION, IncomeRow(IncomePace.MONTHLY, net + 300_000, 300_000))]
    if spouse is not None:
        rows.append(StatedRow(IncomeKind.PENSION, IncomeRow(IncomePace.MONTHLY, spouse), is_of_spouse=True))
    return NewStatement(first_on, first_on, rows, HousingFacts(HomeKind.RENTED, rent))


def save(world, client, new, **kwargs):
    return incomes.save_income(world.actor("fia"), today=TODAY, number=client.number, new=new, **kwargs)


def by_income(*clients):
    """Let income limit the fees."""
    ClientSettings.objects.filter(client__in=clients).update(accepts_cap=False)


def test_new_statement_ends_the_one_before_and_one_of_the_same_day_is_mended(care_world):
    astrid = care_world.astrid
    save(care_world, astrid, stated(OCTOBER, 1_500_000))
    save(care_world, astrid, stated(NOVEMBER, 1_600_000))
    save(care_world, astrid, stated(OCTOBER, 1_550_000), proof=Upload("a.png", 99, io.BytesIO(files.png())))
    assert list(astrid.incomes.order_by("first_on").values_list("first_on", "last_on")) == [
        (OCTOBER, dt.date(2024, 10, 31)),
        (NOVEMBER, None),
    ]
    first = astrid.incomes.get(first_on=OCTOBER)
    assert (first.rows.get().amount, first.proof.file_name) == (1_850_000, "a.png")
    assert Client.objects.get(pk=astrid.pk).version == 4
    event = Event.objects.filter(action="care_fees.save_income").latest("pk")
    assert [event.data[side]["incomes"][0]["amount"] for side in ("before", "after")] == [
        1_800_000,
        1_850_000,
    ]


def test_income_is_refused_in_words_and_to_others(care_world):
    astrid = care_world.astrid
    home = HousingFacts(HomeKind.OWNED, interest=100)
    for wrong, code in (
        (NewStatement(NOVEMBER, NOVEMBER, [], HousingFacts()), "no_income"),
        (NewStatement(NOVEMBER, NOVEMBER, stated(NOVEMBER, 1).rows, home), "no_operating"),
        (
            NewStatement(NOVEMBER, dt.date(2024, 12, 24), stated(NOVEMBER, 1).rows, HousingFacts()),
            "received_later",
        ),
        (stated(NOVEMBER, 1, spouse=1), "no_spouse"),
    ):
        with pytest.raises(Refused) as refused:
            save(care_world, astrid, wrong)
        assert [problem.code for problem in refused.value.problems] == [code]
    for stranger, error in (
        ("karla", NotAllowed),
        ("bodil", NotAllowed),
        ("kurt", Http404),
        ("mona", NotAllowed),
    ):
        with pytest.raises(error):
            incomes.save_income(
                care_world.actor(stranger), today=TODAY, number=astrid.number, new=stated(NOVEMBER, 1)
            )
    assert not astrid.incomes.exists()


@pytest.mark.requirement("CF-22")
def test_decision_keeps_its_terms_and_has_a_letter(care_world, sign_in):
    astrid, client = care_world.astrid, sign_in(care_world, "fia")
    by_income(astrid)
    decide = reverse("care_fees:decide_fee", args=[astrid.number])
    assert client.get(f"{decide}?month=1999-01").status_code == 200
    missing = client.get(f"{decide}?month=2025-01")
    assert missing.context["page"].shown is None
    assert missing.context["page"].problems
    save(care_world, astrid, stated(OCTOBER, 1_500_000))
    shown = client.get(f"{decide}?month=2025-01").context["page"].shown
    assert (shown.cap, shown.minimum, shown.capacity) == (264_200, 724_661, 75_339)
    incomes.adjust_reserved(
        care_world.actor("fia"),
        today=TODAY,
        number=astrid.number,
        new=NewAdjustment(OCTOBER, None, 50_000, "God man"),
    )
    made = client.post(f"{decide}?month=2025-01")
    # Sent twice, with nothing changed between, it is decided once.
    assert client.post(f"{decide}?month=2025-01").url == made.url
    decision = FeeDecision.objects.get()
    assert Event.objects.filter(action="care_fees.decide_fee").count() == 1
    assert made.url == reverse("care_fees:decision", args=[astrid.number, decision.number])
    assert (decision.number, decision.capacity, decision.cap) == (1, 25_339, 264_200)
    save(care_world, astrid, stated(NOVEMBER, 9_000_000))
    page = client.get(made.url)
    text = page.content.decode()
    assert "253,39" in text
    assert "Pension: 18\u00a0000\u00a0kr per månad, varav skatt 3\u00a0000\u00a0kr." in text
    assert "God man" in text
    assert "2001:453" in text
    letter = client.get(reverse("care_fees:decision_letter", args=[astrid.number, decision.number]))
    assert letter.content.startswith(b"%PDF")
    assert Event.objects.filter(action="care_fees.decision_letter").exists()
    assert sign_in(care_world, "karla").get(made.url).status_code == 403
    assert sign_in(care_world, "bodil").get(made.url).status_code == 200


@pytest.mark.requirement("CF-21a")
def test_couple_has_half_of_both_and_the_own_statement_counts(care_world):
    dagny, erik = care_world.dagny, care_world.erik
    by_income(dagny, erik)
    save(care_world, dagny, stated(OCTOBER, 1_600_000, rent=800_000, spouse=9_000_000))
    save(care_world, erik, stated(OCTOBER, 2_400_000, rent=800_000))
    found = queries.proposals(care_world.municipality.pk, [dagny.pk, erik.pk], JANUARY)
    assert [each.terms.capacity for each in found] == [1_008_766, 1_008_766]
    assert {each.terms.minimum for each in found} == {591_234}
    # In a care home both ways are reckoned, and the one that is better for both is chosen.
    care_world.grant(erik, "VBO", care_world.care_home)
    apart = queries.proposals(care_world.municipality.pk, [dagny.pk, erik.pk], JANUARY)
    assert {each.steps[0].kind for each in apart} == {StepKind.AS_SINGLES}
    assert [each.terms.capacity for each in apart] == [75_339, 875_339]


def test_all_decisions_are_made_anew_once_at_a_new_price_base_amount(
    care_world, sign_in, django_assert_max_num_queries
):
    astrid, birger = care_world.astrid, care_world.birger
    by_income(astrid)
    save(care_world, astrid, stated(OCTOBER, 1_500_000))
    for client in (astrid, birger):
        decisions.decide_fee(care_world.actor("fia"), today=TODAY, number=client.number, month=NOVEMBER)
    birger.person.is_protected = True
    birger.person.save(update_fields=["is_protected"])
    client = sign_in(care_world, "fia")
    url = reverse("care_fees:recalculate_decisions")
    page = client.get(f"{url}?month=2025-01").content.decode()
    assert "753,39" in page
    assert "Testlund" not in page
    assert client.get(f"{url}?month=2025-01&format=xlsx").status_code == 200
    make = f"{reverse('care_fees:make_decisions')}?month=2025-01"
    assert client.get(make).status_code == 200
    for _again in range(2):
        assert client.post(make).status_code == 303
    made = FeeDecision.objects.filter(first_on=JANUARY).order_by("client_id")
    assert [(row.client_id, row.cap, row.capacity) for row in made] == [
        (astrid.pk, 264_200, 75_339),
        (birger.pk, 264_200, None),
    ]
    ParameterValue.objects.create(
        authority=care_world.municipality,
        name="care_fees.price_base_amount",
        first_on=JANUARY,
        value=6_000_000,
        source="Prövning",
    )
    with django_assert_max_num_queries(60):
        assert decisions.recalculate_decisions(care_world.actor("fia"), today=TODAY, month=JANUARY) == 2
    with pytest.raises(NotAllowed):
        decisions.recalculate_decisions(care_world.actor("bodil"), today=TODAY, month=JANUARY)


def test_pages_of_the_fee_officer(care_world, sign_in):
    dagny, fia = care_world.dagny, sign_in(care_world, "fia")
    case = reverse("care_fees:case", args=[dagny.number])
    url = reverse("care_fees:save_income", args=[dagny.number])
    form = fia.get(url).context["page"].form
    assert form.has_spouse
    typed = {
        "first_on": "2024-11-01",
        "received_on": "2024-10-28",
        "home": "rented",
        "rent": "8 000",
        "rows": "2",
    }
    typed |= {"kind_0": "pension", "pace_0": "monthly", "amount_0": "18 000", "tax_0": "2000"}
    typed |= {"kind_1": "capital", "pace_1": "yearly", "amount_1": "", "tax_1": ""}
    more = fia.post(url, typed | {"add": "1"})
    assert more.status_code == 200
    assert more.context["page"].form["amount_0"].value() == "18 000"
    assert len(more.context["page"].form.income_rows) == 3
    assert fia.post(url, typed | {"tax_1": "5"}).status_code == 422
    wrong = fia.post(url, typed | {"amount_1": "-1"})
    assert "amount_1" in wrong.context["page"].form.errors
    assert fia.post(url, typed).status_code == 303
    adjust = reverse("care_fees:adjust_reserved", args=[dagny.number])
    kept = {"first_on": "2024-11-01", "last_on": "", "amount": "-250", "reason": "Kost ingår"}
    assert fia.post(adjust, kept | {"amount": "0"}).status_code == 422
    assert fia.post(adjust, kept).status_code == 303
    adjustment = dagny.adjustments.get()
    end = reverse("care_fees:end_adjustment", args=[dagny.number, adjustment.pk])
    assert fia.post(end, {"last_on": "2024-10-01"}).status_code == 422
    assert fia.post(end, {"last_on": "2024-12-31"}).status_code == 303
    own = fia.get(case).content.decode()
    assert "16\u00a0000" in own
    assert "Kost ingår" in own
    for viewer, sees in (("bodil", True), ("karla", False)):
        text = sign_in(care_world, viewer).get(case).content.decode()
        assert ("16\u00a0000" in text) is sees
        assert ("Kost ingår" in text) is sees
        assert "{&#x27;" not in text
        assert "2024-11-01" in text
        assert url not in text
