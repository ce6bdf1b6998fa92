"""The start page, and the pages that belong to no module."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request
from kvitt.portal import context
from kvitt.portal.queries import start as queries
from kvitt.portal.queries import statements


@require_safe
def start(request: Request) -> HttpResponse:
    """Show each role's own start page."""
    page = queries.start_page(request.actor, today=request.today)
    if page.work is not None:
        audit.record_read("portal.start", request.actor, person_ids=page.work.person_ids)
    return render(request, "portal/start.html", {"page": page})


@require_safe
def work(request: Request) -> HttpResponse:
    """Show everything that waits in the cases of the actor's clinic."""
    page = queries.work_page(request.actor, today=request.today)
    audit.record_read("portal.work", request.actor, person_ids=page.person_ids)
    return render(request, "portal/work.html", {"page": page})


@login_not_required
@require_safe
def healthz(_request: Request) -> HttpResponse:
    """Tell a probe whether the program and its database answer."""
    is_well = statements.database_answers()
    return JsonResponse({"status": "ok" if is_well else "no database"}, status=200 if is_well else 503)


@login_not_required
@require_safe
def accessibility(request: Request) -> HttpResponse:
    """Show the statement that the law on accessible digital services demands; readable signed out."""
    page = statements.accessibility_page(context.actor_of(request))
    return render(request, "portal/accessibility.html", {"page": page})


@require_safe
def shortcuts(request: Request) -> HttpResponse:
    """Show the keyboard shortcuts."""
    page = statements.ShortcutsPage(title=_("Keyboard shortcuts"))
    return render(request, "portal/shortcuts.html", {"page": page})
