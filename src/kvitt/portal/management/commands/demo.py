"""`kvitt demo`: a running system with demonstration data, in a database of its own."""

import json
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from kvitt.foundation import clock
from kvitt.portal.management import (
    demo_activities,
    demo_care_fees,
    demo_claims,
    demo_claims_file,
    demo_data,
    demo_payments,
    demo_reports,
    demo_requests,
    demo_special_care,
    demo_texts,
    demo_treatment_plans,
)
from kvitt.portal.management.commands.serve import serve, start_worker
from kvitt.registers.organisations.models import Authority

# In this order: a later one adds to what the earlier ones made.
PARTS = (
    demo_data,
    demo_texts,
    demo_reports,
    demo_requests,
    demo_special_care,
    demo_payments,
    demo_activities,
    demo_claims,
    demo_treatment_plans,
    demo_claims_file,
    demo_care_fees,
)
USERS = (*demo_data.USERS, *demo_care_fees.USERS)


class Command(BaseCommand):
    """Makes the data the first time, prints who can sign in, and serves."""

    help = "Serve Kvitt with demonstration data on http://127.0.0.1:8000, in a database of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--data", help="folder for the database (data/demo)")
        parser.add_argument("--no-serve", action="store_true", help="make the data and stop")
        parser.add_argument("--fresh", action="store_true", help="throw the data away and make it anew")
        parser.add_argument("--users", action="store_true", help="only print who can sign in")
        parser.add_argument("--json", action="store_true", help="print the users as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["users"]:
            self._make(is_fresh=options["fresh"])
        self._print_users(as_json=options["json"])
        if options["users"] or options["no_serve"]:
            return
        address = f"http://127.0.0.1:{options['port']}"
        self.stdout.write(f"Today is {clock.today()} in the system. Open {address} (stop with Ctrl+C).")
        start_worker()
        serve(host="127.0.0.1", port=options["port"], workers=1)

    def _make(self, *, is_fresh: bool) -> None:
        database = Path(str(settings.DATABASES["default"]["NAME"]))
        if is_fresh:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{database}{suffix}").unlink(missing_ok=True)
            for folder in (settings.KVITT_DOCUMENTS, settings.KVITT_OUTBOX):
                shutil.rmtree(folder, ignore_errors=True)
        call_command("migrate", verbosity=0)
        if not Authority.objects.exists():
            self.stdout.write(f"Making demonstration data in {database.parent.name} ...")
            with transaction.atomic():  # killed half-way it leaves nothing, and starts afresh next time
                for part in PARTS:
                    part.make(today=clock.today())

    def _print_users(self, *, as_json: bool) -> None:
        if as_json:
            users = [
                {"user": u.username, "password": demo_data.PASSWORD, "role": u.role, "clinic": u.place}
                for u in USERS
            ]
            self.stdout.write(json.dumps(users, ensure_ascii=False))
            return
        for user in USERS:
            self.stdout.write(f"{user.username} / {demo_data.PASSWORD} / {user.role} / {user.place}")
