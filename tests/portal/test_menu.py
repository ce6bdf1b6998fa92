"""The menu holds what the actor has a right to, in the order of the specification, and nothing dead."""

import pytest
from django.test import Client

from kvitt.foundation.values.identity import format_identity_number
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from tests.portal.conftest import ELSA, make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-4")]

CLINIC = [
    "Home",
    "Listed patients",
    "Needs allowance",
    "Invoicing",
    "Procedure codes",
    "E-mail settings",
    "Support",
]
WITHOUT_MAIL = [label for label in CLINIC if label != "E-mail settings"]
REGION = [
    *(*WITHOUT_MAIL[:3], "Population responsibility", "Special care dentistry"),
    *("Invoicing", "Payment", *WITHOUT_MAIL[4:]),
]
MENUS = {
    "anna": CLINIC,
    "basic": [label for label in CLINIC if label != "Invoicing"],
    "provider_user": WITHOUT_MAIL,
    "reviewer": REGION,
    "attester": REGION,
    "jenny": [
        "Home",
        "Population responsibility",
        "Invoicing",
        "Procedure codes",
        "E-mail settings",
        "Support",
    ],
    "assessor": [
        *WITHOUT_MAIL[:3],
        "Special care dentistry",
        *("To assess" if label == "Invoicing" else label for label in WITHOUT_MAIL[3:]),
    ],
    "claimer": ["Home", "Special care dentistry", "Procedure codes", "E-mail settings", "Support"],
    "unconnected": ["Home", "Listed patients", "Procedure codes", "E-mail settings", "Support"],
    "population": [
        "Home",
        "Population responsibility",
        "Invoicing",
        "Procedure codes",
        "E-mail settings",
        "Support",
    ],
    "clinic_administrator": ["Home", "Clinic administration", "E-mail settings", "Support"],
    "administrator": [
        "Home",
        "Payment",
        "Registers",
        "Procedure codes",
        "Calendar",
        "News and questions",
        "Audit log",
        "Support",
    ],
}


def frame_of(client, url="/"):
    client.cookies["kvitt_language"] = "en"
    return client.get(url).context["frame"]


def links_of(menu):
    return [link for item in menu for link in (item.children or [item])]


@pytest.mark.parametrize(("who", "labels"), MENUS.items())
def test_menu_follows_rights_and_roles(who, labels, request, sign_in):
    frame = frame_of(sign_in(request.getfixturevalue(who)))

    assert [item.label for item in frame.menu] == labels


@pytest.mark.parametrize("who", MENUS)
def test_every_link_of_the_menu_opens(who, request, sign_in):
    client = sign_in(request.getfixturevalue(who))

    answers = {link.url: client.get(link.url).status_code for link in links_of(frame_of(client).menu)}

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("who", MENUS)
def test_the_page_one_is_on_is_marked(who, request, sign_in):
    client = sign_in(request.getfixturevalue(who))

    for item in frame_of(client).menu:
        for link in item.children or [item]:
            here = frame_of(client, link.url).menu

            assert [group.label for group in here if group.current] == [item.label]
            assert [leaf.url for leaf in links_of(here) if leaf.current] == [link.url]


def test_pages_below_a_list_belong_to_its_entry(anna, elsa, ryd, make_case, sign_in):
    make_case(elsa, ryd, "B2024-000014")
    client = sign_in(anna)
    below = {
        f"/listings/{elsa.code}/": "Listed patients",
        "/needs-allowance/cases/B2024-000014/": "Needs allowance",
        "/needs-allowance/invoices/create/": "Invoicing",
        "/to-do/": "Home",
        "/patients/found/": "Listed patients",
    }

    shown = {url: [item.label for item in frame_of(client, url).menu if item.current] for url in below}

    assert shown == {url: [label] for url, label in below.items()}


def test_nothing_is_marked_on_a_page_that_is_not_found(anna, sign_in):
    assert not [item for item in frame_of(sign_in(anna), "/no-such-page/").menu if item.current]


@pytest.mark.requirement("CO-13")
@pytest.mark.parametrize(
    ("who", "may_search"), [("anna", True), ("reviewer", True), ("administrator", False)]
)
def test_patient_search_stands_in_the_header_of_who_sees_patients(who, may_search, request, sign_in):
    client = sign_in(request.getfixturevalue(who))

    assert ('id="patient-search"' in client.get("/support/").content.decode()) is may_search


@pytest.mark.requirement("CO-6")
def test_choosing_a_clinic_is_offered_to_who_has_several(anna, ekens, sign_in):
    client = sign_in(anna)
    assert not frame_of(client).may_choose_unit

    RoleGrant.objects.create(
        user=anna, role=Role.DENTAL_BASIC, clinic=make_clinic(ekens, "1113", "Ekens Berga")
    )

    assert client.get("/")["Location"].startswith("/choose-unit/")
    assert frame_of(client, "/choose-unit/").may_choose_unit
    assert frame_of(client, "/choose-unit/").menu == []


@pytest.mark.requirement("CO-18")
def test_frame_says_who_where_and_which_day(anna, settings, sign_in):
    settings.KVITT_ENVIRONMENT = "ACCEPTANSTEST"

    text = sign_in(anna).get("/").content.decode()

    for part in ("Anna Testander", "1111 - Ekens Tandvård Ryd", "ACCEPTANSTEST", "2025-03-20"):
        assert part in text


def test_frame_of_who_is_signed_out_has_neither_menu_nor_name(region):
    frame = frame_of(Client(), "/accessibility/")

    assert (frame.signed_in, frame.menu, frame.user, frame.may_choose_unit) == (False, [], "", False)


@pytest.mark.requirement("CO-32")
@pytest.mark.parametrize(("language", "other"), [("sv", "English"), ("en", "Svenska")])
def test_the_other_language_is_one_click_away(language, other, anna, sign_in):
    client = sign_in(anna)
    client.cookies["kvitt_language"] = language

    assert f">{other}</button>" in client.get("/").content.decode()


@pytest.mark.requirement("QU-18")
def test_no_address_of_the_menu_holds_a_number(anna, elsa, sign_in):
    assert not [
        link for link in links_of(frame_of(sign_in(anna)).menu) if format_identity_number(ELSA) in link.url
    ]


@pytest.mark.requirement("NA-28")
@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("anna", ["Payments"]),
        ("reviewer", ["Review invoices"]),
        ("attester", ["Attest invoices", "Start payouts", "Confirm payouts"]),
    ],
)
def test_invoicing_holds_the_steps_of_the_role(who, labels, request, sign_in):
    menu = frame_of(sign_in(request.getfixturevalue(who))).menu

    [invoicing] = [item for item in menu if item.label == "Invoicing"]
    assert [child.label for child in invoicing.children] == ["Search and manage invoices", *labels]


@pytest.mark.requirement("PH-11", "CO-3")
@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("anna", ["Search procedure codes", "Procedure codes"]),
        ("population", ["Search procedure codes", "Procedure codes"]),
        ("assessor", ["Search procedure codes", "Procedure codes"]),
        ("unconnected", ["Procedure codes"]),
        ("administrator", ["Procedure codes", "Parameters", "Forbidden combinations"]),
    ],
)
def test_procedure_codes_hold_the_search_for_who_sees_lines(who, labels, request, sign_in):
    menu = frame_of(sign_in(request.getfixturevalue(who))).menu

    [codes] = [item for item in menu if item.label == "Procedure codes"]
    assert [child.label for child in codes.children] == labels


@pytest.mark.requirement("PH-4", "PH-12")
def test_population_responsibility_holds_activities_and_statistics(population, sign_in):
    menu = frame_of(sign_in(population)).menu

    [entry] = [item for item in menu if item.label == "Population responsibility"]
    assert [child.label for child in entry.children] == ["Search and manage activities", "Statistics"]


@pytest.mark.requirement("SC-23")
@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("reviewer", ["Payment runs", "Payments", "Files and bank answers"]),
        ("attester", ["Payment runs", "Payments", "Files and bank answers", "Voucher files"]),
    ],
)
def test_payment_holds_the_work_of_the_role(who, labels, request, sign_in):
    menu = frame_of(sign_in(request.getfixturevalue(who))).menu
    [entry] = [item for item in menu if item.label == "Payment"]

    assert [child.label for child in entry.children] == labels


@pytest.mark.requirement("CO-4", "SC-6", "SC-17", "SC-22")
@pytest.mark.parametrize(
    ("who", "labels"),
    [
        (
            "claimer",
            ["Register claim", "Upload claims file", "Your invoices", "Preauthorizations", "Payments"],
        ),
        (
            "assessor",
            ["Invoices of special care dentistry", "Preauthorizations", "Certificates", "Out-of-county care"],
        ),
        (
            "reviewer",
            [
                *("Invoices of special care dentistry", "Preauthorizations", "Review claims"),
                *("Propose payment", "Repayments", "Certificates", "Out-of-county care"),
            ],
        ),
        ("attester", ["Invoices of special care dentistry", "Preauthorizations", "Out-of-county care"]),
    ],
)
def test_special_care_dentistry_holds_the_work_of_the_role(who, labels, request, sign_in):
    menu = frame_of(sign_in(request.getfixturevalue(who))).menu

    [entry] = [item for item in menu if item.label == "Special care dentistry"]
    assert [child.label for child in entry.children] == labels
