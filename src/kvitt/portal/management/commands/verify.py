"""`kvitt verify`: proves the invariants of the ledger over the whole database, and the documents' files."""

import json
from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand

from kvitt.ledger import queries as ledger
from kvitt.modules.care_fees.queries import batch_files as fee_files
from kvitt.modules.care_fees.queries import invoice_proof as fee_invoices
from kvitt.modules.care_fees.queries import month_proof as fee_months
from kvitt.modules.needs_allowance.queries import proof as needs_allowance
from kvitt.modules.population_health.queries import proof as population_health
from kvitt.modules.special_care.queries import proof as special_care
from kvitt.registers.documents import queries as documents
from kvitt.settlement.queries import proof as settlement


class Command(BaseCommand):
    """Prints one line per breach; exits 1 when there is any."""

    help = "Prove that all lines, invoices and documents are whole. Exits 1 with one line per breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the breaches as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = list(
            chain(
                ledger.breaches(),
                needs_allowance.breaches(),
                population_health.breaches(),
                special_care.breaches(),
                fee_months.breaches(),
                fee_invoices.breaches(),
                fee_files.breaches(),
                settlement.breaches(),
                documents.breaches(),
            )
        )
        if options["json"]:
            self.stdout.write(json.dumps({"breaches": found}))
        else:
            for breach in found:
                self.stderr.write(breach)
            if not found:
                self.stdout.write("Every line and invoice adds up.")
        if found:
            raise SystemExit(1)
