"""The search in the header of every page: of patients, or of a municipality's clients."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request, see_other
from kvitt.portal import forms
from kvitt.portal.queries import clients
from kvitt.portal.queries import patients as queries
from kvitt.registers.access.rules import Permission


@require_http_methods(["GET", "POST"])
def search_patient(request: Request) -> HttpResponse:
    """Go to the one patient or client found, to the list of several, or say why there is none.

    What was typed travels in the body and never in an address (spec QU-18). Whoever had to sign in again
    arrives without it, at the search form.
    """
    if request.method == "GET":
        return see_other(request, reverse("portal:found_patients"))
    text = request.POST.get("q", "")
    if _searches_clients(request):
        return _search_client(request, text)
    found = queries.find_patients(request.actor, request.session, text, today=request.today)
    if found.only_code:
        audit.record_read("portal.search_patient", request.actor, person_ids=found.person_ids)
        return see_other(request, reverse("listings:patient", args=[found.only_code]))
    if found.person_ids:
        return see_other(request, reverse("portal:found_patients"))
    form = forms.PatientForm({"q": text})
    if found.fault is not None:
        form.add_problems([found.fault])
    page = queries.nobody_page(found)
    return render(
        request,
        "portal/found_patients.html",
        {"page": page, "form": form},
        status=422 if found.fault else 200,
    )


@require_safe
def found_patients(request: Request) -> HttpResponse:
    """Show the patients or clients of this session's last search."""
    if _searches_clients(request):
        return _found_clients(request)
    page = queries.found_page(request.actor, request.session, today=request.today)
    audit.record_read("portal.found_patients", request.actor, person_ids=[row.person_id for row in page.rows])
    form = forms.PatientForm(initial={"q": page.typed})
    return render(request, "portal/found_patients.html", {"page": page, "form": form})


def _searches_clients(request: Request) -> bool:
    """Who works with clients has no patients: the two are in different authorities."""
    actor = request.actor
    return actor.may(Permission.SEE_CLIENTS) and not actor.may(Permission.SEE_PATIENTS)


def _search_client(request: Request, text: str) -> HttpResponse:
    found = clients.find_clients(request.actor, request.session, text, today=request.today)
    if found.only_url:
        audit.record_read("portal.search_client", request.actor, person_ids=found.person_ids)
        return see_other(request, found.only_url)
    if found.person_ids:
        return see_other(request, reverse("portal:found_patients"))
    form = forms.PatientForm({"q": text})
    if found.fault is not None:
        form.add_problems([found.fault])
    return render(
        request,
        "portal/found_clients.html",
        {"page": clients.nobody_page(found), "form": form},
        status=422 if found.fault else 200,
    )


def _found_clients(request: Request) -> HttpResponse:
    page = clients.found_page(request.actor, request.session, today=request.today)
    audit.record_read("portal.found_clients", request.actor, person_ids=[row.person_id for row in page.rows])
    form = forms.PatientForm(initial={"q": page.typed})
    return render(request, "portal/found_clients.html", {"page": page, "form": form})
