"""The address of the assessor's queue; each module has the desks of its own requests."""

from django.urls import path

from kvitt.preauthorization import views

app_name = "preauthorization"
urlpatterns = [path("", views.queue, name="queue")]
