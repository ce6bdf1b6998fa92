"""The addresses of the pages about persons; none of them holds a number."""

from django.urls import path

from kvitt.registers.people import views

app_name = "people"

urlpatterns = [
    path("", views.search_persons, name="search_persons"),
    path("find/", views.find_person, name="find_person"),
    path("new/", views.create_person, name="create_person"),
    path("<uuid:code>/", views.person, name="person"),
    path("<uuid:code>/change/", views.change_person, name="change_person"),
    path("<uuid:code>/number/", views.change_identity_number, name="change_identity_number"),
    path("<uuid:code>/addresses/new/", views.add_address, name="add_address"),
    path("<uuid:code>/addresses/<int:address_id>/end/", views.end_address, name="end_address"),
    path("<uuid:code>/protected/", views.open_protected, name="open_protected"),
]
