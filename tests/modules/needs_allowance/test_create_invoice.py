"""An invoice shows its basis first, and holds exactly what was shown."""

import datetime as dt
import io

import openpyxl
import pytest

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import invoices
from kvitt.modules.needs_allowance.queries import invoicing, proof
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import NotAllowed

TODAY = dt.date(2024, 11, 20)
CREATE, LINES = "needs_allowance:create_invoice", "needs_allowance:invoice_basis_lines"


def basis_of(world, *, by="anna", reference="Testfaktura"):
    return invoicing.invoice_basis(world.actor(by), reference=reference, today=world.today)


def create(world, basis, *, by="anna", reference="Testfaktura"):
    return invoices.create_invoice(
        world.actor(by), today=world.today, reference=reference, fingerprint=basis.fingerprint
    )


def refusal(world, *, by="anna", reference="Testfaktura"):
    with pytest.raises(Refused) as refused:
        create(world, basis_of(world, by=by), by=by, reference=reference)
    [problem] = refused.value.problems
    return problem.field, str(problem)


def invoice_of(world, invoice_id, *, by="anna"):
    return ledger_queries.invoice(world.actor(by), invoice_id)


def amounts_of(world, invoice_id):
    rows = ledger_queries.invoice_rows(invoice_of(world, invoice_id)).order_by("pk")
    return [(row.line.code, row.amount) for row in rows]


def credit(world, *codes):
    """Let invoiced codes of Elsa's case be credited: the invoice is attested first."""
    world.credit(*map(world.procedure, codes))


def attest(world, invoice_id):
    world.attest(invoice_id)


def proven():
    return [*ledger_queries.breaches(), *proof.breaches()] == []


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-23", "NA-25", "NA-26")
def test_invoice_of_figure_26(world):
    world.case_of_figure_21()

    [invoice_id] = create(world, basis_of(world))

    invoice = invoice_of(world, invoice_id)
    assert (invoice.external_reference, invoice.total) == ("Testfaktura 1111", 502_500)
    assert (invoice.invoice_date, invoice.due_date) == (dt.date(2024, 11, 30), dt.date(2024, 12, 30))
    assert invoice.status == "issued"
    assert dict(amounts_of(world, invoice_id)) == {
        "100": -500_000,
        "126": 123_500,
        "124": 66_000,
        "163": 123_000,
        "815": 690_000,
    }
    assert proven()


@pytest.mark.requirement("NA-23", "CO-19")
def test_invoiced_lines_are_no_longer_billable(world):
    number = world.case_of_figure_21()

    create(world, basis_of(world))

    page = world.case_page(number)
    assert {row.status.value for row in page.rows} == {"invoiced"}
    assert (page.totals.billable, page.totals.invoiced) == (0, 502_500)


@pytest.mark.requirement("NA-25")
def test_case_below_its_deductible_waits(world):
    world.case_of_figure_21()
    waiting = world.create_case(world.rutger)
    world.report(waiting, "101")

    [invoice_id] = create(world, basis_of(world))

    assert invoice_of(world, invoice_id).total == 502_500
    assert world.row(waiting, "101").status.value == "approved"


@pytest.mark.requirement("NA-15", "NA-25")
def test_what_is_not_performed_is_never_invoiced(world):
    number = world.case_of_figure_21()
    world.report(number, "801", "14", performed_on=None)

    [invoice_id] = create(world, basis_of(world))

    assert "801" not in dict(amounts_of(world, invoice_id))
    assert world.row(number, "801").status.value == "approved"


@pytest.mark.requirement("NA-25")
def test_several_invoices_are_made_in_one_month(world):
    number = world.case_of_figure_21()
    create(world, basis_of(world, reference="Första"), reference="Första")
    world.report(number, "101")

    [second] = create(world, basis_of(world, reference="Andra"), reference="Andra")

    assert amounts_of(world, second) == [("101", 106_500)]
    assert invoice_of(world, second).external_reference == "Andra 1111"
    assert proven()


@pytest.mark.requirement("NA-25", "NA-31", "CO-22")
def test_credits_go_with_opposite_sign(world):
    world.case_of_figure_21()
    [first] = create(world, basis_of(world))
    attest(world, first)
    credit(world, "124")
    world.report(world.case_of_figure_21(world.rutger), "101")

    [second] = create(world, basis_of(world))

    assert ("124", -66_000) in amounts_of(world, second)
    assert invoice_of(world, second).total == 502_500 + 106_500 - 66_000
    assert proven()


@pytest.mark.requirement("NA-25", "NA-31")
def test_invoice_of_credits_alone_is_negative(world):
    world.case_of_figure_21()
    [first] = create(world, basis_of(world))
    attest(world, first)
    credit(world, "124")

    [second] = create(world, basis_of(world))

    assert amounts_of(world, second) == [("124", -66_000)]
    assert invoice_of(world, second).total == -66_000


@pytest.mark.requirement("NA-25", "CO-5")
def test_provider_level_user_makes_one_invoice_per_clinic(world):
    world.case_of_figure_21()
    linghem = world.create_case(world.ake, by="bo")
    world.report(linghem, "815", "12", by="bo")
    world.create_case(world.alma, by="david")

    made = create(world, basis_of(world, by="eva"), by="eva")

    shown = [invoice_of(world, invoice_id, by="eva") for invoice_id in made]
    assert sorted((invoice.external_reference, invoice.total) for invoice in shown) == [
        ("Testfaktura 1111", 502_500),
        ("Testfaktura 1112", 190_000),
    ]


@pytest.mark.requirement("NA-17", "NA-25")
def test_ended_case_is_still_invoiced(world, settings):
    number = world.case_of_figure_21()
    world.pass_time_to(dt.date(2025, 12, 9), settings)

    [invoice_id] = create(world, basis_of(world))

    assert invoice_of(world, invoice_id).invoice_date == dt.date(2025, 12, 31)
    assert world.case_page(number).totals.invoiced == 502_500


@pytest.mark.requirement("CO-20")
def test_returned_invoice_frees_its_lines(world):
    number = world.case_of_figure_21()
    [first] = create(world, basis_of(world))

    world.return_invoice(first, InvoiceStatus.RETURNED, reason="Fel referens")

    assert world.case_page(number).totals.billable == 502_500
    assert create(world, basis_of(world, reference="Ny"), reference="Ny")
    assert proven()


@pytest.mark.requirement("CO-30", "CO-31")
def test_each_case_gets_one_event_with_its_invoice_and_amount(world):
    elsas, rutgers = world.case_of_figure_21(), world.case_of_figure_21(world.rutger)

    create(world, basis_of(world))

    events = Event.objects.filter(action="needs_allowance.create_invoice").order_by("subject_key")
    assert [(event.subject_key, event.data["after"]) for event in events] == [
        (elsas, {"invoice": "Testfaktura 1111", "amount": 502_500}),
        (rutgers, {"invoice": "Testfaktura 1111", "amount": 502_500}),
    ]
    assert [event.subjects.get().person_id for event in events] == [world.elsa.pk, world.rutger.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-24", "CO-33")
@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (dt.date(2024, 11, 26), "2024-12-09", "2024-12-25"),
        (dt.date(2024, 12, 8), "2024-12-09", "2024-12-25"),
        (dt.date(2024, 11, 30), "2024-12-09", "2024-12-25"),
    ],
)
def test_outside_the_invoicing_period_nothing_is_invoiced(today, first, last, world, settings, nothing_saved):
    world.case_of_figure_21()
    world.pass_time_to(today, settings)
    before = nothing_saved()

    assert refusal(world) == (
        "",
        (
            f"The invoicing period is closed today, {today}. It is open from {first} to {last}: create the "
            "invoice then."
        ),
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-24")
@pytest.mark.parametrize("day", [9, 25])
def test_first_and_last_day_of_the_period_are_open(day, world, settings):
    world.case_of_figure_21()
    world.pass_time_to(dt.date(2024, 12, day), settings)

    assert create(world, basis_of(world))


@pytest.mark.requirement("NA-24")
@pytest.mark.parametrize(("day", "is_open"), [(5, True), (18, True), (19, False)])
def test_december_has_the_days_that_the_administrator_set(day, is_open, world, settings):
    world.case_of_figure_21()
    december = dt.date(2024, 12, 1)
    ledger.set_window(
        world.actor("ivar"),
        month=december,
        first_on=december.replace(day=5),
        last_on=december.replace(day=18),
    )
    world.pass_time_to(december.replace(day=day), settings)

    if is_open:
        assert create(world, basis_of(world))
    else:
        assert "It is open from 2025-01-09 to 2025-01-25" in refusal(world)[1]


@pytest.mark.requirement("NA-25", "CO-33")
@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("", "Give a reference of your own for the invoice."),
        ("  ", "Give a reference of your own for the invoice."),
        ("x" * 31, "The reference has 31 characters. Shorten it to at most 30."),
    ],
)
def test_reference_is_compulsory_and_has_at_most_30_characters(reference, message, world, nothing_saved):
    world.case_of_figure_21()
    before = nothing_saved()

    assert refusal(world, reference=reference) == ("reference", message)
    assert nothing_saved() == before


@pytest.mark.requirement("NA-25", "CO-33")
def test_nothing_to_invoice_is_said(world):
    world.report(world.create_case(world.elsa), "101")

    assert refusal(world) == (
        "",
        "There is nothing to invoice: no case is above its deductible, and nothing waits to be credited.",
    )


@pytest.mark.requirement("NA-25", "CO-24")
@pytest.mark.parametrize("change", ["added", "removed", "changed", "credited"])
def test_basis_that_changed_in_between_is_not_invoiced(change, world, nothing_saved):
    number = world.case_of_figure_21()
    if change == "credited":
        [first] = create(world, basis_of(world))
        attest(world, first)
        world.report(number, "101")
    shown = basis_of(world)
    {
        "added": lambda: world.report(number, "101"),
        "removed": lambda: world.remove(world.procedure("124")),
        "changed": lambda: world.change(world.procedure("815"), performed_on=None),
        "credited": lambda: credit(world, "124"),
    }[change]()
    before = nothing_saved()

    with pytest.raises(ledger.Changed):
        create(world, shown)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-24")
def test_same_basis_is_invoiced_once(world):
    world.case_of_figure_21()
    shown = basis_of(world)
    create(world, shown)

    with pytest.raises(ledger.Changed):
        create(world, shown)


@pytest.mark.requirement("CO-24")
def test_failure_of_one_clinic_leaves_no_invoice_of_another(world, monkeypatch):
    world.case_of_figure_21()
    world.report(world.create_case(world.ake, by="bo"), "815", "12", by="bo")
    shown, issue = basis_of(world, by="eva"), ledger.issue_invoice

    def fail_at_linghem(actor, new):
        if new.clinic_id == world.linghem.pk:
            raise ledger.Changed
        return issue(actor, new)

    monkeypatch.setattr(ledger, "issue_invoice", fail_at_linghem)
    with pytest.raises(ledger.Changed):
        create(world, shown, by="eva")

    assert list(ledger_queries.invoices_of(world.actor("eva"))) == []
    assert proven()


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["frida", "gustav", "hanna", "ivar"])
def test_region_makes_no_invoices(name, world):
    with pytest.raises(NotAllowed):
        invoices.create_invoice(world.actor(name), today=TODAY, reference="Testfaktura", fingerprint="")


@pytest.mark.requirement("CO-4")
def test_role_for_reporting_alone_makes_no_invoices(world):
    RoleGrant.objects.filter(user=world.users["anna"], role="dental_invoices").delete()

    with pytest.raises(NotAllowed):
        invoices.create_invoice(world.actor("anna"), today=TODAY, reference="Testfaktura", fingerprint="")


@pytest.mark.requirement("CO-4")
def test_clinic_invoices_nothing_of_another(world):
    world.case_of_figure_21()

    assert basis_of(world, by="bo").clinics == []
    assert basis_of(world, by="david").clinics == []


@pytest.mark.requirement("CO-4", "NA-27")
@pytest.mark.parametrize(
    ("name", "status"),
    [("anna", 200), ("eva", 200), ("gustav", 200), ("hanna", 200), ("bo", 404), ("david", 404)],
)
def test_invoice_its_excel_and_its_document_are_hidden_from_other_clinics(name, status, world, visit):
    world.case_of_figure_21()
    [invoice_id] = create(world, basis_of(world))
    visitor = visit(name)

    page = visitor.get("ledger:invoice", invoice_id)
    excel, _content = visitor.download("ledger:invoice", invoice_id, format="xlsx")
    document, _content = visitor.download("ledger:invoice_pdf", invoice_id)

    assert [page.status, excel, document] == [status, status, status]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("bo", 200),
        ("eva", 200),
        ("frida", 403),
        ("gustav", 403),
        ("hanna", 403),
        ("ivar", 403),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_is_for_those_who_invoice(method, name, status, world, visit):
    page = getattr(visit(name), method)(CREATE)

    assert page.status == (422 if (status, method) == (200, "post") else status)


# The pages ----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-25")
def test_type_and_reference_are_asked_first(world, visit):
    page = visit("anna").get(CREATE)

    assert {name: field.value for name, field in page.fields.items()} == {
        "module": "needs_allowance",
        "reference": "",
    }
    assert page.fields["module"].choices == ["Needs allowance"]
    assert "Fetch invoice basis" in page.buttons


@pytest.mark.requirement("NA-25", "NA-26")
def test_basis_shows_what_figure_24_shows(world, visit):
    world.case_of_figure_21()

    page = visit("anna").get(CREATE, module="needs_allowance", reference="Testfaktura")

    assert page.terms() == {
        "Organisation": "556000-0019 - Ekens Tandvård AB",
        "Invoice type": "Needs allowance",
        "Your invoice reference": "Testfaktura",
        "Invoice date": "2024-11-30",
        "Due date": "2024-12-30",
        "Total amount to invoice": "5 025 kr",
    }
    assert page.rows() == [["1111 - Ekens Tandvård Ryd", "Testfaktura 1111", "5 025 kr"]]


@pytest.mark.requirement("NA-25")
def test_row_opens_the_lines_of_figure_25(world, visit):
    number = world.case_of_figure_21()
    anna = visit("anna")
    basis = anna.get(CREATE, module="needs_allowance", reference="Testfaktura")

    page = anna.follow(basis.links["1111 - Ekens Tandvård Ryd"])

    assert page.heading == "Invoice lines for 1111 - Ekens Tandvård Ryd"
    assert page.rows() == [
        ["2024-11-20", "20130310-2394", code, amount, "Approved"]
        for code, amount in [
            ("100 Självrisk", "−5 000 kr"),
            ("126 Röntgenundersökning, omfattande", "1 235 kr"),
            ("124 Panoramaröntgenundersökning", "660 kr"),
            ("163 Biopsi", "1 230 kr"),
            ("815 Sadelkrona", "6 900 kr"),
        ]
    ]
    assert anna.follow(page.links["Back"]).rows() == basis.rows()
    assert world.case_page(number).totals.billable == 502_500


@pytest.mark.requirement("NA-25")
def test_only_clinic_is_invoiced_from_its_lines_too(world, visit):
    world.case_of_figure_21()
    anna = visit("anna")
    lines = anna.get(LINES, world.ryd.pk, module="needs_allowance", reference="Testfaktura")

    page = anna.post(
        CREATE,
        query="?module=needs_allowance&reference=Testfaktura",
        follow=True,
        fingerprint=lines.hidden["fingerprint"],
    )

    assert "Send invoice" in lines.buttons
    assert page.notices == ["Invoice Testfaktura 1111 is created. Show the invoice"]


@pytest.mark.requirement("NA-25", "CO-5")
def test_one_clinic_of_several_is_not_invoiced_from_its_lines(world, visit):
    world.case_of_figure_21()
    world.report(world.create_case(world.ake, by="bo"), "815", "12", by="bo")

    lines = visit("eva").get(LINES, world.ryd.pk, module="needs_allowance", reference="Testfaktura")

    assert "Send invoice" not in lines.buttons


@pytest.mark.requirement("NA-25")
def test_lines_of_credits_stand_with_opposite_sign(world, visit):
    world.case_of_figure_21()
    [first] = create(world, basis_of(world))
    attest(world, first)
    credit(world, "124")

    page = visit("anna").get(LINES, world.ryd.pk, reference="Testfaktura")

    assert page.rows() == [
        ["2024-11-20", "20130310-2394", "124 Panoramaröntgenundersökning", "−660 kr", "Awaiting credit"]
    ]


@pytest.mark.requirement("NA-25", "CO-33")
def test_invoice_is_confirmed_with_a_link_to_it(world, visit):
    world.case_of_figure_21()
    anna = visit("anna")
    basis = anna.get(CREATE, module="needs_allowance", reference="Testfaktura")

    page = anna.post(
        CREATE,
        query="?module=needs_allowance&reference=Testfaktura",
        follow=True,
        fingerprint=basis.hidden["fingerprint"],
    )

    assert page.heading == "Invoices"
    assert page.notices == ["Invoice Testfaktura 1111 is created. Show the invoice"]
    assert anna.follow(page.links["Show the invoice"]).heading == "Invoice - Needs allowance"


@pytest.mark.requirement("NA-25", "CO-24")
def test_changed_basis_is_told_and_shown_and_then_invoiced(world, visit):
    number = world.case_of_figure_21()
    anna = visit("anna")
    shown = anna.get(CREATE, module="needs_allowance", reference="Testfaktura")
    world.report(number, "101")
    query = "?module=needs_allowance&reference=Testfaktura"

    told = anna.post(CREATE, query=query, fingerprint=shown.hidden["fingerprint"])
    made = anna.post(CREATE, query=query, follow=True, fingerprint=told.hidden["fingerprint"])

    assert told.status == 422
    assert told.summary == "The basis changed while you looked at it. Check what it is now and try again."
    assert told.rows() == [["1111 - Ekens Tandvård Ryd", "Testfaktura 1111", "6 090 kr"]]
    assert made.notices == ["Invoice Testfaktura 1111 is created. Show the invoice"]


@pytest.mark.requirement("NA-25")
def test_forged_basis_is_not_invoiced(world, visit, nothing_saved):
    world.case_of_figure_21()
    before = nothing_saved()

    page = visit("anna").post(CREATE, query="?module=needs_allowance&reference=Testfaktura")

    assert page.status == 422
    assert nothing_saved() == before


@pytest.mark.requirement("NA-25", "CO-33")
@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ("", "Give a reference of your own for the invoice."),
        ("y" * 31, "The reference has 31 characters. Shorten it to at most 30."),
    ],
)
def test_faulty_reference_is_told_at_its_field_and_kept(reference, fault, world, visit):
    page = visit("anna").get(CREATE, module="needs_allowance", reference=reference)

    assert page.fields["reference"].fault == fault
    assert page.fields["reference"].value == reference


@pytest.mark.requirement("NA-24", "CO-33")
def test_closed_period_is_said_before_anything_is_typed(world, visit, settings):
    world.pass_time_to(dt.date(2024, 11, 26), settings)

    page = visit("anna").get(CREATE)

    assert page.notices == [
        (
            "The invoicing period is closed today, 2024-11-26. It is open from 2024-12-09 to 2024-12-25: "
            "create the invoice then."
        )
    ]


@pytest.mark.requirement("NA-24", "CO-33")
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_period_shows_no_basis_and_keeps_the_reference(method, world, visit, settings):
    world.case_of_figure_21()
    world.pass_time_to(dt.date(2024, 11, 26), settings)
    anna = visit("anna")

    page = (
        anna.get(CREATE, module="needs_allowance", reference="Testfaktura")
        if method == "get"
        else anna.post(CREATE, query="?module=needs_allowance&reference=Testfaktura", fingerprint="x")
    )

    assert page.summary.startswith("The invoicing period is closed today, 2024-11-26.")
    assert page.rows() == []
    assert page.fields["reference"].value == "Testfaktura"


@pytest.mark.requirement("NA-25")
def test_without_anything_to_invoice_there_is_no_button(world, visit):
    page = visit("anna").get(CREATE, module="needs_allowance", reference="Testfaktura")

    assert "There is nothing to invoice." in page.text
    assert "Send invoice" not in page.buttons


@pytest.mark.requirement("CO-4")
def test_lines_of_another_clinic_are_not_found(world, visit):
    world.case_of_figure_21()

    assert visit("bo").get(LINES, world.ryd.pk, reference="Testfaktura").status == 404


@pytest.mark.requirement("CO-30")
def test_lines_show_patients_and_are_a_recorded_read(world, visit, reads):
    world.case_of_figure_21()
    world.case_of_figure_21(world.rutger)

    visit("anna").get(LINES, world.ryd.pk, reference="Testfaktura")

    assert reads() == [("needs_allowance.invoice_basis_lines", sorted([world.elsa.pk, world.rutger.pk]))]


@pytest.mark.requirement("CO-30")
def test_basis_shows_nobody_and_records_no_read(world, visit, reads):
    world.case_of_figure_21()

    visit("anna").get(CREATE, module="needs_allowance", reference="Testfaktura")

    assert reads() == []


@pytest.mark.requirement("NA-27", "CO-26")
def test_excel_of_the_invoice_holds_its_lines(world, visit):
    number = world.case_of_figure_21()
    [invoice_id] = create(world, basis_of(world))

    _status, content = visit("anna").download("ledger:invoice", invoice_id, format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert {(row[1], row[3], row[5]) for row in rows} == {
        (number, "100 - Självrisk", -5000),
        (number, "126 - Röntgenundersökning, omfattande", 1235),
        (number, "124 - Panoramaröntgenundersökning", 660),
        (number, "163 - Biopsi", 1230),
        (number, "815 - Sadelkrona", 6900),
    }


@pytest.mark.requirement("NA-27")
def test_invoice_leads_back_to_the_case(world, visit):
    number = world.case_of_figure_21()
    [invoice_id] = create(world, basis_of(world))
    anna = visit("anna")

    page = anna.get("ledger:invoice", invoice_id)

    assert anna.follow(page.links[number]).heading == f"Needs-allowance case - {number}"


# How many statements ------------------------------------------------------------------------------


@pytest.mark.requirement("NA-25")
@pytest.mark.parametrize("patients", [1, 3])
def test_basis_takes_as_many_statements_however_many_lines_there_are(
    patients, world, django_assert_num_queries
):
    for patient in [world.elsa, world.rutger, world.tova][:patients]:
        world.case_of_figure_21(patient)
    anna = world.actor("anna")

    with django_assert_num_queries(3):
        basis = invoicing.invoice_basis(anna, reference="Testfaktura", today=TODAY)

    assert len(basis.clinics[0].lines) == 5 * patients


@pytest.mark.requirement("NA-25")
@pytest.mark.parametrize("patients", [1, 3])
def test_invoicing_takes_as_many_statements_however_many_cases_there_are(
    patients, world, django_assert_num_queries
):
    for patient in [world.elsa, world.rutger, world.tova][:patients]:
        world.case_of_figure_21(patient)
    anna, basis = world.actor("anna"), basis_of(world)

    with django_assert_num_queries(28):
        invoices.create_invoice(anna, today=TODAY, reference="Testfaktura", fingerprint=basis.fingerprint)
