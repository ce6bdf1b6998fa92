"""The addresses of population responsibility."""

from django.urls import path

from kvitt.modules.population_health.views.statistics import statistics

app_name = "population_health"
urlpatterns = [
    path("statistics/", statistics, name="statistics"),
]
