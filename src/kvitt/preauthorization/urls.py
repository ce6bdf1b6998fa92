"""The address of the assessor's queue; each module has the desks of its own requests."""

from django.urls import path

from kvitt.preauthorization.views import requests

app_name = "preauthorization"
urlpatterns = [path("", requests.queue, name="queue")]
