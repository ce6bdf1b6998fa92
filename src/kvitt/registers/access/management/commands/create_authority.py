"""`kvitt create_authority`: the first thing done in an empty installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.commands import users
from kvitt.registers.organisations.lifecycle import AuthorityKind


class Command(BaseCommand):
    """Prints the first administrator's password once."""

    help = "Make an authority with its first administrator, and print the password once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the authority")
        parser.add_argument("number", help="its organisation number")
        parser.add_argument("username", help="user name of the first administrator")
        parser.add_argument("user_name", help="his or her name")
        parser.add_argument("--kind", choices=[kind.value for kind in AuthorityKind], default="region")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            password = users.create_authority(
                today=clock.today(),
                kind=AuthorityKind(options["kind"]),
                name=options["name"],
                organisation_number=options["number"],
                username=options["username"],
                user_name=options["user_name"],
            )
        except Refused as refused:
            for problem in refused.problems:
                self.stderr.write(problem_text(problem))
            raise SystemExit(1) from refused
        self.stdout.write(f"{options['username']} / {password}")
