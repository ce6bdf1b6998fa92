"""*Bokföringsfiler*: what is booked month by month, and the files for the economy system."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.settlement.commands import vouchers as commands
from kvitt.settlement.queries import vouchers as queries
from kvitt.settlement.rules.vouchers import parse_period
from kvitt.settlement.tables.vouchers import voucher_page


@require_safe
def voucher_files(request: Request) -> HttpResponse:
    """*Bokföringsfiler*: the months in which something is booked, and the file of each."""
    months = queries.voucher_months(request.actor, today=request.today)
    return render(request, "settlement/voucher_files.html", {"page": voucher_page(months)})


@require_http_methods(["GET", "HEAD", "POST"])
def export_vouchers(request: Request, period: str) -> HttpResponse:
    """*Gör bokföringsfil*: ask, and make the file of a month."""
    request.actor.require(Permission.EXPORT_VOUCHERS)
    month = parse_period(period)
    if month is None:
        raise Http404
    back = reverse("settlement:voucher_files")
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            file = commands.export_vouchers(request.actor, today=request.today, period=month)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(file)s is made.") % {"file": file.name})
            return see_other(request, back)
    title = _("Make the voucher file of %(month)s") % {"month": period}
    dialog = FormPage(
        title=title,
        crumbs=[Crumb(_("Voucher files"), back), Crumb(period)],
        question=_(
            "The file holds every voucher of the month, in SIE 4I. It is made once and put in the outbox; "
            "you can download it here too. Read it into the economy system once."
        ),
        form=form,
        submit=_("Make the file"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
