"""The addresses of the pages about persons; none of them holds a number."""

from django.urls import path

from kvitt.registers.people.views import addresses, contacts, persons, population, relations

app_name = "people"

urlpatterns = [
    path("", persons.search_persons, name="search_persons"),
    path("find/", persons.find_person, name="find_person"),
    path("new/", persons.create_person, name="create_person"),
    path("fetch/", population.fetch_person, name="fetch_person"),
    path("<uuid:code>/", persons.person, name="person"),
    path("<uuid:code>/change/", persons.change_person, name="change_person"),
    path("<uuid:code>/number/", persons.change_identity_number, name="change_identity_number"),
    path("<uuid:code>/fetch/", population.refresh_person, name="refresh_person"),
    path("<uuid:code>/addresses/new/", addresses.add_address, name="add_address"),
    path("<uuid:code>/addresses/<int:address_id>/change/", addresses.change_address, name="change_address"),
    path("<uuid:code>/addresses/<int:address_id>/end/", addresses.end_address, name="end_address"),
    path("<uuid:code>/relations/new/", relations.add_relation, name="add_relation"),
    path("<uuid:code>/relations/<int:relation_id>/end/", relations.end_relation, name="end_relation"),
    path("<uuid:code>/contacts/new/", contacts.add_contact, name="add_contact"),
    path("<uuid:code>/contacts/<int:contact_id>/change/", contacts.change_contact, name="change_contact"),
    path("<uuid:code>/contacts/<int:contact_id>/end/", contacts.end_contact, name="end_contact"),
    path("<uuid:code>/protected/", persons.open_protected, name="open_protected"),
]
