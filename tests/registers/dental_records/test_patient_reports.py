"""The tab *Vårdrapport* and the page of one report: what they show, and to whom."""

import pytest

from kvitt.registers.people.models import Person

TAB, PAGE = "dental_records:patient_reports", "dental_records:report"
SEEING = [
    ("anna", 200),
    ("bo", 404),
    ("david", 404),
    ("eva", 200),
    ("frida", 403),
    ("gustav", 403),
    ("ivar", 403),
]


# The tab ------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-2", "NA-4")
def test_reports_stand_newest_first_as_in_the_manual(world, visit):
    world.settled()
    world.create()

    page = visit("anna").get(TAB, world.tova.code)

    assert page.heading == "Manage patient"
    assert page.headings_of_table()[:3] == ["Care report number", "Created", "Status"]
    assert [row[:3] for row in page.rows()] == [
        ["2", "2024-11-20", "Incomplete"],
        ["1", "2024-11-20", "Settled"],
    ]
    assert "Go back" in page.links


@pytest.mark.requirement("NA-4")
def test_incomplete_report_opens_to_change_and_a_settled_one_to_read(world, visit):
    world.settled()
    world.create()

    anna = visit("anna").get(TAB, world.tova.code).links
    eva = visit("eva").get(TAB, world.tova.code).links

    assert (anna["1"], anna["2"]) == ("/dental-records/reports/1/", "/dental-records/reports/2/change/")
    assert (eva["1"], eva["2"]) == ("/dental-records/reports/1/", "/dental-records/reports/2/")
    assert not any(text.startswith(("Remove", "Create")) for text in eva)


@pytest.mark.requirement("NA-2")
def test_patient_without_reports_gets_a_sentence_and_what_to_do(world, visit):
    page = visit("anna").get(TAB, world.tova.code)

    assert "There are no care reports. Create the first one with + Create care report." in page.text


@pytest.mark.requirement("NA-6", "CO-33")
def test_button_that_cannot_work_says_why(world, visit):
    world.move(world.tova, world.linghem)
    elsewhere = visit("anna").get(TAB, world.tova.code)
    world.end_practitioner()
    alone = visit("anna").get(TAB, world.rutger.code)

    for page in (elsewhere, alone):
        assert page.buttons["Create care report"]["aria-disabled"] == "true"
    assert "The patient is not listed at your clinic today." in elsewhere.text
    assert "The clinic has no active practitioner" in alone.text


@pytest.mark.requirement("NA-5", "CO-5")
@pytest.mark.parametrize(("name", "status"), SEEING)
def test_tab_is_for_the_provider_where_the_patient_is_known(name, status, world, visit):
    assert visit(name).get(TAB, world.tova.code).status == status


@pytest.mark.requirement("NA-5")
def test_another_provider_sees_none_of_the_reports_of_a_patient_it_takes_over(world, visit):
    number = world.settled()
    world.move(world.tova, world.bjork)

    tab = visit("david").get(TAB, world.tova.code)

    assert (tab.status, tab.rows()) == (200, [])
    assert visit("david").get(PAGE, number).status == 404


@pytest.mark.requirement("NA-5")
def test_other_clinic_of_the_provider_reads_what_was_made(world, visit):
    number = world.create()
    world.move(world.tova, world.linghem)

    tab = visit("bo").get(TAB, world.tova.code)

    assert [row[0] for row in tab.rows()] == ["1"]
    assert tab.links["1"] == f"/dental-records/reports/{number}/"
    assert visit("bo").get(PAGE, number).status == 200


@pytest.mark.requirement("CO-8")
def test_reports_of_a_merged_record_stand_with_the_person(world, visit):
    world.settled(world.rutger)
    Person.objects.filter(pk=world.rutger.pk).update(merged_into=world.tova)

    page = visit("anna").get(TAB, world.tova.code)

    assert [row[0] for row in page.rows()] == ["1"]


@pytest.mark.requirement("CO-30")
def test_tab_and_report_are_recorded_reads(world, visit, reads):
    number = world.create()

    visit("anna").get(TAB, world.tova.code)
    visit("anna").get(PAGE, number)

    assert reads() == [
        ("dental_records.patient_reports", [world.tova.pk]),
        ("dental_records.report", [world.tova.pk]),
    ]


# One report ---------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
def test_page_shows_what_the_report_holds(world, visit):
    page = visit("anna").get(PAGE, world.settled(findings="16 om d3, 55 m"))

    terms = page.terms()
    assert page.heading == "Care report 1"
    assert (terms["Examined"], terms["Practitioner"]) == ("2024-11-20", "Karin Testberg, tandläkare")
    assert (terms["Risk of caries"], terms["Risk of periodontitis"]) == ("Moderate risk", "No risk")
    assert terms["Next revision"] == "2026-11-20"
    assert terms["Settled"] == "2024-11-20, Anna Testander"
    assert page.rows() == [["16", "MO", "D3 manifest caries"], ["55", "", "M missing"]]


@pytest.mark.requirement("NA-4", "CO-5")
def test_page_offers_what_may_be_done(world, visit):
    incomplete, settled = world.create(), world.settled()

    def offered(name, number):
        links = visit(name).get(PAGE, number).links
        return [text for text in ("Remove", "Change", "Settle", "Correct") if text in links]

    assert offered("anna", incomplete) == ["Remove", "Change", "Settle"]
    assert offered("anna", settled) == ["Correct"]
    assert offered("eva", incomplete) == offered("eva", settled) == []


@pytest.mark.requirement("NA-5", "CO-5")
@pytest.mark.parametrize(("name", "status"), SEEING)
def test_page_is_for_the_provider_that_made_the_report(name, status, world, visit):
    number = world.settled()

    assert visit(name).get(PAGE, number).status == status


@pytest.mark.requirement("NA-5")
def test_another_provider_who_has_searched_for_the_patient_does_not_get_the_report(world, visit):
    number = world.settled()
    david = visit("david", world.tova)

    assert david.get(TAB, world.tova.code).status == 200
    assert david.get(PAGE, number).status == 404


@pytest.mark.requirement("QU-19")
def test_protected_patient_is_hidden(world, visit):
    number = world.create()
    Person.objects.filter(pk=world.tova.pk).update(is_protected=True)

    for page in (visit("anna").get(TAB, world.tova.code), visit("anna").get(PAGE, number)):
        assert "Provsson" not in page.text
        assert "Protected identity" in page.text
