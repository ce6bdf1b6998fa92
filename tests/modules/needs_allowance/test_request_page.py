"""The section *Förhandsbedömningar* of a case, the dialogs of a request, and the decision to read."""

import datetime as dt

import pytest

from kvitt.modules.needs_allowance.commands import requests
from kvitt.preauthorization.models import Preauthorization
from tests.modules.needs_allowance.requesting import MOTIVATION, ask, decide, save, send

CASE, CREATE, REQUEST = ("needs_allowance:case", "needs_allowance:create_request", "needs_allowance:request")
BUTTON = "Create request for preauthorization"
SECTION = -2  # the section's table stands before the event log


@pytest.fixture
def anna(visit):
    return visit("anna")


# The section of the case --------------------------------------------------------------------------


@pytest.mark.requirement("NA-10", "NA-18")
def test_case_without_requests_says_so(number, bridge, anna):
    page = anna.get(CASE, number)

    assert "No preauthorization has been requested in the case." in page.text
    assert page.links[BUTTON].endswith(f"{number}/requests/create/")


@pytest.mark.requirement("NA-10", "NA-18", "NA-22")
def test_requests_are_listed_newest_first(world, number, bridge, splint, anna):
    decide(world, send(world, number, bridge), {bridge.pk: "refused"})
    save(world, number, splint)

    page = anna.get(CASE, number)

    assert page.headings_of_table(SECTION) == ["Request status", "Sent on", "Decision date"]
    assert page.rows(SECTION) == [
        ["Not sent", "", ""],
        ["Decided Unread decision", "2024-11-20", "2024-11-20"],
    ]


@pytest.mark.requirement("NA-22")
def test_read_decision_is_not_marked(world, number, bridge, anna):
    request_id = send(world, number, bridge)
    decide(world, request_id, {bridge.pk: "approved"})
    requests.mark_decision_read(world.actor("anna"), number=number, request_id=request_id)

    assert anna.get(CASE, number).rows(SECTION) == [["Decided", "2024-11-20", "2024-11-20"]]


@pytest.mark.requirement("NA-18", "NA-19")
def test_button_says_why_nothing_can_be_requested(world, number, anna):
    assert "No code in the case requires preauthorization." in anna.get(CASE, number).text

    send(world, number, world.report(number, "852", "13"))

    page = anna.get(CASE, number)
    assert page.buttons[BUTTON]["aria-disabled"] == "true"
    assert "All codes that require preauthorization are in a request already." in page.text
    assert BUTTON not in page.links


@pytest.mark.requirement("NA-17")
def test_button_says_that_the_period_has_ended(world, number, bridge, anna, settings):
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    page = anna.get(CASE, number)

    assert page.buttons[BUTTON]["aria-disabled"] == "true"
    assert (
        "The assessment period ended on 2025-11-09. No preauthorization can be requested any more."
        in page.text
    )


@pytest.mark.requirement("CO-4", "NA-10")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav", "hanna"])
def test_who_only_reads_the_case_sees_the_section_without_buttons(name, world, number, bridge, visit):
    send(world, number, bridge)

    page = visit(name).get(CASE, number)

    assert page.rows(SECTION) == [["Awaiting review", "2024-11-20", ""]]
    assert BUTTON not in page.links
    assert BUTTON not in page.buttons


@pytest.mark.requirement("NA-21", "NA-22")
def test_decided_lines_show_their_decision(world, number, bridge, splint, anna):
    request_id = send(world, number, bridge, splint)
    decide(world, request_id, {bridge.pk: "approved", splint.pk: "refused"})

    page = anna.get(CASE, number)

    [approved, refused] = page.rows()[-2:]
    assert approved[-2:] == [
        "Approved",
        (
            "Remove 852 Tandersättning, en tand Change 852 Tandersättning, en tand "
            "See FHB 852 Tandersättning, en tand"
        ),
    ]
    assert refused[-3:] == ["Not performed", "Not approved", "See FHB 601 Bettskena"]
    see = page.links["See FHB 601 Bettskena"]
    assert see.endswith(f"{number}/requests/{request_id}/")


# The form (figure 13) -----------------------------------------------------------------------------


@pytest.mark.requirement("NA-18")
def test_every_procedure_is_chosen_from_the_start(world, number, bridge, splint, anna):
    world.report(number, "101")

    page = anna.get(CREATE, number)

    assert page.heading == "Preauthorization"
    assert "852 Tandersättning, en tand (13), 8 550 kr" in page.text
    assert "601 Bettskena (ÖK), 4 335 kr" in page.text
    assert "Basundersökning" not in page.text
    assert "checked" in page.fields["procedures"].attributes
    assert {"Save preauthorization", "Request preauthorization"} <= set(page.buttons)


@pytest.mark.requirement("NA-18", "CO-33")
def test_saved_request_is_confirmed(number, bridge, splint, anna):
    page = anna.post(
        CREATE, number, follow=True, motivation=MOTIVATION, procedures=[bridge.pk, splint.pk], seen=""
    )

    assert page.notices == ["The request is saved, not sent."]
    assert page.rows(SECTION) == [["Not sent", "", ""]]


@pytest.mark.requirement("NA-18", "CO-33")
def test_sent_request_is_confirmed(number, bridge, splint, anna):
    page = anna.post(
        CREATE, number, follow=True, motivation=MOTIVATION, procedures=[splint.pk], seen="", send="1"
    )

    assert page.notices == ["Preauthorization is requested."]
    assert page.rows(SECTION) == [["Awaiting review", "2024-11-20", ""]]
    assert [row[-2] for row in page.rows()] == ["Approved", "Requires preauthorization", "Awaiting review"]


@pytest.mark.requirement("NA-18", "CO-33")
def test_faults_stand_at_their_fields_and_nothing_is_saved(number, bridge, anna, nothing_saved):
    before = nothing_saved()

    page = anna.post(CREATE, number, motivation="", send="1")

    assert page.status == 422
    assert page.faults == {"motivation": "Say why the treatment is needed: the assessor decides on it."}
    assert "Choose at least one procedure to be assessed." in page.text
    assert nothing_saved() == before
    assert not Preauthorization.objects.exists()


@pytest.mark.requirement("CO-33")
def test_long_motivation_is_refused_and_kept(number, bridge, anna):
    page = anna.post(CREATE, number, motivation="å" * 4_001, procedures=[bridge.pk])

    assert page.status == 422
    assert "å" * 4_001 in page.text


@pytest.mark.requirement("CO-24", "NA-19")
def test_procedure_that_somebody_requested_meanwhile_is_told(world, number, bridge, splint, anna):
    send(world, number, splint)

    page = anna.post(CREATE, number, motivation=MOTIVATION, procedures=[bridge.pk, splint.pk], send="1")

    assert page.status == 422
    assert "The codes of the case have changed. Choose among those that are here now." in page.text


@pytest.mark.requirement("CO-24", "NA-19")
def test_when_nothing_is_left_to_request_the_case_says_so(world, number, bridge, anna):
    send(world, number, bridge)

    page = anna.post(CREATE, number, follow=True, motivation=MOTIVATION, procedures=[bridge.pk])

    assert page.heading == f"Needs-allowance case - {number}"
    assert page.notices == ["All codes that require preauthorization are in a request already."]


@pytest.mark.requirement("NA-18")
def test_change_holds_what_was_saved(world, number, bridge, splint, anna):
    request_id = save(world, number, splint)

    page = anna.get("needs_allowance:change_request", number, request_id)

    assert MOTIVATION in page.text
    assert "852 Tandersättning" in page.text
    assert page.hidden["seen"]


@pytest.mark.requirement("CO-24")
def test_second_user_sees_what_the_request_is_now(world, number, bridge, splint, anna):
    request_id = save(world, number, bridge)
    opened = anna.get("needs_allowance:change_request", number, request_id)
    save(world, number, splint, motivation="Den andras.", request_id=request_id)

    page = anna.post(
        "needs_allowance:change_request",
        number,
        request_id,
        motivation="Min.",
        procedures=[bridge.pk],
        seen=opened.hidden["seen"],
    )

    assert page.status == 422
    assert "Anna Testander changed the case at 20" in page.summary
    assert page.faults["motivation"] == "Saved now: Den andras."
    assert "Saved now: 601 Bettskena (ÖK), 4 335 kr" in page.text
    assert page.hidden["seen"] != opened.hidden["seen"]


@pytest.mark.requirement("CO-24", "CO-33")
def test_what_was_typed_is_kept_and_can_be_saved_over_what_somebody_else_saved(
    world, number, bridge, splint, anna, stored
):
    request_id = save(world, number, bridge)
    opened = anna.get("needs_allowance:change_request", number, request_id)
    save(world, number, splint, motivation="Den andras.", request_id=request_id)
    typed = {"motivation": "Min.", "procedures": [bridge.pk]}
    url = "needs_allowance:change_request"

    page = anna.post(url, number, request_id, **typed, seen=opened.hidden["seen"])
    anna.post(url, number, request_id, **typed, seen=page.hidden["seen"])

    assert "Min." in page.text
    assert page.ticks("procedures") == {
        "852 Tandersättning, en tand (13), 8 550 kr": True,
        "601 Bettskena (ÖK), 4 335 kr": False,
    }
    assert stored(request_id).motivation == "Min."


@pytest.mark.requirement("CO-33")
def test_only_what_differs_is_said_to_be_saved(world, number, bridge, splint, anna):
    request_id = save(world, number, bridge)
    opened = anna.get("needs_allowance:change_request", number, request_id)
    save(world, number, bridge, motivation="Den andras.", request_id=request_id)

    page = anna.post(
        "needs_allowance:change_request",
        number,
        request_id,
        motivation="Min.",
        procedures=[bridge.pk],
        seen=opened.hidden["seen"],
    )

    assert page.text.count("Saved now:") == page.summary.count("Saved now:") + 1


# One request --------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-18")
def test_saved_request_can_be_sent_changed_and_removed(world, number, bridge, anna):
    request_id = save(world, number, bridge)

    page = anna.get(REQUEST, number, request_id)

    assert page.terms() == {"Reason for the treatment": MOTIVATION, "Request status": "Not sent"}
    assert page.rows() == [["852 Tandersättning, en tand", "13", "", "8 550 kr"]]
    assert {"Remove", "Change"} <= set(page.links)
    assert "Request preauthorization" in page.buttons


@pytest.mark.requirement("NA-18", "CO-24")
def test_saved_request_is_sent_from_its_page(world, number, bridge, anna):
    request_id = save(world, number, bridge)
    opened = anna.get(REQUEST, number, request_id)

    page = anna.post("needs_allowance:send_request", number, request_id, follow=True, **opened.hidden)

    assert page.notices == ["Preauthorization is requested."]


@pytest.mark.requirement("CO-24")
def test_saved_request_that_was_changed_meanwhile_is_not_sent_unseen(world, number, bridge, anna, stored):
    request_id = save(world, number, bridge)
    opened = anna.get(REQUEST, number, request_id)
    save(world, number, bridge, motivation="Den andras.", request_id=request_id)

    page = anna.post("needs_allowance:send_request", number, request_id, follow=True, **opened.hidden)

    assert page.notices[0].startswith("Anna Testander changed the case at 20")
    assert stored(request_id).status == "not_sent"


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("changes", [{"location": "14"}, {"performed_on": None}])
def test_request_whose_line_was_changed_meanwhile_is_not_sent_unseen(
    changes, world, number, bridge, anna, stored
):
    request_id = save(world, number, bridge)
    opened = anna.get(REQUEST, number, request_id)
    world.change(bridge, **changes)

    page = anna.post("needs_allowance:send_request", number, request_id, follow=True, **opened.hidden)

    assert page.notices[0].startswith("Anna Testander changed the case at 20")
    assert stored(request_id).status == "not_sent"


@pytest.mark.requirement("NA-18", "CO-33")
def test_request_with_no_line_left_can_be_changed_and_removed_but_not_sent(world, number, bridge, anna):
    request_id = save(world, number, bridge)
    world.remove(bridge)

    page = anna.get(REQUEST, number, request_id)

    assert "No procedure is left in the request. Change it, or remove it." in page.text
    assert {"Remove", "Change"} <= set(page.links)
    assert "Request preauthorization" not in page.buttons


@pytest.mark.requirement("CO-4", "NA-18")
@pytest.mark.parametrize(
    ("name", "status", "is_hidden"),
    [("anna", 200, False), ("eva", 200, False), ("frida", 404, True), ("gustav", 404, True)],
)
def test_request_that_is_not_sent_is_the_clinics_own(name, status, is_hidden, world, number, bridge, visit):
    request_id = save(world, number, bridge)
    visitor = visit(name)

    assert visitor.get(REQUEST, number, request_id).status == status
    assert ("No preauthorization has been requested" in visitor.get(CASE, number).text) == is_hidden


@pytest.mark.requirement("CO-4", "NA-18", "NA-19")
def test_request_that_was_taken_back_is_the_clinics_own_again(world, number, bridge, visit):
    request_id = send(world, number, bridge)
    requests.withdraw_request(world.actor("anna"), number=number, request_id=request_id)

    assert visit("frida").get(REQUEST, number, request_id).status == 404


@pytest.mark.requirement("NA-17")
def test_after_the_period_a_saved_request_says_that_it_cannot_be_sent(world, number, bridge, anna, settings):
    request_id = save(world, number, bridge)
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    page = anna.get(REQUEST, number, request_id)

    assert "No preauthorization can be requested any more." in page.text
    assert "Request preauthorization" not in page.buttons
    assert "Change" not in page.links
    assert "Remove" in page.links


@pytest.mark.requirement("NA-19", "NA-21")
def test_waiting_request_is_only_read_or_taken_back(world, number, bridge, anna):
    request_id = send(world, number, bridge)

    page = anna.get(REQUEST, number, request_id)

    assert page.terms() == {
        "Reason for the treatment": MOTIVATION,
        "Request status": "Awaiting review",
        "Sent on": "2024-11-20, Anna Testander",
    }
    assert "Take back" in page.links
    assert not {"Change", "Remove"} & set(page.links)
    assert not {"Request preauthorization", "Mark as read"} & set(page.buttons)


@pytest.mark.requirement("NA-20", "NA-21")
def test_every_version_that_was_sent_can_be_read(world, number, bridge, anna):
    request_id = send(world, number, bridge)
    ask(world, request_id, "Bifoga en bild.")
    requests.answer_request(world.actor("anna"), number=number, request_id=request_id, text="Här är bilden.")
    requests.withdraw_request(world.actor("anna"), number=number, request_id=request_id)
    send(world, number, bridge, motivation="Ny motivering.", request_id=request_id)

    text = anna.get(REQUEST, number, request_id).text

    for part in ("Ny motivering.", "Version 2", "Här är bilden.", "Version 1", "Bifoga en bild.", MOTIVATION):
        assert part in text


@pytest.mark.requirement("NA-20")
def test_question_is_shown_and_answered(world, number, bridge, anna):
    request_id = send(world, number, bridge)
    ask(world, request_id, "Bifoga en bild.")
    assert "The assessing dentist asks: Bifoga en bild." in anna.get(REQUEST, number, request_id).text
    assert "Bifoga en bild." in anna.get("needs_allowance:answer_request", number, request_id).text

    page = anna.post("needs_allowance:answer_request", number, request_id, follow=True, answer="Här.")

    assert page.notices == ["The answer is sent, and the request is reviewed again."]
    assert page.rows(SECTION) == [["Awaiting review", "2024-11-20", ""]]


@pytest.mark.requirement("NA-20", "CO-33")
def test_empty_answer_is_told_at_its_field(world, number, bridge, anna):
    request_id = send(world, number, bridge)
    ask(world, request_id)

    page = anna.post("needs_allowance:answer_request", number, request_id, answer="")

    assert page.status == 422
    assert page.faults == {"answer": "Say what you have completed."}


@pytest.mark.requirement("NA-21", "NA-22")
def test_decision_is_read_as_in_the_manual_and_marked(world, number, splint, anna):
    request_id = send(world, number, splint)
    decide(world, request_id, {splint.pk: "refused"}, "Skenan behövs inte.")

    page = anna.get(REQUEST, number, request_id)

    assert page.terms() == {
        "Reason for the treatment": MOTIVATION,
        "Request status": "Decided",
        "Sent on": "2024-11-20, Anna Testander",
        "Decision date": "2024-11-20",
        "Reason for the decision": "Skenan behövs inte.",
    }
    assert page.headings_of_table() == ["Procedure code", "Decision", "Tooth/jaw", "Tooth surface"]
    assert page.rows() == [["601 Bettskena", "Not approved", "ÖK", ""]]
    marked = anna.post("needs_allowance:mark_decision_read", number, request_id, follow=True)
    assert marked.notices == ["The decision is marked as read."]
    after = anna.get(REQUEST, number, request_id)
    assert after.terms()["Marked as read"].endswith(", Anna Testander")
    assert "Mark as read" not in after.buttons


@pytest.mark.requirement("NA-21")
def test_decision_stays_as_it_was_when_the_line_is_removed(world, number, bridge, anna):
    request_id = send(world, number, bridge)
    decide(world, request_id, {bridge.pk: "approved"})

    world.remove(bridge)

    assert anna.get(REQUEST, number, request_id).rows() == [
        ["852 Tandersättning, en tand", "Approved", "13", ""]
    ]


# Questions ----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-18", "NA-19")
def test_removing_and_taking_back_are_asked_and_confirmed(world, number, bridge, splint, anna):
    saved, sent = save(world, number, bridge), send(world, number, splint)
    for command, request_id, heading, confirmation in (
        (
            "remove_request",
            saved,
            "Remove the request for preauthorization",
            "The request for preauthorization is removed.",
        ),
        (
            "withdraw_request",
            sent,
            "Take back the request for preauthorization",
            "The request for preauthorization is taken back.",
        ),
    ):
        name = f"needs_allowance:{command}"
        assert anna.get(name, number, request_id).heading == heading
        assert anna.post(name, number, request_id, follow=True).notices == [confirmation]


STEPS = ["change_request", "remove_request", "withdraw_request", "answer_request"]


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("command", STEPS)
def test_request_that_was_decided_meanwhile_leads_to_the_case(command, method, world, number, bridge, anna):
    request_id = send(world, number, bridge)
    decide(world, request_id, {bridge.pk: "approved"})

    page = getattr(anna, method)(f"needs_allowance:{command}", number, request_id)

    assert page.status == 303
    assert anna.get(CASE, number).notices == [
        "Somebody else has just changed the request. Look at what it is now and try again."
    ]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"),
    [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("frida", 403), ("gustav", 403)],
)
def test_form_and_questions_are_for_those_who_report_at_the_clinic(
    name, status, world, number, bridge, splint, visit
):
    saved, sent = save(world, number, bridge), send(world, number, splint)
    world.report(number, "601", "UK")
    visitor = visit(name)

    assert visitor.get(CREATE, number).status == status
    for command, request_id in (
        ("change_request", saved),
        ("remove_request", saved),
        ("withdraw_request", sent),
    ):
        assert visitor.get(f"needs_allowance:{command}", number, request_id).status == status


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "status"),
    [("anna", 200), ("eva", 200), ("frida", 200), ("gustav", 200), ("bo", 404), ("ivar", 403)],
)
def test_request_is_read_by_those_who_see_the_case(name, status, world, number, bridge, visit):
    request_id = send(world, number, bridge)

    page = visit(name).get(REQUEST, number, request_id)

    assert page.status == status
    assert ("Take back" in page.links) == (name == "anna")


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("command", [*STEPS, "send_request", "mark_decision_read"])
def test_forged_request_of_another_case_is_not_found(command, method, world, bridge, number, visit):
    request_id = save(world, number, bridge)
    other = world.create_case(world.rutger)

    page = getattr(visit("anna"), method)(f"needs_allowance:{command}", other, request_id)

    # An address that only takes a form sends who opens it on to the request, which is not there.
    assert page.status == (303 if (method, command) in SENT_ON else 404)


SENT_ON = {("get", "send_request"), ("get", "mark_decision_read")}


@pytest.mark.requirement("CO-30")
def test_request_and_its_dialogs_are_recorded_reads(world, number, bridge, anna, reads):
    request_id = save(world, number, bridge)
    for name in (REQUEST, "needs_allowance:change_request", "needs_allowance:remove_request"):
        anna.get(name, number, request_id)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])] * 3
