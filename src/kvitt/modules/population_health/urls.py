"""The addresses of population responsibility."""

from django.urls import path

from kvitt.modules.population_health.views import create

app_name = "population_health"
urlpatterns = [
    path("activities/create/", create.create_activity, name="create_activity"),
]
