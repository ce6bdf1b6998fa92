"""Account strings, and a month of the books."""

from kvitt.registers.accounting.models import AccountString
from tests.journeys.sample.sample import Sample


def make_books(sample: Sample) -> None:
    """An account string, and a month of the books."""
    string = AccountString.objects.filter(authority=sample.world.region).earliest("pk")
    sample.ids |= {"account string": string.pk, "voucher month": f"{sample.world.today:%Y-%m}"}
