"""The addresses of population responsibility: activities, their procedures, and statistics."""

from django.urls import path

from kvitt.modules.population_health.views import activities, create, procedures, statistics

app_name = "population_health"
urlpatterns = [
    path("activities/", activities.search_activities, name="search_activities"),
    path("activities/create/", create.create_activity, name="create_activity"),
    path("activities/<slug:number>/", activities.case, name="case"),
    path("activities/<slug:number>/remove/", activities.remove_activity, name="remove_activity"),
    path(
        "activities/<slug:number>/procedures/remove/",
        procedures.remove_procedures,
        name="remove_procedures",
    ),
    path(
        "activities/<slug:number>/procedures/credit/",
        procedures.credit_procedures,
        name="credit_procedures",
    ),
    path(
        "activities/<slug:number>/procedures/credit/withdraw/",
        procedures.withdraw_credits,
        name="withdraw_credits",
    ),
    path("statistics/", statistics.statistics, name="statistics"),
]
