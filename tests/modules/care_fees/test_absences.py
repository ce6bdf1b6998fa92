"""Absences and reminders on the client's page, the preview, and the control list."""

import io

import pytest
from django.http import Http404
from openpyxl import load_workbook

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import absences as commands
from kvitt.modules.care_fees.lifecycle import AbsenceReason, ReminderPace
from kvitt.modules.care_fees.models import Absence, Client, ClientMonth, Reminder
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.absence_check import NewReminder, calculate_due_day
from kvitt.registers.access.rules import NotAllowed
from tests.modules.care_fees.absences import day
from tests.modules.conftest import Visitor

pytestmark = pytest.mark.requirement("CF-14")
MINUS = "\u2212"


@pytest.fixture
def visit(sign_in, care_world):
    return lambda name: Visitor(sign_in(care_world, name))


def facts(first_on, last_on=None, *, reason=AbsenceReason.UNPLANNED, reported="2024-09-01"):
    return AbsenceFacts(reason, day(first_on), day(last_on) if last_on else None, day(reported))


def register(world, client, *args, by="karla", reminder=None, **kwargs):
    new = facts(*args, **kwargs)
    return commands.add_absence(
        world.actor(by), today=world.today, number=client.number, new=new, reminder=reminder
    )


def refusals(world, client, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        register(world, client, *args, **kwargs)
    return [problem.code for problem in refused.value.problems]


def lock(client, *months):
    ClientMonth.objects.bulk_create(
        ClientMonth(client=client, month=day(month), status="approved") for month in months
    )


def form(first_on, last_on="", reason="unplanned", **more):
    """What a browser sends of the dialog as it is shown first, filled in."""
    preset = {"reported_on": "2024-11-20", "pace": "weekly", "remind_from": "2024-11-20", "offered": "1"}
    return {"first_on": first_on, "last_on": last_on, "reason": reason, "remind": "on", **preset, **more}


def said(page):
    """Return what is read on a page; dates stand in elements of their own."""
    return page.text.replace(" :", ":").replace(" ,", ",").replace(" .", ".")


# What is registered -------------------------------------------------------------------------------


def test_absence_is_registered_and_turns_the_fee_red(care_world):
    version = care_world.astrid.version
    register(care_world, care_world.astrid, "2024-11-18")
    absence = Absence.objects.get()
    assert (absence.first_on, absence.last_on, absence.reason) == (day("2024-11-18"), None, "unplanned")
    assert Client.objects.get(pk=care_world.astrid.pk).version == version + 1
    event = Event.objects.get(action="care_fees.add_absence")
    assert event.data["after"]["absence_reason"] == "unplanned"


def test_what_cannot_be_is_refused_in_words(care_world):
    astrid, greta = care_world.astrid, care_world.greta
    register(care_world, astrid, "2024-10-01", "2024-10-10")
    register(care_world, astrid, "2024-11-10")
    assert refusals(care_world, astrid, "2024-10-10", "2024-10-12") == ["overlaps"]
    assert refusals(care_world, astrid, "2024-11-12", "2024-11-12") == ["overlaps"]
    assert refusals(care_world, astrid, "2024-09-20", "2024-09-10") == ["days_in_order"]
    assert refusals(care_world, astrid, "2024-11-01", "2024-11-02", reported="2024-11-21") == [
        "reported_ahead"
    ]
    assert refusals(care_world, astrid, "2027-11-01") == ["too_far_ahead"]
    assert refusals(care_world, astrid, "2022-01-01", "2022-01-02") == ["before_rules"]
    at_home = AbsenceReason.UNPLANNED_CARE_HOME
    assert refusals(care_world, astrid, "2024-09-01", "2024-09-02", reason=at_home) == ["only_care_home"]
    assert refusals(care_world, greta, "2024-09-01", "2024-09-02", by="kurt") == ["only_home_care"]
    register(care_world, greta, "2024-09-01", "2024-09-02", reason=at_home, by="kurt")
    register(care_world, greta, "2024-09-03", "2024-09-20", reason=AbsenceReason.PLANNED, by="kurt")
    late = NewReminder(ReminderPace.DAILY, day("2024-11-19"))
    assert refusals(care_world, care_world.dagny, "2024-11-18", reminder=late) == ["reminder_past"]
    assert not Absence.objects.filter(client=care_world.dagny).exists()


def test_only_who_cares_for_the_client_registers(care_world, visit):
    made = register(care_world, care_world.astrid, "2024-11-10").absence
    number, other = care_world.astrid.number, care_world.birger.number
    for name, ids in {
        "add_absence": (),
        "change_absence": (made.pk,),
        "end_absence": (made.pk,),
        "remove_absence": (made.pk,),
        "save_reminder": (made.pk,),
    }.items():
        address = f"care_fees:{name}"
        # Another area's coordinator may not know of the client; a fee officer may see, but not register.
        statuses = [visit(who).get(address, number, *ids).status for who in ("kurt", "ulf", "fia", "karla")]
        assert statuses == [404, 404, 403, 200], name
        assert visit("kurt").post(address, number, *ids, **form("2024-11-01")).status == 404
        # An id of another client's is none of this one's.
        assert visit("karla").post(address, other, *ids, **form("2024-11-01", show="1")).status == (
            404 if ids else 200
        )
    # A unit that serves a client of another area sees its own services alone.
    assert visit("ulf").get("care_fees:add_absence", other).status == 403
    assert "Temporary absence" not in visit("ulf").get("care_fees:case", other).text
    with pytest.raises(NotAllowed):
        register(care_world, care_world.birger, "2024-10-01", "2024-10-02", by="ulf")
    with pytest.raises(Http404):
        register(care_world, care_world.astrid, "2024-10-01", "2024-10-02", by="kurt")


@pytest.mark.requirement("CF-17")
def test_locked_month_is_changed_with_the_difference_on_the_next_invoice(care_world, visit):
    lock(care_world.astrid, "2024-09-01", "2024-10-01")
    page = visit("karla").post(
        "care_fees:add_absence", care_world.astrid.number, follow=True, **form("2024-10-20", "2024-10-24")
    )
    assert any("2024-10: locked. The difference comes on the next invoice" in text for text in page.notices)
    absence = Absence.objects.get()
    saved = commands.change_absence(
        care_world.actor("karla"),
        today=care_world.today,
        number=care_world.astrid.number,
        absence_id=absence.pk,
        new=facts("2024-09-29", "2024-10-24"),
    )
    assert saved.locked == [day("2024-09-01"), day("2024-10-01")]
    removed = commands.remove_absence(
        care_world.actor("karla"),
        today=care_world.today,
        number=care_world.astrid.number,
        absence_id=absence.pk,
    )
    assert removed.locked == [day("2024-09-01"), day("2024-10-01")]


def test_open_absence_is_ended_changed_and_removed_and_stays(care_world, visit):
    absence = register(
        care_world,
        care_world.astrid,
        "2024-11-10",
        reminder=NewReminder(ReminderPace.WEEKLY, day("2024-11-20")),
    ).absence
    karla, number = visit("karla"), care_world.astrid.number
    page = karla.get("care_fees:case", number)
    assert "2024-11-10" in page.text
    assert "21 days" in page.text
    page = karla.post("care_fees:end_absence", number, absence.pk, last_on="2024-11-01")
    assert (page.status, list(page.faults)) == (422, ["last_on"])
    page = karla.post("care_fees:end_absence", number, absence.pk, follow=True, last_on="2024-11-19")
    assert page.notices == [
        "The absence has its last day. Your reminder of it stands until you mark it as done."
    ]
    with pytest.raises(Refused):
        commands.end_absence(
            care_world.actor("karla"),
            today=care_world.today,
            number=number,
            absence_id=absence.pk,
            last_on=day("2024-11-18"),
        )
    change = {"first_on": "241111", "last_on": "2024-11-19", "reason": "planned", "reported_on": "2024-11-01"}
    karla.post("care_fees:change_absence", number, absence.pk, **change)
    absence.refresh_from_db()
    assert (absence.first_on, absence.last_on, absence.reason) == (
        day("2024-11-11"),
        day("2024-11-19"),
        "planned",
    )
    assert "9 days, 1 week" in karla.get("care_fees:case", number).text
    assert karla.get("care_fees:remove_absence", number, absence.pk).status == 200
    karla.post("care_fees:remove_absence", number, absence.pk)
    absence.refresh_from_db()
    assert absence.removed_at is not None
    assert Reminder.objects.get().done_on == care_world.today
    assert karla.get("care_fees:change_absence", number, absence.pk).status == 404
    register(care_world, care_world.astrid, "2024-11-10")


# The preview --------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-15", "CF-16")
def test_preview_tells_what_is_taken_off_each_month_without_saving(care_world, visit):
    kurt, number = visit("kurt"), care_world.greta.number
    shown = form("2024-10-10", "2024-11-13", "planned", reported_on="2024-10-01", show="1")
    page = kurt.post("care_fees:add_absence", number, **shown)
    assert page.status == 200
    assert "Counts from the first day, 2024-10-10: reported at least 7 days before." in said(page)
    assert "35 days count, 5 whole weeks" in said(page)
    assert page.rows() == [
        ["2024-10", "75 %, 3 whole weeks", f"{MINUS}1 981,50 kr", f"{MINUS}2 244 kr 22 days"],
        ["2024-11", "50 %, 2 whole weeks", f"{MINUS}1 321 kr", f"{MINUS}1 326 kr 13 days"],
    ]
    assert "before the fee cap" in said(page)
    assert not page.faults
    assert not Absence.objects.exists()
    # Reported on the first day: a week later it begins to count.
    late = kurt.post("care_fees:add_absence", number, **shown | {"reported_on": "2024-10-10"})
    assert "Counts from 2024-10-17: 7 days after the report on 2024-10-10." in said(late)
    short = kurt.post("care_fees:add_absence", number, **shown | {"last_on": "2024-10-15"})
    assert "6 days count. Planned absence of fewer than 7 days takes nothing off." in said(short)
    assert "Nothing is deducted." in said(short)
    lock(care_world.greta, "2024-10-01")
    stay = shown | {"reason": "unplanned_care_home", "first_on": "2024-10-31", "last_on": ""}
    opened = kurt.post("care_fees:add_absence", number, **stay)
    assert opened.rows() == [
        ["2024-10 Locked", "3,3 %, 1 day", f"{MINUS}88,07 kr", f"{MINUS}102 kr 1 day"],
        ["2024-11", "100 %, 30 days", f"{MINUS}2 642 kr", f"{MINUS}3 060 kr 30 days"],
    ]
    assert "Without a last day it is counted to 2024-11-30" in said(opened)
    refused = kurt.post("care_fees:add_absence", number, **shown | {"last_on": "2024-10-01"})
    assert (refused.status, refused.rows()) == (200, [])
    assert "The last day is before the first" in said(refused)
    # What cannot be read yet is not complained of while one types.
    half = kurt.post("care_fees:add_absence", number, **shown | {"first_on": "2024-1"})
    assert (half.status, half.faults, half.fields["first_on"].value) == (200, {}, "2024-1")


@pytest.mark.requirement("CF-15")
def test_preview_counts_adjoining_absences_as_one_and_a_change_instead_of_the_old(care_world, visit):
    planned = AbsenceReason.PLANNED
    karla, number = visit("karla"), care_world.astrid.number
    register(care_world, care_world.astrid, "2024-10-01", "2024-10-06", reason=planned)
    shown = form("2024-10-07", "2024-10-14", "planned", reported_on="2024-10-06", show="1")
    page = karla.post("care_fees:add_absence", number, **shown)
    assert "they count as one, from 2024-10-01, reported on 2024-09-01" in said(page)
    assert page.rows() == [["2024-10", "50 %, 2 whole weeks", f"{MINUS}911,50 kr"]]
    absence = Absence.objects.get()
    change = {"first_on": "2024-10-01", "last_on": "2024-10-07", "reason": "planned", "show": "1"}
    page = karla.post("care_fees:change_absence", number, absence.pk, **change, reported_on="2024-09-01")
    assert page.rows() == [["2024-10", "25 %, 1 whole week", f"{MINUS}455,75 kr"]]
    assert "Nothing is deducted" in karla.get("care_fees:change_absence", number, absence.pk).text


# Reminders ----------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-18")
def test_reminder_is_offered_by_itself_and_lapses_where_it_is_not(care_world, visit):
    karla, number = visit("karla"), care_world.astrid.number
    page = karla.get("care_fees:add_absence", number)
    assert page.fields["reported_on"].value == page.fields["remind_from"].value == "2024-11-20"
    assert page.ticks("remind") == {"Remind me of this absence": True}
    known = form("2024-12-02", "2024-12-12", "planned")
    shown = karla.post("care_fees:add_absence", number, **known, show="1")
    assert shown.ticks("remind") == {"Remind me of this absence": False}
    # Without a script nobody unticks it: where the last day is known the offer lapses, and can be taken up.
    karla.post("care_fees:add_absence", number, **known)
    assert not Reminder.objects.exists()
    taken_up = form("2025-01-02", "2025-01-12", "planned", offered="")
    karla.post("care_fees:add_absence", number, **taken_up)
    assert Reminder.objects.get().absence.first_on == day("2025-01-02")
    # It is offered for an unplanned absence, and can be declined.
    declined = form("2024-11-18", "2024-11-19")
    del declined["remind"]
    karla.post("care_fees:add_absence", number, **declined)
    assert Reminder.objects.count() == 1


@pytest.mark.requirement("CF-18", "CF-1")
def test_reminder_shows_on_the_desktop_until_it_is_done(care_world, visit):
    weekly = NewReminder(ReminderPace.WEEKLY, day("2024-11-20"))
    first = register(care_world, care_world.astrid, "2024-11-10", "2024-11-15").absence
    second = register(care_world, care_world.birger, "2024-11-10", reminder=weekly).absence
    karla = visit("karla")
    page = karla.post(
        "care_fees:save_reminder",
        care_world.astrid.number,
        first.pk,
        pace="daily",
        remind_from="2024-11-21",
        follow=True,
    )
    assert page.notices == ["The reminder is set. It shows on your desktop."]
    # Set again it is the same one, and nobody else's.
    again = {"pace": "monthly", "remind_from": "2024-11-25"}
    karla.post("care_fees:save_reminder", care_world.astrid.number, first.pk, **again)
    rows = queries.reminders_of(care_world.actor("karla"), today=care_world.today)
    assert [(row.number, row.next_on, row.is_due) for row in rows] == [
        (care_world.birger.number, day("2024-11-20"), True),
        (care_world.astrid.number, day("2024-11-25"), False),
    ]
    assert queries.reminders_of(care_world.actor("bodil"), today=care_world.today) == []
    reminder = Reminder.objects.get(absence=second)
    number = care_world.birger.number
    assert visit("bodil").get("care_fees:finish_reminder", number, reminder.pk).status == 404
    desktop = karla.get("care_fees:desktop")
    assert "Testlund, Birger" in desktop.text or "Birger Testlund" in desktop.text
    page = karla.get("care_fees:finish_reminder", number, reminder.pk)
    assert "goes on until you end it" in page.text
    page = karla.post("care_fees:finish_reminder", number, reminder.pk, query="?from=desktop", follow=True)
    assert (page.heading, page.notices) == ("Desktop", ["The reminder is done."])
    assert [
        row.number for row in queries.reminders_of(care_world.actor("karla"), today=care_world.today)
    ] == [care_world.astrid.number]


@pytest.mark.requirement("CF-18")
@pytest.mark.parametrize(
    ("first_on", "pace", "today", "due"),
    [
        ("2024-11-25", ReminderPace.DAILY, "2024-11-20", "2024-11-25"),
        ("2024-11-01", ReminderPace.DAILY, "2024-11-20", "2024-11-20"),
        ("2024-11-06", ReminderPace.WEEKLY, "2024-11-20", "2024-11-20"),
        ("2024-11-07", ReminderPace.WEEKLY, "2024-11-20", "2024-11-21"),
        ("2024-01-31", ReminderPace.MONTHLY, "2024-11-20", "2024-11-30"),
        ("2024-01-15", ReminderPace.MONTHLY, "2024-12-20", "2025-01-15"),
    ],
)
def test_reminder_comes_back_at_its_pace(first_on, pace, today, due):
    assert calculate_due_day(day(first_on), pace, today=day(today)) == day(due)


# The control list ---------------------------------------------------------------------------------


@pytest.mark.requirement("CF-19", "CF-31", "CO-25")
def test_control_list_by_period_areas_and_reason(care_world, visit):
    register(care_world, care_world.astrid, "2024-08-01", "2024-08-10")
    register(care_world, care_world.birger, "2024-10-20")
    register(
        care_world, care_world.greta, "2024-11-01", "2024-11-09", reason=AbsenceReason.PLANNED, by="kurt"
    )
    care_world.birger.person.is_protected = True
    care_world.birger.person.save()
    bodil = visit("bodil")

    def listed(who=bodil, **query):
        return [row[2] for row in who.get("care_fees:absences", **query).rows()]

    north, south = str(care_world.north.pk), str(care_world.south.pk)
    astrid, birger, greta = (each.number for each in (care_world.astrid, care_world.birger, care_world.greta))
    assert listed() == [greta, birger]
    assert listed(areas=north) == [birger]
    assert listed(areas=[north, south]) == [greta, birger]
    assert listed(open_only="on") == [birger]
    assert listed(reason="planned") == [greta]
    assert listed(first_on="2024-08-10", last_on="2024-08-31") == [astrid]
    assert listed(visit("karla")) == [birger]
    # An area of others is none to choose.
    assert "not one of the available choices" in visit("karla").get("care_fees:absences", areas=south).text
    page = bodil.get("care_fees:absences", sort="first_on")
    assert page.rows()[0][4:] == ["Unplanned absence", "2024-10-20", "", "42", "2024-09-01"]
    assert "Birger" not in page.text
    status, content = bodil.download("care_fees:absences", format="xlsx")
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert status == 200
    assert not any("Birger" in str(cell) for row in rows for cell in row)
    assert any("2024-10-20" in str(row) or "2024, 10, 20" in str(row) for row in rows)
    assert Event.objects.filter(action="care_fees.absences").exists()
    assert visit("mona").get("care_fees:absences").status == 403
