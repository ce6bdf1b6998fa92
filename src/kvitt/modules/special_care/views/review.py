"""Quality review: the work list, and what the region and the clinic do with one claim."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.selection import CHOSEN, BulkButton, Selection, ids_in
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.foundation.values.problems import Refused, refuse_if_any
from kvitt.modules.special_care.commands import review as commands
from kvitt.modules.special_care.forms.review import AnswerForm, QuestionForm, ReviewListForm, VoidForm
from kvitt.modules.special_care.queries import claims as claim_queries
from kvitt.modules.special_care.queries import review as queries
from kvitt.modules.special_care.rules import review as rules
from kvitt.modules.special_care.tables.review import QUESTIONS, review_columns
from kvitt.modules.special_care.views import answers, desk
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import Claim
    from kvitt.modules.special_care.rules.review import ReleasePlan


@require_http_methods(["GET", "POST"])
def review_claims(request: Request) -> HttpResponse:
    """*Granska räkningar*: what is held, the oldest first; many are released at once."""
    if request.method == "POST":
        return _release_chosen(request)
    request.actor.require(Permission.REVIEW_CLAIMS)
    form = ReviewListForm(request.GET, clinics=organisations.clinics_of(request.actor))
    source = tables.ListSource(
        title=_("Review claims"),
        lead=_(
            "Claims that are held for quality review, the oldest first. They are not paid until released."
        ),
        columns=review_columns(today=request.today),
        rows=queries.claims_to_review(request.actor, **form.search()),
        order="sent",
        form=form,
        empty=_("No claim waits to be reviewed."),
        row_url=_claim_url,
        person_of=_person_of,
        record_read=lambda persons: audit.record_read(
            "special_care.review_claims", request.actor, person_ids=persons
        ),
        selection=Selection(
            label=lambda claim: _("Choose claim %(number)s") % {"number": claim.number},
            buttons=lambda _page: [BulkButton(_("Release chosen"), is_primary=True)],
        ),
        is_wide=True,
        file_name="granska-rakningar",
    )
    return tables.respond(request, source)


def _release_chosen(request: Request) -> HttpResponse:
    chosen = ids_in(request.POST.getlist(CHOSEN))
    try:
        plan = commands.release_claims(request.actor, today=request.today, claim_ids=chosen)
    except Refused as refused:
        return cannot(request, refused.problems, request.get_full_path())
    _tell_released(request, plan)
    return see_other(request, request.get_full_path())


@require_safe
def questions(request: Request) -> HttpResponse:
    """*Frågor från regionen*: what the clinic's claims wait for an answer to."""
    source = tables.ListSource(
        title=_("Questions from the region"),
        lead=_(
            "The region asks about these claims. They are paid when it has your answer and releases them."
        ),
        columns=QUESTIONS,
        rows=queries.questions_of(request.actor),
        order="sent",
        empty=_("No question waits for your answer."),
        row_url=_claim_url,
        person_of=_person_of,
        record_read=lambda persons: audit.record_read(
            "special_care.questions", request.actor, person_ids=persons
        ),
        file_name="fragor-fran-regionen",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def hold_claim(request: Request, number: str) -> HttpResponse:
    """Ask, and hold a released claim by hand."""
    claim = _claim_to_review(request, number)
    return _dialog(
        request,
        claim,
        Form(typed(request)),
        lambda _form: commands.hold_claim(request.actor, number=number),
        title=_("Hold claim %(number)s for review"),
        question=_("The claim is not paid until it is released again."),
        submit=_("Hold for review"),
        done=_("Claim %(number)s is held for review."),
        stays=True,
    )


@require_http_methods(["GET", "POST"])
def release_claim(request: Request, number: str) -> HttpResponse:
    """Ask, and release one held claim."""
    claim = _claim_to_review(request, number)

    def release(_form: Form) -> None:
        plan = commands.release_claims(
            request.actor, today=request.today, claim_ids=[claim.pk], releases_asked=True
        )
        refuse_if_any(rules.check_released(plan))

    return _dialog(
        request,
        claim,
        Form(typed(request)),
        release,
        title=_("Release claim %(number)s"),
        question=_("The claim is approved for payment with %(amount)s.") % _words(claim),
        submit=_("Release"),
        done=_("Claim %(number)s is released."),
    )


@require_http_methods(["GET", "POST"])
def ask_clinic(request: Request, number: str) -> HttpResponse:
    """*Fråga mottagningen*."""
    claim = _claim_to_review(request, number)
    form = QuestionForm(typed(request), initial={"question": claim.question})
    return _dialog(
        request,
        claim,
        form,
        lambda form: commands.ask_clinic(
            request.actor, number=number, question=form.cleaned_data["question"]
        ),
        title=_("Ask the clinic about claim %(number)s"),
        question="",
        submit=_("Ask"),
        done=_("The clinic is asked about claim %(number)s."),
    )


@require_http_methods(["GET", "POST"])
def void_claim(request: Request, number: str) -> HttpResponse:
    """*Makulera*, with the reason."""
    claim = _claim_to_review(request, number)
    return _dialog(
        request,
        claim,
        VoidForm(typed(request)),
        lambda form: commands.void_claim(request.actor, number=number, reason=form.cleaned_data["reason"]),
        title=_("Void claim %(number)s"),
        question=_(
            "The claim of %(amount)s is not paid. This cannot be undone: the clinic can send in a new one."
        )
        % _words(claim),
        submit=_("Void"),
        done=_("Claim %(number)s is voided, and the clinic is told."),
        is_danger=True,
    )


@require_http_methods(["GET", "POST"])
def answer_question(request: Request, number: str) -> HttpResponse:
    """The clinic's answer to the region's question."""
    claim = claim_queries.claim_to_report(request.actor, number)
    return _dialog(
        request,
        claim,
        AnswerForm(typed(request)),
        lambda form: commands.answer_question(
            request.actor, number=number, answer=form.cleaned_data["answer"]
        ),
        title=_("Answer the question about claim %(number)s"),
        question=claim.question,
        submit=pgettext("verb", "Answer"),
        done=_("The question about claim %(number)s is answered."),
        stays=True,
        crumbs=desk.way_to_question(claim.number),
    )


# What they share ----------------------------------------------------------------------------------


def _claim_url(claim: "Claim") -> str:
    return reverse("special_care:case", args=[claim.number])


def _person_of(claim: "Claim") -> int:
    return claim.person_id


def _words(claim: "Claim") -> dict[str, str]:
    """Return what is told of a claim in a sentence."""
    return {"number": claim.number, "amount": format_kronor(claim.total)}


def _claim_to_review(request: Request, number: str) -> "Claim":
    claim = claim_queries.claim(request.actor, number)
    request.actor.require(Permission.REVIEW_CLAIMS)
    return claim


def _dialog(
    request: Request,
    claim: "Claim",
    form: Form,
    act: Callable[[Form], None],
    *,
    title: str,
    question: str,
    submit: str,
    done: str,
    stays: bool = False,
    is_danger: bool = False,
    crumbs: Sequence[tables.Crumb] = (),
) -> HttpResponse:
    """Ask, and do it; a decision tells of the claim that has waited longest."""
    url = _claim_url(claim)
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            _tell(request, done % _words(claim), has_next=not stays)
            return see_other(request, url)
    answers.note_read(request, "case", [claim.person_id], number=claim.number)
    dialog = FormPage(
        title=title % _words(claim),
        crumbs=crumbs or desk.way_to_review(claim.number),
        lead=f"{claim.clinic}.",
        question=question,
        form=form,
        submit=submit,
        cancel_url=url,
        is_danger=is_danger,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


def _tell(request: Request, text: str, *, has_next: bool) -> None:
    """Confirm what is done, where there is a queue with a link to the claim that has waited longest."""
    if not has_next:
        messages.success(request, text)
        return
    following = queries.next_to_review(request.actor)
    if following is None:
        nothing = _("No other claim waits for you.")
        messages.success(request, f"{text} {nothing}")
        return
    link = _("Review the next one: %(number)s") % {"number": following.number}
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, _claim_url(following), link))


def _tell_released(request: Request, plan: "ReleasePlan") -> None:
    if plan.released:
        count = len(plan.released)
        text = ngettext("%(count)s claim is released.", "%(count)s claims are released.", count)
        messages.success(request, text % {"count": format_count(count)})
    if plan.own:
        text = _("Sent in by yourself, so another reviewer decides: %(numbers)s.")
        messages.warning(request, text % {"numbers": ", ".join(plan.own)})
    if plan.waiting:
        text = _("Waiting for the clinic's answer, open each to release it all the same: %(numbers)s.")
        messages.warning(request, text % {"numbers": ", ".join(plan.waiting)})
    if plan.refused:
        text = _("Not under review any more: %(numbers)s.")
        messages.warning(request, text % {"numbers": ", ".join(plan.refused)})
