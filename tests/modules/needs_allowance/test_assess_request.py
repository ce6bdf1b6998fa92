"""The assessor's desk: what it shows, who opens it, and what its buttons do."""

import datetime as dt
import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.commands import assessment
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.commands.requests import Attachment
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import Role
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people.models import Person
from tests import files

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-20")]


class Waiting:
    """The seed's case of figure 12, sent to be assessed: 852 on tooth 13 and 601 in the upper jaw."""

    def __init__(self, world, *, performed_on="today"):
        self.world = world
        self.number = world.create_case(world.elsa)
        self.examination = world.report(self.number, "101")
        self.bridge = world.report(self.number, "852", "13", performed_on=performed_on)
        self.splint = world.report(self.number, "601", "ÖK", performed_on=performed_on)
        self.request = world.send_request(self.number, self.bridge, self.splint)
        self.args = (self.number, self.request.pk)

    def verdicts(self, bridge="approved", splint="approved"):
        """Return what the radios of the desk send."""
        return {f"verdict_{self.bridge.pk}": bridge, f"verdict_{self.splint.pk}": splint}

    def reload(self):
        self.request = Preauthorization.objects.get(pk=self.request.pk)
        return self.request

    def procedure(self, procedure):
        return Procedure.objects.select_related("line").get(pk=procedure.pk)

    def statuses(self):
        return [self.procedure(one).shown_status for one in (self.bridge, self.splint)]


@pytest.fixture
def waiting(world):
    return Waiting(world)


@pytest.fixture
def frida(visit):
    return visit("frida")


def decide(visitor, waiting, *, follow=True, reason="", seen="", **verdicts):
    typed = {**waiting.verdicts(**verdicts), "reason": reason, "seen": seen}
    return visitor.post("needs_allowance:decide_request", *waiting.args, follow=follow, **typed)


# What the desk shows ----------------------------------------------------------------------------------


def test_desk_shows_the_request_and_the_whole_case(frida, waiting):
    page = frida.get("needs_allowance:assess_request", *waiting.args)

    assert page.heading == f"Assess request - {waiting.number}"
    assert "Elsa Exempelman" in page.text
    assert "20130310-2394" in page.text
    assert "Tanden går inte att rädda." in page.text
    assert [row[0] for row in page.rows(0)] == ["100 Självrisk", "101 Basundersökning"]
    assert page.terms()["Sent"] == "2024-11-20"
    assert page.terms()["Clinic"] == "1111 - Ekens Tandvård Ryd"


def test_desk_asks_about_each_procedure_with_tooth_and_amount(frida, waiting):
    page = frida.get("needs_allowance:assess_request", *waiting.args)

    assert re.search(r"852 Tandersättning, en tand 13 Approved Not approved 8 550 kr", page.text)
    assert re.search(r"601 Bettskena ÖK Approved Not approved 4 335 kr", page.text)


def test_days_are_counted_from_the_day_it_was_sent(frida, waiting, world, settings):
    world.pass_time_to(dt.date(2024, 12, 13), settings)

    page = frida.get("needs_allowance:assess_request", *waiting.args)

    assert "23 days ago" in page.text


def test_every_version_is_shown_with_question_and_answer(frida, waiting, world):
    frida.post("needs_allowance:ask_for_completion", *waiting.args, question="Var är bilden?")
    photo = (Attachment(7, "Röntgenbild"),)
    with transaction.atomic():
        preauthorization.answer(
            world.actor("anna"), waiting.reload(), text="Här är den.", documents=photo, parcels=()
        )

    page = frida.get("needs_allowance:assess_request", *waiting.args)

    newest, first = page.rows(1)
    assert "Här är den." in newest[1]
    assert newest[3] == "Röntgenbild"
    assert "Tanden går inte att rädda." in first[1]
    assert "Var är bilden?" in first[1]
    assert first[2] == "852 Tandersättning, en tand 13; 601 Bettskena ÖK"


@pytest.mark.requirement("NA-11", "NA-20")
def test_documents_and_parcels_of_the_case_stand_on_the_desk(frida, waiting, world):
    number, request_id = waiting.args
    world.add_document(number)
    referral = world.add_document(number, "remiss.pdf", files.pdf(), kind=DocumentKind.REFERRAL)
    world.add_parcel(number)

    page = frida.get("needs_allowance:assess_request", number, request_id, document=str(referral))

    assert "remiss.pdf" in page.text
    assert "2 of 2" in page.text
    assert "Mark as arrived Gipsmodell" in page.text


@pytest.mark.requirement("CO-8", "QU-19")
def test_documents_of_a_protected_patient_stand_on_the_desk_when_a_reason_is_given(frida, waiting, world):
    world.add_document(waiting.number)
    Person.objects.filter(pk=world.elsa.pk).update(is_protected=True)
    desk = ("needs_allowance:assess_request", *waiting.args)

    hidden = frida.get(*desk)
    frida.post("people:open_protected", world.elsa.code, reason="Bedömer en begäran.")
    shown = frida.get(*desk)

    told = "The documents are shown when you have given a reason to open the protected identity."
    assert told in hidden.text
    assert "opg.png" not in hidden.text
    assert "opg.png" in shown.text
    assert told not in shown.text


@pytest.mark.requirement("NA-19")
def test_what_goes_with_a_request_is_what_the_case_has(frida, world):
    number = world.create_case(world.rutger)
    world.add_document(number)
    world.add_parcel(number)

    request = world.send_request(number, world.report(number, "852", "13"))

    [sent] = request.submissions.all()
    assert [one["label"] for one in sent.documents] == ["opg.png"]
    assert len(sent.parcels) == 1


@pytest.mark.requirement("CO-30")
def test_opening_the_desk_is_recorded(frida, waiting, world, reads):
    frida.get("needs_allowance:assess_request", *waiting.args)

    assert ("needs_allowance.assess_request", [world.elsa.pk]) in reads()


def test_assessor_can_neither_add_nor_remove_lines(frida, waiting):
    page = frida.get("needs_allowance:case", waiting.number)
    added = frida.post("needs_allowance:add_procedure", waiting.number, code="101")
    removed = frida.post("needs_allowance:remove_procedure", waiting.number, waiting.examination.pk)

    assert "Add procedure code" not in page.text
    assert (added.status, removed.status) == (403, 403)


# Who opens it -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("who", "status"), [("anna", 403), ("eva", 403), ("gustav", 403), ("bo", 404), ("david", 404)]
)
@pytest.mark.parametrize(
    "name", ["assess_request", "decide_request", "save_draft_decision", "ask_for_completion"]
)
def test_others_than_assessors_are_refused(name, who, status, visit, waiting, nothing_saved):
    before = nothing_saved()
    visitor, url = visit(who), f"needs_allowance:{name}"

    if name == "assess_request":
        page = visitor.get(url, *waiting.args)
    else:
        page = visitor.post(url, *waiting.args, **waiting.verdicts(), question="?")

    assert page.status == status
    assert nothing_saved() == before
    assert waiting.reload().status == RequestStatus.AWAITING_REVIEW


def test_assessor_of_another_authority_finds_nothing(visit, waiting, world):
    home = world.region
    world.region = Authority.objects.create(
        name="Region Utland", kind="region", organisation_number="2321000057"
    )
    world._user("folke", "Folke Utländsk", world.region, (Role.ASSESSOR,))
    world.region = home

    page = visit("folke").get("needs_allowance:assess_request", *waiting.args)

    assert page.status == 404
    assert visit("folke").get("preauthorization:queue").rows() == []


def test_request_that_was_never_sent_is_not_there(frida, waiting):
    Preauthorization.objects.filter(pk=waiting.request.pk).update(sent_on=None, status="not_sent")

    assert frida.get("needs_allowance:assess_request", *waiting.args).status == 404


def test_request_of_another_case_is_not_there(frida, waiting, world):
    other = world.create_case(world.rutger)

    assert frida.get("needs_allowance:assess_request", other, waiting.request.pk).status == 404


# The decision -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-21")
def test_all_approved_is_decided_and_counts(frida, waiting, world):
    page = decide(frida, waiting)

    assert waiting.reload().status == RequestStatus.DECIDED
    assert (waiting.request.decided_on, waiting.request.decided_by) == (world.today, "Frida Bedömarsson")
    assert waiting.statuses() == [LineStatus.APPROVED, LineStatus.APPROVED]
    # 1 065 + 8 550 + 4 335 - 5 000
    assert world.case_page(waiting.number).totals.billable == 895_000
    assert f"The request in {waiting.number} is decided: Decided." in page.notices[0]


@pytest.mark.requirement("NA-21")
def test_all_refused_is_decided_and_never_counts(frida, waiting, world):
    decide(frida, waiting, bridge="refused", splint="refused", reason="Tanden kan lagas.")

    assert waiting.reload().status == RequestStatus.DECIDED
    assert waiting.request.reason == "Tanden kan lagas."
    assert waiting.statuses() == [ProcedureStatus.REFUSED, ProcedureStatus.REFUSED]
    assert [waiting.procedure(one).performed_on for one in (waiting.bridge, waiting.splint)] == [None, None]
    assert world.case_page(waiting.number).totals.billable == 0


@pytest.mark.requirement("NA-21")
def test_some_of_each_is_approved_with_reservation(frida, waiting, world):
    decide(frida, waiting, splint="refused", reason="Skenan behövs inte.")

    assert waiting.reload().status == RequestStatus.APPROVED_WITH_RESERVATION
    assert waiting.statuses() == [LineStatus.APPROVED, ProcedureStatus.REFUSED]
    # 1 065 + 8 550 - 5 000
    assert world.case_page(waiting.number).totals.billable == 461_500


@pytest.mark.requirement("NA-21", "NA-15")
def test_approved_line_can_still_be_removed_and_changed_and_a_refused_one_not(frida, waiting, world):
    decide(frida, waiting, splint="refused", reason="Nej.")

    bridge, splint = world.row(waiting.number, "852"), world.row(waiting.number, "601")
    assert (bridge.may_remove, bridge.may_change) == (True, True)
    assert (splint.may_remove, splint.may_change) == (False, False)


@pytest.mark.requirement("NA-21", "CO-11")
def test_performed_line_keeps_the_price_of_its_date(frida, waiting, world):
    world.set_price("852", dt.date(2024, 11, 21), 900_000)
    world.set_price("852", dt.date(2024, 11, 20), 870_000)

    decide(frida, waiting)

    assert waiting.procedure(waiting.bridge).line.price == 855_000


@pytest.mark.requirement("NA-21", "NA-15")
def test_line_that_is_not_performed_gets_the_price_of_the_day(frida, world, settings):
    waiting = Waiting(world, performed_on=None)
    world.set_price("852", dt.date(2024, 12, 1), 900_000)
    world.pass_time_to(dt.date(2024, 12, 2), settings)

    decide(frida, waiting)

    line = waiting.procedure(waiting.bridge).line
    assert (line.price, line.performed_on) == (900_000, None)


@pytest.mark.requirement("NA-14")
def test_refused_line_is_not_counted_when_the_next_one_is_judged(frida, world):
    number = world.create_case(world.elsa)
    first = world.report(number, "705", "11")
    second = world.report(number, "705", "12")
    request = world.send_request(number, second)
    typed = {f"verdict_{second.pk}": "refused", "reason": "Nej."}
    frida.post("needs_allowance:decide_request", number, request.pk, **typed)
    world.remove(first)

    third = world.report(number, "705", "13")

    assert second.status == ProcedureStatus.REQUIRES_PREAUTHORIZATION
    assert third.status == ProcedureStatus.APPROVED


def test_decision_is_one_event_with_the_verdicts(frida, waiting, world):
    before = Event.objects.filter(is_read=False).count()

    decide(frida, waiting, splint="refused", reason="Nej.")

    assert Event.objects.filter(is_read=False).count() == before + 1
    event = Event.objects.get(action="needs_allowance.decide_request")
    assert event.data["after"] == {
        "status": "approved_with_reservation",
        "approved_procedures": ["852 Tandersättning, en tand 13"],
        "refused_procedures": ["601 Bettskena ÖK"],
    }
    told = world.case_page(waiting.number).events[0]
    assert told.details == [
        "Status: Approved with reservation",
        "Approved: 852 Tandersättning, en tand 13",
        "Not approved: 601 Bettskena ÖK",
    ]


@pytest.mark.requirement("CO-33")
def test_refusal_without_a_reason_comes_back_as_it_was_typed(frida, waiting, nothing_saved):
    before = nothing_saved()

    page = decide(frida, waiting, splint="refused", follow=False)

    assert page.status == 422
    assert page.faults == {"reason": "Give the reason for the decision: the clinic reads it."}
    assert dict(checked(page)) == {
        f"verdict_{waiting.bridge.pk}": "approved",
        f"verdict_{waiting.splint.pk}": "refused",
    }
    assert nothing_saved() == before


def checked(page):
    """Return the name and value of each radio that is chosen."""
    return re.findall(
        r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*checked', page.response.content.decode()
    )


@pytest.mark.requirement("CO-33")
def test_every_procedure_must_be_decided(frida, waiting):
    page = frida.post(
        "needs_allowance:decide_request", *waiting.args, **{f"verdict_{waiting.bridge.pk}": "approved"}
    )

    assert page.status == 422
    assert "Decide about 601 Bettskena ÖK: approved or not approved." in page.text
    assert waiting.reload().status == RequestStatus.AWAITING_REVIEW


def test_decision_leads_on_to_the_request_that_has_waited_longest(frida, waiting, world):
    number = world.create_case(world.rutger)
    world.send_request(number, world.report(number, "436", "11"), sent_on=dt.date(2024, 11, 18))
    later = world.create_case(world.tova)
    world.send_request(later, world.report(later, "436", "11"), sent_on=dt.date(2024, 11, 19))

    page = decide(frida, waiting)

    assert f"Assess the next one: {number}" in page.links


def test_last_decision_says_that_nothing_more_waits(frida, waiting):
    page = decide(frida, waiting)

    assert page.notices[0].endswith("No other request waits for a decision.")


def test_decided_request_is_shown_with_its_decision_and_no_form(frida, waiting):
    decide(frida, waiting, splint="refused", reason="Skenan behövs inte.")

    page = frida.get("needs_allowance:assess_request", *waiting.args)

    assert page.terms()["Reason for the decision"] == "Skenan behövs inte."
    assert page.terms()["Read by the clinic"] == "Not yet"
    assert "Decide" not in page.buttons


# The draft --------------------------------------------------------------------------------------------


def test_draft_is_kept_and_shown_to_the_next_assessor(frida, visit, waiting, world):
    world._user("folke", "Folke Bedömarsson", world.region, (Role.ASSESSOR,))
    typed = {f"verdict_{waiting.splint.pk}": "refused", "reason": "Skenan behövs"}
    frida.post("needs_allowance:save_draft_decision", *waiting.args, **typed)

    page = visit("folke").get("needs_allowance:assess_request", *waiting.args)

    assert any(notice.startswith("Frida Bedömarsson kept this draft at") for notice in page.notices)
    assert checked(page) == [(f"verdict_{waiting.splint.pk}", "refused")]
    assert "Skenan behövs" in page.text
    assert waiting.reload().status == RequestStatus.AWAITING_REVIEW


def test_draft_is_no_news_to_the_clinic(frida, waiting, world):
    frida.post("needs_allowance:save_draft_decision", *waiting.args, reason="Nja")

    events = world.case_page(waiting.number).events
    assert "Kept a draft of a decision" not in [event.text for event in events]
    assert Event.objects.filter(action="needs_allowance.save_draft_decision").count() == 1


def test_decision_forgets_the_draft(frida, waiting):
    frida.post("needs_allowance:save_draft_decision", *waiting.args, reason="Nja", **waiting.verdicts())

    decide(frida, waiting)

    request = waiting.reload()
    assert (request.draft_reason, request.draft_by, request.draft_at) == ("", "", None)
    assert set(request.procedures.values_list("draft_verdict", flat=True)) == {""}


@pytest.mark.requirement("CO-24", "CO-33")
@pytest.mark.parametrize("name", ["decide_request", "save_draft_decision", "ask_for_completion"])
def test_draft_that_came_in_between_is_shown_before_anything_is_done(name, frida, visit, waiting, world):
    world._user("folke", "Folke Bedömarsson", world.region, (Role.ASSESSOR,))
    opened = frida.get("needs_allowance:assess_request", *waiting.args)
    visit("folke").post("needs_allowance:save_draft_decision", *waiting.args, reason="Vänta.")

    page = frida.post(
        f"needs_allowance:{name}",
        *waiting.args,
        **waiting.verdicts(),
        reason="Ja.",
        question="?",
        seen=opened.hidden["seen"],
    )
    again = frida.post(
        f"needs_allowance:{name}",
        *waiting.args,
        **waiting.verdicts(),
        reason="Ja.",
        question="?",
        seen=page.hidden["seen"],
    )

    assert page.status == 422
    assert "The request has changed since you opened it" in page.summary
    assert "Ja." in page.text
    assert again.status == 303


# Completion -------------------------------------------------------------------------------------------


def test_request_that_the_clinic_has_not_answered_is_decided_without_the_answer(frida, waiting):
    frida.post("needs_allowance:ask_for_completion", *waiting.args, question="Var är bilden?")

    desk = frida.get("needs_allowance:assess_request", *waiting.args)
    decide(frida, waiting, seen=desk.hidden["seen"])

    assert "Wait for the answer, or decide without it." in desk.text
    assert {"Save draft", "Decide"} <= set(desk.buttons)
    assert waiting.reload().status == RequestStatus.DECIDED
    assert waiting.statuses() == [LineStatus.APPROVED, LineStatus.APPROVED]


def test_clinic_is_not_asked_twice_before_it_has_answered(frida, waiting):
    url = "needs_allowance:ask_for_completion"
    frida.post(url, *waiting.args, question="Var är bilden?")

    desk = frida.get("needs_allowance:assess_request", *waiting.args)
    again = frida.post(url, *waiting.args, follow=True, question="Och provsvaret?", reason="Nja.")

    request = waiting.reload()
    assert "Request completion" not in desk.buttons
    assert again.notices[0].startswith("Somebody else has just changed the request.")
    assert (request.question, request.draft_reason) == ("Var är bilden?", "")


@pytest.mark.requirement("NA-21")
def test_clinic_reads_what_was_asked_in_a_decision_without_its_answer(frida, waiting, visit):
    frida.post("needs_allowance:ask_for_completion", *waiting.args, question="Var är bilden?")
    decide(frida, waiting)

    page = visit("anna").get("needs_allowance:request", *waiting.args)

    assert page.terms()["The assessing dentist asked"].startswith("Var är bilden?")


def test_prices_of_what_is_planned_are_read_once(world):
    waiting = Waiting(world, performed_on=None)

    with CaptureQueriesContext(connection) as queries:
        assessment.decide_request(
            world.actor("frida"),
            today=world.today,
            number=waiting.number,
            request_id=waiting.request.pk,
            verdicts={one.pk: Verdict.APPROVED for one in (waiting.bridge, waiting.splint)},
            reason="",
        )

    reading = [query["sql"] for query in queries if 'FROM "price_lists_price' in query["sql"]]
    assert len(reading) == 1


def test_clinic_is_asked_for_more_and_the_draft_is_kept(frida, waiting):
    page = frida.post(
        "needs_allowance:ask_for_completion",
        *waiting.args,
        follow=True,
        question="Var är bilden?",
        reason="Oklart.",
    )

    request = waiting.reload()
    assert (request.status, request.question) == ("completion_requested", "Var är bilden?")
    assert request.draft_reason == "Oklart."
    assert waiting.statuses() == [ProcedureStatus.AWAITING_REVIEW, ProcedureStatus.AWAITING_REVIEW]
    assert "The clinic is asked to complete the request" in page.notices[0]
    assert "Decide" in page.buttons
    assert "Request completion" not in page.buttons


@pytest.mark.requirement("CO-33")
def test_question_is_compulsory_and_the_decision_typed_so_far_is_kept(frida, waiting):
    page = frida.post("needs_allowance:ask_for_completion", *waiting.args, **waiting.verdicts(), reason="Ja.")

    assert page.status == 422
    assert page.faults == {"question": "Say what the clinic should complete."}
    assert len(checked(page)) == 2
    assert waiting.reload().status == RequestStatus.AWAITING_REVIEW


# Somebody was faster ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("name", ["decide_request", "save_draft_decision", "ask_for_completion"])
def test_request_decided_meanwhile_is_shown_as_it_is(name, frida, waiting, nothing_saved):
    decide(frida, waiting)
    before = nothing_saved()

    page = frida.post(
        f"needs_allowance:{name}", *waiting.args, follow=True, **waiting.verdicts(), question="?"
    )

    assert "Somebody else has just changed the request." in page.notices[0]
    assert "The request Decided" in page.text
    assert nothing_saved() == before


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("name", ["decide_request", "save_draft_decision", "ask_for_completion"])
def test_request_taken_back_meanwhile_leads_to_the_queue(name, frida, waiting):
    with transaction.atomic():
        preauthorization.withdraw(waiting.request)

    page = frida.post(
        f"needs_allowance:{name}", *waiting.args, follow=True, **waiting.verdicts(), question="?"
    )

    assert page.notices == ["The clinic has taken the request back. It waits for no decision now."]
    assert page.heading == "To assess"


def test_buttons_opened_as_pages_lead_to_the_desk(frida, waiting):
    page = frida.get("needs_allowance:decide_request", *waiting.args)

    assert page.status == 303
    assert page.response["Location"].endswith(f"/requests/{waiting.request.pk}/assess/")


# E-mail -------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-29")
@pytest.mark.parametrize(
    ("name", "typed", "event"),
    [
        ("decide_request", {"reason": "Behövs."}, MailEvent.DECISION_MADE),
        ("ask_for_completion", {"question": "Var är bilden?"}, MailEvent.COMPLETION_REQUESTED),
    ],
)
def test_clinic_that_wants_to_know_gets_an_email(name, typed, event, frida, waiting, world):
    MailChoice.objects.create(clinic=world.ryd, event=event, chosen_on=world.today)
    MailAddress.objects.create(clinic=world.ryd, address="ryd@example.org")

    frida.post(f"needs_allowance:{name}", *waiting.args, **typed, **waiting.verdicts())

    [mail] = OutgoingMail.objects.all()
    assert (mail.event, mail.to) == (event, "ryd@example.org")
