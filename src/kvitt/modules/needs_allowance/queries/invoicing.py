"""What an invoice made now would hold, clinic by clinic."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import queries as ledger
from kvitt.ledger import rules as ledger_rules
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.queries.cases import MODULE
from kvitt.modules.needs_allowance.rules import money as money_rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.ledger.models import Invoice, Line


@dataclass(frozen=True)
class BasisLine:
    """A line of the basis as the table shows it; `amount` in öre, signed as on the invoice."""

    performed_on: date
    case_number: str
    identity_number: str
    person_id: int
    code: str
    text: str
    amount: Ore
    status: Labelled


@dataclass(frozen=True)
class ClinicBasis:
    """The invoice that one clinic would get."""

    clinic: Clinic
    reference: str
    total: Ore
    rows: Sequence[ledger_rules.RowPlan]
    lines: Sequence[BasisLine]


@dataclass(frozen=True)
class InvoiceBasis:
    """The invoices that would be made now (*fakturaunderlag*), and a fingerprint of what was shown."""

    organisation: str
    reference: str
    invoice_date: date
    due_date: date
    total: Ore
    clinics: Sequence[ClinicBasis]
    fingerprint: str

    @property
    def takes_back(self) -> bool:
        """Whether more is credited than invoiced, so that the region gets money back."""
        return self.total < 0


def invoice_basis(actor: Actor, *, reference: str, today: date) -> InvoiceBasis:
    """Return what an invoice made today would hold. Raises NotAllowed without the permission.

    Source: behovspeng, figures 24 and 25; spec NA-25, NA-26.
    """
    actor.require(Permission.CREATE_INVOICES)
    found = _clinic_bases(list(organisations.clinics_of(actor)), reference)
    clinics = [basis for basis in found if basis.rows]
    invoice_date = ledger_rules.calculate_invoice_date(today)
    days = price_lists.parameter(actor.authority_id, "ledger.due_after", on=invoice_date)
    providers = {str(basis.clinic.provider) for basis in (clinics or found)}
    return InvoiceBasis(
        organisation=", ".join(sorted(providers)),
        reference=reference,
        invoice_date=invoice_date,
        due_date=ledger_rules.calculate_due_date(invoice_date, days=days),
        total=sum(basis.total for basis in clinics),
        clinics=clinics,
        fingerprint=ledger_rules.calculate_fingerprint(row for basis in clinics for row in basis.rows),
    )


def invoice_of(actor: Actor, invoice_id: int) -> "Invoice":
    """Return an invoice the actor may see. Raises Http404."""
    return ledger.invoice(actor, invoice_id)


@dataclass(frozen=True)
class InvoicePage:
    """What *Skapa faktura* shows: the form, and once a reference is given that stands the basis.

    `problems` are why there is no basis; `closed` says when the invoicing period is open, where it is not.
    """

    form: object
    basis: InvoiceBasis | None
    window: Period
    problems: Sequence[Problem]
    closed: str


def invoice_page(actor: Actor, *, form: object, reference: str, today: date) -> InvoicePage:
    """Return the page. Raises NotAllowed without the permission to create invoices."""
    actor.require(Permission.CREATE_INVOICES)
    closed = _window_problems(actor, today=today)
    found = [*closed, *ledger_rules.check_reference(reference)]
    return InvoicePage(
        form=form,
        basis=None if found else invoice_basis(actor, reference=reference, today=today),
        window=ledger.window_on(actor.authority_id, today),
        problems=found,
        closed=" ".join(map(problem_text, closed)),
    )


@dataclass(frozen=True)
class BasisLinesPage:
    """What the lines of one clinic's invoice-to-be show."""

    basis: InvoiceBasis
    clinic: ClinicBasis

    @property
    def is_whole(self) -> bool:
        """Whether these lines are all that would be invoiced, so that it can be done from here."""
        return len(self.basis.clinics) == 1


def basis_lines_page(actor: Actor, clinic_id: int, *, reference: str, today: date) -> BasisLinesPage:
    """Return the lines of one clinic's invoice-to-be. Raises Http404 where there are none to see."""
    basis = invoice_basis(actor, reference=reference, today=today)
    found = next((clinic for clinic in basis.clinics if clinic.clinic.pk == clinic_id), None)
    if found is None:
        raise Http404
    return BasisLinesPage(basis, found)


def problems(actor: Actor, *, today: date, reference: str) -> list[Problem]:
    """Tell what stands in the way of making an invoice today with this reference.

    Source: spec NA-24, NA-25.
    """
    return [*_window_problems(actor, today=today), *ledger_rules.check_reference(reference)]


def _window_problems(actor: Actor, *, today: date) -> list[Problem]:
    window = ledger.window_on(actor.authority_id, today)
    following = ledger.next_window(actor.authority_id, today)
    return ledger_rules.check_window_open(today, window, following)


def _clinic_bases(clinics: Sequence[Clinic], reference: str) -> list[ClinicBasis]:
    """Return the basis of each clinic, all from one statement."""
    lines = ledger.waiting_lines([clinic.pk for clinic in clinics], MODULE)
    by_clinic: dict[int, list[Line]] = defaultdict(list)
    for line in lines.select_related("person__merged_into").order_by("case_number", "performed_on", "pk"):
        by_clinic[line.clinic_id].append(line)
    return [_clinic_basis(clinic, reference, by_clinic[clinic.pk]) for clinic in clinics]


def _clinic_basis(clinic: Clinic, reference: str, lines_waiting: "Sequence[Line]") -> ClinicBasis:
    waiting = {line.pk: line for line in lines_waiting}
    rows = ledger_rules.plan_rows(money_rules.plan_invoice_lines(ledger.line_facts(waiting.values())))
    amounts = {row.line_id: row.amount for row in rows}
    lines = [
        BasisLine(
            performed_on=line.performed_on,
            case_number=line.case_number,
            identity_number=(line.person.merged_into or line.person).identity_number,
            person_id=line.person.pk,
            code=line.code,
            text=line.text,
            amount=amounts[line.pk],
            status=LineStatus(line.status),
        )
        for line in waiting.values()
        if line.pk in amounts and line.performed_on is not None and line.person is not None
    ]
    return ClinicBasis(
        clinic=clinic,
        reference=f"{reference} {clinic.number}",
        total=ledger_rules.calculate_total(rows),
        rows=rows,
        lines=lines,
    )
