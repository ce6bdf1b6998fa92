"""Claims are filled in and sent in: the seed's example, then what is written where."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Line
from kvitt.modules.special_care.commands import crediting, deletion, drafts, proposal
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries import known
from kvitt.modules.special_care.rules.claim import ClaimFacts, LineFacts
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists.models import ParameterValue, Price, PriceListItem
from tests.special_world import SEED_LINES

# What is looked up of claims, one or many.
STATEMENTS = 12


@pytest.fixture
def world(own_special_world):
    return own_special_world


@pytest.mark.requirement("SC-9", "SC-11")
def test_the_seeds_claim_comes_to_28_680_kr_and_is_held_by_its_amount(world):
    number = world.send_claim(lines=SEED_LINES, reference="980890")

    claim = Claim.objects.get(number=number)

    assert number == "T2024-000001"
    assert (claim.total, claim.fee, claim.status) == (2_868_000, 20_000, "held")
    assert [line.price for line in claim.lines.order_by("pk")] == [98_000, 1_270_500, 1_519_500, -20_000]
    assert claim.certificate == world.greta_certificate
    assert ClaimInvoice.objects.get().our_reference == 1
    assert Line.objects.count() == 0


@pytest.mark.requirement("SC-19a")
def test_claim_that_nothing_holds_is_released_to_the_ledger(world):
    number = world.send_claim()

    claim = Claim.objects.get(number=number)
    assert (claim.status, claim.released_on) == ("released", world.today)
    assert list(Line.objects.order_by("pk").values_list("code", "amount", "status")) == [
        ("101", 98_000, "approved"),
        ("patAvg", -20_000, "approved"),
    ]
    assert [line.line.code for line in claim.lines.order_by("pk")] == ["101", "patAvg"]


# References and invoices ---------------------------------------------------------------------------


@pytest.mark.requirement("SC-8")
@pytest.mark.parametrize("again", ["Ref980", " ref980 ", "REF980"])
def test_reference_is_used_once_by_a_care_provider_for_ever(world, again):
    first = world.send_claim(reference="Ref980")
    deletion.delete_claim(world.actor("lisa"), number=first)

    # Mats sends in for another clinic of the same care provider, Nora for another one.
    assert codes_of(lambda: world.send_claim(by="mats", reference=again)) == ["reference_used"]
    assert world.send_claim(by="nora", reference=again)


@pytest.mark.requirement("SC-8")
def test_reference_of_a_draft_is_free_and_an_empty_one_is_proposed(world):
    draft = world.begin_claim()
    drafts.save_claim(world.actor("lisa"), number=draft, head=world.head_of(draft, reference="980890"))

    sent = world.send_claim(reference="980890")
    proposed = world.send_claim(performed_on=dt.date(2024, 11, 1))
    # Somebody has typed what the next claim would be called.
    world.send_claim(performed_on=dt.date(2024, 11, 2), reference="t2024000005")
    called_else = world.send_claim(performed_on=dt.date(2024, 11, 3))

    assert Claim.objects.get(number=sent).reference == "980890"
    assert Claim.objects.get(number=proposed).reference == "T2024000003"
    assert Claim.objects.get(number=called_else).reference == "T2024000005A"


@pytest.mark.requirement("SC-8", "SC-25")
def test_claims_of_one_number_gather_in_one_invoice_apart_by_home_region(world):
    world.send_claim(invoice_reference="1234")
    world.send_claim(world.greta, invoice_reference=" 1234", performed_on=dt.date(2024, 11, 1))
    world.send_claim(invoice_reference="1234", performed_on=dt.date(2024, 10, 1), county="14")
    world.send_claim(invoice_reference="1235", performed_on=dt.date(2024, 10, 2))
    world.send_claim(invoice_reference="1234", by="mats", performed_on=dt.date(2024, 10, 3))

    made = ClaimInvoice.objects.order_by("our_reference")
    assert [(one.reference, one.county, one.claims.count()) for one in made] == [
        ("1234", "", 2),
        ("1234", "14", 1),
        ("1235", "", 1),
        ("1234", "", 1),
    ]


@pytest.mark.requirement("SC-8")
def test_closed_invoice_takes_no_more_claims(world):
    first = Claim.objects.get(number=world.send_claim())
    proposal.propose_payment(world.actor("gustav"), today=world.today, invoice_ids=[first.invoice_id])

    second = Claim.objects.get(number=world.send_claim(performed_on=dt.date(2024, 11, 1)))

    assert second.invoice_id != first.invoice_id


# What is sent --------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-11", "CO-24")
def test_double_click_sends_once(world):
    number = world.begin_claim()
    world.add_line(number, "101")
    first = world.send_draft(number, reference="980890")

    second = world.send_draft(number, reference="980891")

    assert (second.number, second.our_reference) == (first.number, first.our_reference)
    assert Claim.objects.get(number=number).reference == "980890"
    assert Line.objects.count() == 1
    assert Event.objects.filter(action="special_care.send_claim").count() == 1


@pytest.mark.requirement("SC-9")
def test_warnings_are_told_and_let_through(world):
    number = world.begin_claim()
    world.add_line(number, "101")

    sent = world.send_draft(number)

    assert [problem.code for problem in sent.warnings] == ["no_fee"]


@pytest.mark.requirement("SC-11", "CO-24")
def test_refused_claim_changes_nothing(world):
    number = world.begin_claim()
    world.add_line(number, "101")

    assert codes_of(lambda: world.send_draft(number, invoice_reference="", care_model="")) == [
        "invoice_reference_missing",
        "care_model_missing",
    ]
    assert Claim.objects.get(number=number).status == "draft"
    assert ClaimInvoice.objects.count() == 0


@pytest.mark.requirement("SC-9", "CO-14")
def test_price_of_the_treatment_date_is_asked_anew_when_sent(world):
    number = world.begin_claim()
    world.add_line(number, "101")
    item = PriceListItem.objects.get(module="special_care", code="101")
    Price.objects.create(item=item, first_on=dt.date(2024, 11, 1), amount=100_000)

    world.send_draft(number)

    assert Claim.objects.get(number=number).total == 100_000
    assert Line.objects.get().amount == 100_000


@pytest.mark.requirement("SC-1a", "SC-11")
def test_certificate_that_was_revoked_later_still_holds_before(world):
    certificate = world.holger_certificate
    world.holger_certificate.revoked_on = world.today
    world.holger_certificate.revoked_reason = "Fel uppgifter"
    certificate.save()

    before = dt.date(2024, 11, 19)

    assert world.send_claim(world.holger, support="f", performed_on=before)
    assert codes_of(lambda: world.send_claim(world.holger, support="f")) == ["no_certificate"]


@pytest.mark.requirement("SC-1a")
def test_claim_rests_on_the_certificate_of_its_treatment(world):
    earlier = world.certify(world.ingrid, "1", "f", "F2", last_on=dt.date(2024, 11, 10))
    world.certify(world.ingrid, "2", "n", "N2", first_on=dt.date(2024, 11, 11))

    number = world.send_claim(world.ingrid, support="f", performed_on=dt.date(2024, 11, 10))

    claim = Claim.objects.get(number=number)
    assert (claim.certificate, claim.category) == (earlier, "F2")


@pytest.mark.requirement("SC-5", "SC-10", "SC-11")
def test_claim_takes_of_its_preauthorization(world):
    plan = world.plan_for(world.ingrid, ("825", "UK", 1, 1_270_500), ("101", "", 2, 196_000))

    number = world.send_claim(world.ingrid, support="s", lines=[("101", ""), ("825", "UK")])

    used = plan.procedures.order_by("pk").values_list("used_count", "used_amount")
    assert list(used) == [(1, 1_270_500), (1, 98_000)]
    assert Claim.objects.get(number=number).plan == plan
    assert codes_of(
        lambda: world.send_claim(
            world.ingrid,
            support="s",
            lines=[("825", "UK"), ("103", "")],
            performed_on=dt.date(2024, 11, 1),
            plan_number=plan.number,
        )
    ) == ["plan_count", "mixed_care"]


@pytest.mark.requirement("SC-4", "SC-5")
def test_preauthorization_of_another_care_provider_or_patient_is_none(world):
    world.plan_for(world.ingrid, ("101", "", 2, 196_000), clinic=world.bjork)
    world.plan_for(world.greta, ("101", "", 2, 196_000), number="F2024-000902")

    for number in ("F2024-000901", "F2024-000902", "F2024-999999"):
        draft = world.begin_claim(world.ingrid, support="s")
        assert codes_of(lambda n=draft, p=number: world.send_draft(n, plan_number=p)) == ["unknown_plan"]


@pytest.mark.requirement("SC-4a")
@pytest.mark.parametrize(("limit", "is_specialist"), [("general", False), ("specialist", True)])
def test_years_amount_counts_all_care_providers_of_the_year(world, limit, is_specialist):
    Clinic.objects.filter(pk=world.ryd.pk).update(is_specialist=is_specialist)
    set_limit(world, limit, 250_000)
    world.send_claim(performed_on=dt.date(2024, 11, 1), by="nora")
    deleted = world.send_claim(performed_on=dt.date(2024, 11, 2))
    deletion.delete_claim(world.actor("lisa"), number=deleted)

    world.send_claim(performed_on=dt.date(2024, 11, 3))

    assert codes_of(lambda: world.send_claim(performed_on=dt.date(2024, 11, 4))) == ["year_amount"]


@pytest.mark.requirement("CO-5", "SC-6")
def test_claim_is_its_clinics_own(world):
    number = world.begin_claim()

    for by, wanted in (("mats", Http404), ("nora", Http404), ("gustav", Http404), ("anna", NotAllowed)):
        with pytest.raises(wanted):
            world.send_draft(number, by=by)


@pytest.mark.requirement("SC-11", "SC-21")
def test_claim_made_instead_of_a_credited_one_is_judged_by_when_that_was_sent(world):
    care_on = dt.date(2024, 5, 20)
    first = Claim.objects.get(number=world.send_claim(performed_on=care_on))
    proposal.propose_payment(world.actor("gustav"), today=world.today, invoice_ids=[first.invoice_id])
    first.invoice.refresh_from_db()
    world.advance(first.invoice.ledger_invoice_id, InvoiceStatus.AUTHORISED)
    world.today += dt.timedelta(days=30)

    again = crediting.credit_claim(
        world.actor("lisa"), today=world.today, number=first.number, and_register=True
    )

    assert world.send_draft(again).number == again
    assert codes_of(lambda: world.send_claim(performed_on=care_on)) == ["too_old"]


@pytest.mark.requirement("SC-4a", "SC-21")
def test_claim_whose_credit_was_returned_counts_against_the_years_amount(world):
    set_limit(world, "general", 10_000_000)
    first = world.send_claim()
    world.pay(first)
    crediting.credit_claim(world.actor("lisa"), today=world.today, number=first)
    claim = Claim.objects.get(number=first)

    def used():
        facts = known.facts_of(claim)
        around = known.known_of(claim.authority_id, claim.clinic, claim.person, facts, today=world.today)
        return around.year_used

    assert used() == {}
    world.return_proposal(first, is_credit=True)
    assert used() == {2024: 980_00}


# Many at once --------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-11")
def test_many_claims_are_looked_up_in_as_many_statements_as_one(world, django_assert_num_queries):
    world.plan_for(world.ingrid, ("101", "", 2, 196_000))
    set_limit(world, "general", 10_000_000)
    world.send_claim()
    clinic = Clinic.objects.select_related("authority").get(pk=world.ryd.pk)
    lines = [LineFacts(day, code) for day in (world.today, dt.date(2024, 5, 1)) for code in ("101", "103")]
    facts = ClaimFacts(SupportType.N, "N1", lines, reference="980890")
    persons = [world.greta, world.holger, world.ingrid]

    with django_assert_num_queries(STATEMENTS):
        known.known_for(world.region.pk, [known.Asked(clinic, world.ingrid, facts)], today=world.today)
    with django_assert_num_queries(STATEMENTS):
        many = known.known_for(
            world.region.pk, [known.Asked(clinic, one, facts) for one in persons], today=world.today
        )

    assert [len(one.plans) for one in many] == [0, 0, 1]
    assert [[cert.number for cert in one.certificates] for one in many] == [["764153"], ["764154"], []]
    assert [one.year_used for one in many] == [{2024: 98_000}, {}, {}]
    assert [[line.code for line in one.other_lines] for one in many] == [["101", "patAvg"], [], []]


@pytest.mark.requirement("CO-15", "SC-4a")
def test_years_limit_is_that_of_the_newest_treatment_date_and_a_later_one_changes_nothing(world):
    for first_on, limit in ((dt.date(2024, 1, 1), 100_000), (dt.date(2024, 12, 1), 100)):
        ParameterValue.objects.create(
            authority=world.region,
            name="special_care.year_limit_general",
            first_on=first_on,
            value=limit,
            source="Beslut",
            entered_by="Ivar Förvaltare",
        )
    clinic = Clinic.objects.select_related("authority").get(pk=world.ryd.pk)
    november, december = dt.date(2024, 11, 30), dt.date(2024, 12, 2)

    def limits(*days, today=december):
        facts = ClaimFacts(SupportType.N, "N1", [LineFacts(day, "101") for day in days])
        return known.known_of(world.region.pk, clinic, world.greta, facts, today=today).year_limits

    assert limits(november) == {2024: 100_000}
    assert limits(december, november) == limits() == {2024: 100}
    assert limits(today=november) == {2024: 100_000}


@pytest.mark.requirement("SC-11")
def test_records_that_were_merged_are_one_patient(world):
    Person.objects.filter(pk=world.holger.pk).update(merged_into=world.greta)
    world.plan_for(world.holger, ("101", "", 2, 196_000))
    clinic = Clinic.objects.select_related("authority").get(pk=world.ryd.pk)
    facts = ClaimFacts(SupportType.N, "N1", [LineFacts(world.today, "101")])

    found = known.known_of(world.region.pk, clinic, world.greta, facts, today=world.today)

    assert sorted(one.number for one in found.certificates) == ["764153", "764154"]
    assert [plan.number for plan in found.plans] == ["F2024-000901"]


# ---------------------------------------------------------------------------------------------------


def codes_of(act):
    """Return the codes of what a command refuses."""
    with pytest.raises(Refused) as refused:
        act()
    return [problem.code for problem in refused.value.problems]


def set_limit(world, kind, amount):
    ParameterValue.objects.create(
        authority=world.region,
        name=f"special_care.year_limit_{kind}",
        first_on=dt.date(2024, 1, 1),
        value=amount,
        source="Beslut",
        entered_by="Ivar Förvaltare",
    )
