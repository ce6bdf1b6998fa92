"""The addresses of special care dentistry."""

from django.urls import URLPattern

app_name = "special_care"
urlpatterns: list[URLPattern] = []
