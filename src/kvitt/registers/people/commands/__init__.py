"""Write persons: their numbers, addresses, relations and contact persons."""

from kvitt.registers.people.commands import contacts, population
from kvitt.registers.people.commands.addresses import add_address, change_address, end_address
from kvitt.registers.people.commands.contacts import add_contact, change_contact, end_contact
from kvitt.registers.people.commands.persons import (
    change_identity_number,
    change_person,
    create_person,
    ensure_persons,
    merge_persons,
    open_protected,
)
from kvitt.registers.people.commands.population import look_up_population, register_from_population
from kvitt.registers.people.commands.relations import add_relation, end_relation

__all__ = [
    "add_address",
    "add_contact",
    "add_relation",
    "change_address",
    "change_contact",
    "change_identity_number",
    "change_person",
    "contacts",
    "create_person",
    "end_address",
    "end_contact",
    "end_relation",
    "ensure_persons",
    "look_up_population",
    "merge_persons",
    "open_protected",
    "population",
    "register_from_population",
]
