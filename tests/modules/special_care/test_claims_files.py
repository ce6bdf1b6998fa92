"""Claims files: checked whole, then taken in part by part, as claims that are typed."""

import datetime as dt
import itertools
from io import StringIO

import pytest
from django.core import management
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.foundation import bulk
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Line
from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.commands import deletion, file_work, files
from kvitt.modules.special_care.lifecycle import ClaimStatus, FileStatus
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimsFile, FileFault, PlannedProcedure
from kvitt.modules.special_care.queries import files as queries
from kvitt.modules.special_care.queries.proof import breaches
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.organisations.models import ClinicRight
from kvitt.registers.price_lists.models import ParameterValue
from tests.modules.special_care.filing import (
    Credit,
    Written,
    faults_of,
    hand_in,
    stops_of,
    typed,
    work,
    xml_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-13", "SC-15")]
HOLGER = {"number": "195211049811", "support": "F", "care_model": ""}
INGRID = {"number": "196006099805", "support": "S", "category": "S2", "care_model": ""}


@pytest.fixture(autouse=True)
def always_many(monkeypatch):
    """Few claims are written as a whole part of a file is: by COPY, where the database can."""
    monkeypatch.setattr(bulk, "MANY", 1)


@pytest.fixture
def world(own_special_world):
    """The cast with the demo's catalogue."""
    return own_special_world


def whole():
    return [*breaches(), *ledger.breaches()] == []


def many(count, **changes):
    """Return claims of Greta, each of a day of its own."""
    days = [dt.date(2024, 11, 18) - dt.timedelta(days=number) for number in range(count)]
    return [
        Written(
            f"B{number}", lines=((f"{day}", "101", "", ""), (f"{day}", "patAvg", "", "200.00")), **changes
        )
        for number, day in enumerate(days, start=1)
    ]


# Checked and taken in ------------------------------------------------------------------------------


def test_faultless_file_is_taken_in_by_itself(world):
    found = work(hand_in(world, Written("A1"), Written("A2", **HOLGER), Written("A3", clinic="1111")))

    assert faults_of(found) == [("A3", "claimed_before")]
    assert (found.status, found.checked_count, found.taken_count) == (FileStatus.LOADED, 3, 3)
    claim = Claim.objects.select_related("certificate", "invoice").get(reference="A1")
    assert (claim.status, claim.total, claim.certificate.number) == (ClaimStatus.RELEASED, 780_00, "764153")
    assert (claim.invoice.reference, claim.sent_by, claim.file_id) == ("1234", "Lisa Demostrand", found.pk)
    assert ClaimInvoice.objects.count() == 1
    events = Event.objects.filter(action="special_care.take_in_claims")
    assert set(events.values_list("user_name", "subject_key")) == {
        ("Lisa Demostrand", number) for number in Claim.objects.values_list("number", flat=True)
    }
    assert whole()


@pytest.mark.requirement("SC-14")
def test_file_with_faults_waits_and_only_its_faultless_claims_are_taken_in(world):
    found = work(hand_in(world, Written("A1"), Written("A2", support="F", care_model=""), Credit("A9")))

    assert found.status == FileStatus.CHECKED
    assert stops_of(found) == [("A2", "no_certificate"), ("A9", "credit_unknown")]
    assert not Claim.objects.exists()
    files.load_file(world.actor("lisa"), file_id=found.pk)
    work(found)
    assert (found.status, found.loaded_count, found.taken_count) == (FileStatus.LOADED, 3, 1)
    assert [claim.reference for claim in Claim.objects.all()] == ["A1"]
    assert whole()


@pytest.mark.requirement("SC-14")
def test_file_to_be_checked_only_and_one_that_is_let_be_make_no_claim(world):
    checked = work(hand_in(world, Written("A1"), only_check=True))
    with pytest.raises(Refused) as refused:
        files.load_file(world.actor("lisa"), file_id=checked.pk)
    let_be = work(hand_in(world, Written("A1"), Written("A1")))
    files.discard_file(world.actor("lisa"), file_id=let_be.pk)
    work()

    assert [problem.code for problem in refused.value.problems] == ["only_checked"]
    assert stops_of(let_be) == [("A1", "reference_twice")]
    assert not Claim.objects.exists()
    assert whole()


def test_same_file_again_is_told_and_makes_no_claim_twice(world):
    first, again = hand_in(world, Written("A1")), hand_in(world, Written("A1"))
    work()
    again.refresh_from_db()

    assert queries.same_before(again) == first
    assert faults_of(again) == [("A1", "reference_used"), ("A1", "claimed_before")]
    assert Claim.objects.count() == 1


def test_file_that_cannot_be_read_has_one_refusal_and_none_of_its_faults(world, monkeypatch):
    monkeypatch.setattr(tasks, "ENTRIES_PER_PART", 1)
    content = b"".join((xml_of([Written("A1", support="F"), Written("A2"), Written("A3")])[:-40], b"<"))

    found = work(hand_in(world, content=content))

    assert (found.status, found.refusal) == (FileStatus.REFUSED, "file_cut_off")
    assert (found.checked_count, found.fault_count, FileFault.objects.count()) == (0, 0, 0)
    assert whole()


# In parts ------------------------------------------------------------------------------------------


def test_parts_are_one_file_and_what_was_begun_is_gone_on_with(world, monkeypatch):
    monkeypatch.setattr(tasks, "ENTRIES_PER_PART", 2)
    found = hand_in(world, *many(5), Written("B1"))
    for parts in (1, 2, 3):
        tasks.work_on_files(goes_on=stops_after(parts))
    found.refresh_from_db()

    assert (found.status, found.checked_count, found.faulty_count) == (FileStatus.CHECKING, 4, 0)
    assert faults_of(work(found)) == [("B1", "reference_twice"), ("B1", "claimed_before")]
    files.load_file(world.actor("lisa"), file_id=found.pk)
    tasks.work_on_files(goes_on=stops_after(2))
    assert (Claim.objects.count(), ClaimsFile.objects.get().loaded_count) == (2, 2)
    assert work(found).taken_count == 5
    assert whole()


def stops_after(asked):
    """Return what a worker asks between two parts: it goes on so many times."""
    answers = itertools.chain([True] * asked, itertools.repeat(False))
    return lambda: next(answers)


def test_nobody_else_takes_a_file_that_is_held_until_it_is_let_go(world):
    found = hand_in(world, Written("A1"))

    assert file_work.take_hold(found.pk, "one")
    assert not file_work.take_hold(found.pk, "other")
    ClaimsFile.objects.update(held_until=found.uploaded_at)  # killed: its time has run out
    assert file_work.take_hold(found.pk, "other")
    with pytest.raises(file_work.NotHeld):
        file_work.take_in_claims(file_id=found.pk, holder="one", part=file_work.Part(0, [], is_last=True))


@pytest.mark.requirement("QU-7")
def test_a_part_takes_as_many_statements_for_many_claims_as_for_one(world):
    world.plan_for(world.ingrid, ("101", "", 50, 50 * 98_000))
    work(hand_in(world, Written("Z1")))

    def statements(*entries):
        with CaptureQueriesContext(connection) as asked:
            assert work(hand_in(world, *entries)).taken_count == len(entries)
        return len(asked)

    few = statements(*planned("C", 2))
    lots = statements(*planned("D", 20))

    assert few == lots


def planned(prefix, count):
    """Return claims of Ingrid's preauthorization, each of a day of its own."""
    days = [dt.date(2024, 11, 18) - dt.timedelta(days=n) for n in range(count)]
    return [
        Written(f"{prefix}{n}", plan="F2024-000901", lines=((f"{day}", "101", "", ""),), **INGRID)
        for n, day in enumerate(days)
    ]


# Whose claims --------------------------------------------------------------------------------------


def test_clinics_of_a_file_are_those_where_its_sender_sends_in(world):
    entries = [Written(f"A{n}", clinic=clinic) for n, clinic in enumerate(("1112", "2222", "7777"))]

    assert faults_of(work(hand_in(world, *entries))) == [
        ("A0", "other_clinic"),
        ("A1", "other_clinic"),
        ("A2", "clinic_unknown"),
    ]


@pytest.mark.parametrize(
    ("model", "code"), [(RoleGrant, "other_clinic"), (ClinicRight, "clinic_not_connected")]
)
def test_what_ends_between_check_and_load_is_told_and_left(world, model, code):
    found = work(hand_in(world, Written("A1"), Written("A2", support="F", care_model="")))
    files.load_file(world.actor("lisa"), file_id=found.pk)
    held = {"clinic": world.ryd} if model is ClinicRight else {"user": world.users["lisa"]}
    model.objects.filter(**held).delete()
    work(found)

    assert stops_of(found) == [("A1", code), ("A2", "no_certificate")]
    assert (found.status, found.taken_count, found.faulty_count) == (FileStatus.LOADED, 0, 2)
    assert whole()


# Beside each other -------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-5", "SC-4a")
def test_claims_of_a_file_share_what_is_left_over_all_its_parts(world, monkeypatch):
    monkeypatch.setattr(tasks, "ENTRIES_PER_PART", 2)
    world.plan_for(world.ingrid, ("101", "", 2, 2 * 98_000))
    set_limit(world, 300_000)

    found = work(hand_in(world, *planned("C", 3), *many(4)))

    assert stops_of(found) == [("C2", "plan_count"), ("B4", "year_amount")]
    files.load_file(world.actor("lisa"), file_id=found.pk)
    assert work(found).taken_count == 5
    assert PlannedProcedure.objects.get().used_count == 2
    assert whole()


def set_limit(world, amount):
    ParameterValue.objects.create(
        authority=world.region,
        name="special_care.year_limit_general",
        first_on=dt.date(2024, 1, 1),
        value=amount,
        source="Beslut",
        entered_by="Ivar Förvaltare",
    )


@pytest.mark.requirement("SC-21")
def test_credits_of_a_file_go_the_way_of_those_that_are_typed(world):
    paid = world.send_claim(reference="P1", invoice_reference="77")
    world.send_claim(reference="P2", invoice_reference="78", performed_on=dt.date(2024, 11, 1))
    world.pay(paid)

    found = work(hand_in(world, Credit("p1"), Credit("P1"), Credit("P2")))
    assert faults_of(found) == [("P1", "credit_twice"), ("P2", "credit_not_possible")]
    files.load_file(world.actor("lisa"), file_id=found.pk)
    work(found)

    assert (found.status, found.credited_count) == (FileStatus.LOADED, 1)
    credited = Claim.objects.select_related("credit_invoice").get(reference="P1")
    assert credited.credit_invoice.reference == "77_Kredit"
    assert Event.objects.filter(action="special_care.credit_claim").get().user_name == "Lisa Demostrand"
    assert faults_of(work(hand_in(world, Credit("P1")))) == [("P1", "credit_twice")]
    assert whole()


@pytest.mark.requirement("SC-14")
def test_claim_in_a_file_and_the_same_typed_give_the_same_ledger_lines(world):
    world.plan_for(world.ingrid, ("101", "", 2, 2 * 98_000), ("825", "UK", 1, 1_270_500))
    day, before = "2024-11-18", "2024-11-12"
    claims = (
        Written(
            "A1", lines=((before, "101", "", ""), (before, "patAvg", "", "200.00"), (day, "301", "", ""))
        ),
        Written("A2", lines=((day, "401", "13", ""),), **HOLGER),
        Written("A3", plan="F2024-000901", lines=((before, "101", "", ""),), **INGRID),
    )
    work(hand_in(world, *claims))
    from_file = described_lines()
    for number in Claim.objects.values_list("number", flat=True):
        deletion.delete_claim(world.actor("lisa"), number=number)
    for claim in claims:
        typed(world, claim.but(reference=f"{claim.reference}T"))

    assert from_file
    assert described_lines() == from_file
    assert whole()


def described_lines():
    lines = Line.objects.filter(status="approved").order_by("case_number", "pk")
    return sorted(
        lines.values_list(
            "module", "clinic_id", "person_id", "code", "text", "performed_on", "created_on", "quantity",
            "price", "amount", "status",
        )
    )  # fmt: skip


# The command line ---------------------------------------------------------------------------------------


def run(*arguments):
    out, err = StringIO(), StringIO()
    try:
        management.call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.requirement("SC-14", "QU-18")
def test_check_claims_writes_nothing_and_loading_takes_in_the_faultless(world, tmp_path):
    path = tmp_path / "räkningar.xml"
    path.write_bytes(xml_of([Written("A1"), Written("A2", support="F", care_model="")]))

    with CaptureQueriesContext(connection) as asked:
        code, out, err = run("check_claims", path)

    assert (code, out) == (1, "2 claims and 0 credits read, 1 with faults\n")
    assert "A2 no_certificate: The patient has no valid certificate for F dental care." in err
    assert "194503129803" not in err
    assert {query["sql"].split()[0] for query in asked} <= {"SELECT"}
    code, out, err = run("load_claims", path, "--clinic", "1111", "--json")
    assert code == 1
    assert '"taken_in": 1' in out
    assert Claim.objects.get().reference == "A1"
    assert run("load_claims", path, "--clinic", "1111")[1].startswith("0 claims taken in")
    path.write_bytes(b"")
    assert run("check_claims", path)[2].startswith("räkningar.xml: file_empty: ")
    assert whole()
