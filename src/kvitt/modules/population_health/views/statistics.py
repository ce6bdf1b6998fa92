"""*Statistik*: activities and participants per municipality, type and month."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.population_health.forms import StatisticsForm
from kvitt.modules.population_health.queries import statistics as queries
from kvitt.modules.population_health.queries.activities import offered_filters
from kvitt.modules.population_health.tables import statistics_columns


@require_safe
def statistics(request: Request) -> HttpResponse:
    """Show what the actor's activities come to: figures, plot and table, or the table as Excel."""
    offer = offered_filters(request.actor, clinic=request.GET.get("clinic", ""))
    form = StatisticsForm(request.GET, offer=offer, today=request.today)
    wanted = form.search()
    by = wanted.pop("by")
    is_workbook = request.GET.get("format") == "xlsx"
    source = tables.ListSource(
        title=_("Statistics"),
        columns=statistics_columns(by, in_workbook=is_workbook),
        rows=queries.statistics(request.actor, by=by, **wanted),
        order=by.parts[0],
        tie=queries.columns_of(by)[-1],
        form=form,
        empty=_(
            "There are no activities in the period. Change the filters, or press Clear to see this year."
        ),
        about=None if is_workbook else queries.overview(request.actor, today=request.today, **wanted),
        file_name="statistik-befolkningsansvar",
    )
    return tables.respond(request, source, template="population_health/statistics.html")
