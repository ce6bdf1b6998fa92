"""The addresses of population responsibility."""

from django.urls import URLPattern

app_name = "population_health"
urlpatterns: list[URLPattern] = []
