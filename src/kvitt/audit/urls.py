"""The addresses of the audit log."""

from django.urls import path

from kvitt.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.search_events, name="search_events"),
    path("<int:event_id>/", views.event, name="event"),
]
