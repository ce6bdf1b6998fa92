"""Delete and credit claims: each is asked about first, in words."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other
from kvitt.foundation.templatetags.kvitt import kronor
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import crediting, deletion
from kvitt.modules.special_care.queries import invoices as queries
from kvitt.modules.special_care.queries import undoing
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.modules.special_care.tables import invoices as columns
from kvitt.modules.special_care.views import invoices

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import Claim


@require_http_methods(["GET", "POST"])
def delete_claim_invoice(request: Request, our_reference: int) -> HttpResponse:
    """Ask, and delete every claim of an invoice."""
    question = queries.invoice_deletion(request.actor, our_reference)
    url = reverse("special_care:claim_invoice", args=[our_reference])
    if question.problems:
        return cannot(request, question.problems, url)
    if request.method == "POST":
        try:
            count = deletion.delete_invoice(request.actor, our_reference=our_reference)
        except Refused as refused:
            return cannot(request, refused.problems, url)
        text = ngettext(
            "Invoice %(reference)s is deleted with %(count)s claim.",
            "Invoice %(reference)s is deleted with %(count)s claims.",
            count,
        )
        messages.success(request, text % {"reference": question.invoice.reference, "count": count})
        return see_other(request, url)
    audit.record_read(
        "special_care.claim_invoice",
        request.actor,
        person_ids=question.person_ids,
        subject=(queries.SUBJECT, our_reference),
    )
    text = ngettext(
        "Do you want to delete the invoice and its claim, %(amount)s?",
        "Do you want to delete the invoice and its %(count)s claims, together %(amount)s?",
        question.count,
    )
    return _ask(
        request,
        FormPage(
            title=_("Delete invoice %(reference)s") % {"reference": question.invoice.reference},
            lead=_("Our reference %(number)s") % {"number": our_reference},
            crumbs=invoices.way_to(question.invoice),
            question=text % {"count": question.count, "amount": kronor(question.amount)},
            note=_("This cannot be undone."),
            form=Form(),
            submit=_("Delete"),
            cancel_url=url,
            is_danger=True,
        ),
        outcome=ngettext(
            "It is not paid. The claim can be found as deleted, and its reference stays used.",
            "It is not paid. The claims can be found as deleted, and their references stay used.",
            question.count,
        ),
    )


@require_http_methods(["GET", "POST"])
def delete_claim(request: Request, number: str) -> HttpResponse:
    """Ask, and delete one claim."""
    question = undoing.claim_deletion(request.actor, number)
    if question.problems:
        return cannot(request, question.problems, _case_url(number))
    url = _invoice_url(question.claim)
    if request.method == "POST":
        try:
            deletion.delete_claim(request.actor, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, url)
        messages.success(
            request, _("Claim %(reference)s is deleted.") % {"reference": question.claim.reference}
        )
        return see_other(request, url)
    _note_claim(request, question.claim)
    return _ask(
        request,
        FormPage(
            title=_("Delete claim %(reference)s") % {"reference": question.claim.reference},
            lead=question.lead,
            crumbs=_way_to_claim(question.claim),
            question=_("Do you want to delete the claim, %(amount)s?")
            % {"amount": kronor(question.claim.total)},
            note=_("This cannot be undone."),
            form=Form(),
            submit=_("Delete"),
            cancel_url=url,
            is_danger=True,
        ),
        outcome=_("It is not paid. It can be found as deleted, and its reference stays used.")
        + (" " + _("What it used of the preauthorization can be used again.") if question.gives_back else ""),
    )


@require_http_methods(["GET", "POST"])
def credit_claim(request: Request, number: str) -> HttpResponse:
    """Ask, tell what happens, and credit a claim; with `anew` a new one is begun with the same."""
    question = undoing.claim_credit(request.actor, number)
    if question.problems:
        return cannot(request, question.problems, _case_url(number))
    if request.method == "POST":
        try:
            draft = crediting.credit_claim(
                request.actor, today=request.today, number=number, and_register="anew" in request.POST
            )
        except Refused as refused:
            return cannot(request, refused.problems, _case_url(number))
        credited = undoing.credited(request.actor, number)
        messages.success(request, columns.credited_text(credited, says_payment=bool(draft)))
        if draft:
            return see_other(request, f"{reverse('special_care:draft', args=[draft])}?card")
        return see_other(request, _credit_url(credited.claim))
    _note_claim(request, question.claim)
    page = FormPage(
        title=_("Credit claim %(reference)s") % {"reference": question.claim.reference},
        lead=question.lead,
        crumbs=_way_to_claim(question.claim),
        form=Form(),
        submit=pgettext("verb", "Credit"),
        cancel_url=_invoice_url(question.claim),
    )
    context = {"page": page, "credit": question, "paid_back": columns.paid_back_text(question)}
    return render(request, "special_care/credit_claim.html", context)


@require_http_methods(["GET", "POST"])
def withdraw_claim_credit(request: Request, number: str) -> HttpResponse:
    """*Ångra kreditering*: ask, and undo a credit whose invoice the region has returned."""
    question = undoing.credit_withdrawal(request.actor, number)
    if question.problems:
        return cannot(request, question.problems, _case_url(number))
    url = _invoice_url(question.claim)
    if request.method == "POST":
        try:
            crediting.withdraw_credit(request.actor, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, _case_url(number))
        messages.success(request, _("The crediting is undone."))
        return see_other(request, url)
    _note_claim(request, question.claim)
    return _ask(
        request,
        FormPage(
            title=_("Undo the crediting of claim %(reference)s") % {"reference": question.claim.reference},
            lead=question.lead,
            crumbs=_way_to_claim(question.claim),
            question=_("Do you want to undo the crediting, %(amount)s?")
            % {"amount": kronor(question.claim.total)},
            form=Form(),
            submit=_("Undo crediting"),
            cancel_url=url,
        ),
        outcome=_("The region has returned the credit invoice. The claim stays paid as it was."),
    )


# What the questions share -------------------------------------------------------------------------


def _ask(request: Request, page: FormPage, *, outcome: str) -> HttpResponse:
    context = {"page": page, "outcome": outcome}
    return render(request, "special_care/claim_question.html", context, status=form_status(request))


def _note_claim(request: Request, claim: "Claim") -> None:
    audit.record_read(
        "special_care.case",
        request.actor,
        person_ids=[claim.person.pk],
        subject=("special_care.case", claim.number),
    )


def _case_url(number: str) -> str:
    return reverse("special_care:case", args=[number])


def _invoice_url(claim: "Claim") -> str:
    held = claim.invoice
    return (
        reverse("special_care:claim_invoice", args=[held.our_reference]) if held else _case_url(claim.number)
    )


def _credit_url(claim: "Claim") -> str:
    credit = claim.credit_invoice
    return (
        reverse("special_care:claim_invoice", args=[credit.our_reference])
        if credit
        else _case_url(claim.number)
    )


def _way_to_claim(claim: "Claim") -> list[tables.Crumb]:
    """Return the way to a claim: by the list that its invoice stands in."""
    folder = queries.folder_of(claim.invoice) if claim.invoice is not None else Folder.PROCESSING
    return [
        tables.Crumb(_(folder.label), reverse("special_care:claim_invoices", args=[folder.value])),
        tables.Crumb(claim.reference, _case_url(claim.number)),
    ]
