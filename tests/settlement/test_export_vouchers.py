"""The vouchers of a month leave once, when it has ended: every attest in series A, every payment in U."""

import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger.models import Invoice, Posting
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.accounting.models import AccountString
from kvitt.settlement.commands import vouchers as commands
from kvitt.settlement.models import OutgoingFile, Payment
from kvitt.settlement.queries import vouchers as queries
from tests.settlement import sie_reader
from tests.settlement.conftest import PAY_ON

NOVEMBER, DECEMBER = dt.date(2024, 11, 1), dt.date(2024, 12, 1)
ENDED = dt.date(2024, 12, 2)
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]


@pytest.fixture(autouse=True)
def friday(settings):
    """Payments are confirmed on the day that they leave."""
    settings.KVITT_TODAY = PAY_ON


def export(world, *, by="hanna", today=ENDED, period=NOVEMBER):
    return commands.export_vouchers(world.actor(by), today=today, period=period)


def read(file):
    return sie_reader.read(bytes(file.content))


def pay_by_hand(world, invoice_id, *, today):
    hanna = world.actor("hanna")
    for step in (ledger.start_payouts, ledger.confirm_payouts):
        step(hanna, today=today, invoice_ids=[invoice_id])


def balance(found):
    """Return what stands on each account when the file is read."""
    sums = {}
    for *_head, rows in found.vouchers:
        for account, _objects, amount in rows:
            sums[account] = sums.get(account, 0) + amount
    return sums


def test_month_with_attests_a_run_and_a_payout_by_hand(payouts, world):
    by_hand = payouts.invoice(300)
    pay_by_hand(world, by_hand, today=world.today)
    payouts.invoices([10_000, -2_000])
    payouts.run()
    payouts.confirm(Payment.objects.get())

    file = export(world)
    found = read(file)

    assert (file.name, file.voucher_count) == ("sie-2321000040-2024-11.SI", 5)
    assert found.posts["#ORGNR"] == ["232100-0040"]
    assert found.dimensions == {"1": "Kostnadsställe", "20": "Verksamhetskod"}
    assert [voucher[:4] for voucher in found.vouchers] == [
        ("A", 1, world.today, "Behovspeng, 1111 Ekens Tandvård AB"),
        ("A", 2, world.today, "Behovspeng, 1111 Ekens Tandvård AB"),
        ("A", 3, world.today, "Behovspeng, 1111 Ekens Tandvård AB"),
        ("U", 1, world.today, "Utbetalning av faktura 2024-1, Ekens Tandvård AB"),
        ("U", 2, PAY_ON, f"Utbetalning {Payment.objects.get().end_to_end_id}, Ekens Tandvård AB"),
    ]
    assert found.vouchers[1][4] == [
        ("5621", {"1": "1200", "20": "45"}, Decimal("10000.00")),
        ("2441", {}, Decimal("-10000.00")),
    ]
    assert balance(found) == {"5621": 8_300, "2441": 0, "1940": -8_300}
    assert all(sum(row[2] for row in rows) == 0 for *_head, rows in found.vouchers)
    assert "Elsa" not in bytes(file.content).decode("cp437")


def test_every_posting_is_in_the_file(payouts, world):
    payouts.invoices([100, 200, -50])

    found = read(export(world))

    booked = Posting.objects.filter(posted_on__month=11).values_list("account").annotate(Sum("amount"))
    assert balance(found) == {account: Decimal(amount) / 100 for account, amount in booked}


def test_file_is_made_once(payouts, world):
    payouts.invoice(100)

    first, second = export(world), export(world, by="ivar", today=ENDED + dt.timedelta(30))

    assert first == second
    assert OutgoingFile.objects.filter(kind="vouchers").count() == 1
    [event] = Event.objects.filter(action="settlement.export_vouchers")
    assert event.data["after"] == {"period": "2024-11", "vouchers": 1, "sha256": first.sha256}


def test_month_that_goes_on_or_is_empty_has_no_file(payouts, world):
    payouts.invoice(100)

    for period, today, code in (
        (NOVEMBER, dt.date(2024, 11, 30), "not_ended"),
        (dt.date(2024, 10, 1), ENDED, "nothing_booked"),
    ):
        with pytest.raises(Refused) as refused:
            export(world, today=today, period=period)
        assert [problem.code for problem in refused.value.problems] == [code]
    with pytest.raises(NotAllowed):
        export(world, by="gustav")
    assert not OutgoingFile.objects.exists()


def test_what_the_bank_tells_late_is_booked_when_it_is_told(payouts, world, settings):
    payouts.invoice(100)
    payouts.run()
    november = export(world)
    settings.KVITT_TODAY = ENDED
    payouts.confirm(Payment.objects.get(), paid_on=PAY_ON)

    december = export(world, period=DECEMBER, today=dt.date(2025, 1, 1))

    assert Payment.objects.get().paid_on == PAY_ON
    assert len(read(november).vouchers) == 1
    assert [voucher[:3] for voucher in read(december).vouchers] == [("U", 1, ENDED)]
    assert len(queries.vouchers_of(world.region.pk, NOVEMBER)) == november.voucher_count
    assert list(queries.breaches()) == []


def test_proof_finds_what_is_not_booked_and_what_came_to_a_month_afterwards(payouts, world):
    payouts.invoices([100, 200])
    payouts.run()
    payouts.confirm(Payment.objects.get())
    file = export(world)
    assert list(queries.breaches()) == []

    Payment.objects.update(posted_on=None)

    assert list(queries.breaches()) == [
        f"payment {Payment.objects.get().end_to_end_id}: is booked exactly when it is paid, but is not",
        f"file {file.name}: has 3 vouchers, and its month has 2",
    ]


def test_missing_bank_is_told_before_and_refused(payouts, world, sign_in):
    pay_by_hand(world, payouts.invoice(100), today=world.today)
    AccountString.objects.filter(use="bank").delete()

    page = sign_in(world, "hanna").get("/settlement/vouchers/").content.decode()

    assert "Kontering saknas" in page
    assert "för Bank" in page
    with pytest.raises(Refused) as refused:
        export(world)
    assert [problem.code for problem in refused.value.problems] == ["no_account"]


def test_page_makes_the_file_and_offers_it(payouts, world, sign_in, settings):
    payouts.invoice(100)
    hanna = sign_in(world, "hanna")

    assert "Månaden är inte slut" in hanna.get("/settlement/vouchers/").content.decode()
    early = hanna.post("/settlement/vouchers/2024-11/export/")
    assert early.status_code == 422
    settings.KVITT_TODAY = ENDED
    assert "Gör bokföringsfil" in hanna.get("/settlement/vouchers/").content.decode()
    assert "SIE 4I" in hanna.get("/settlement/vouchers/2024-11/export/").content.decode()
    assert hanna.post("/settlement/vouchers/2024-11/export/").url == "/settlement/vouchers/"
    file = OutgoingFile.objects.get()

    page = hanna.get("/settlement/vouchers/").content.decode()
    assert file.name in page
    assert f"/settlement/files/{file.pk}/" in page
    assert hanna.get(f"/settlement/files/{file.pk}/").content == bytes(file.content)
    assert hanna.get("/settlement/vouchers/2024-13/export/").status_code == 404


@pytest.mark.parametrize("count", [1, 60])
def test_statements_are_as_many_for_few_as_for_many(payouts, world, count, django_assert_num_queries):
    payouts.invoices([100] * count)
    payouts.run()
    payouts.confirm(Payment.objects.get())
    actor = world.actor("hanna")

    # Begin, the authority held, its file, account strings and payments (2) of the month, postings, payments
    # of the year (2) and account strings, the file and the log (3) written, end.
    with django_assert_num_queries(15):
        commands.export_vouchers(actor, today=ENDED, period=NOVEMBER)
    with django_assert_num_queries(4):
        queries.voucher_months(actor, today=ENDED)


def test_command_line(payouts, world, tmp_path, settings):
    payouts.invoice(100)
    settings.KVITT_TODAY = ENDED
    out = StringIO()

    for _ in range(2):
        call_command("export_vouchers", "--period", "2024-11", "--to", str(tmp_path), "--json", stdout=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]

    assert told[0] == told[1]
    assert told[0]["vouchers"] == 1
    assert (tmp_path / told[0]["file"]).read_bytes() == bytes(OutgoingFile.objects.get().content)
    assert Invoice.objects.count() == 1
    (tmp_path / told[0]["file"]).write_bytes(b"another")
    with pytest.raises(CommandError):
        call_command("export_vouchers", "--period", "2024-11", "--to", str(tmp_path))
    with pytest.raises(CommandError):
        call_command("export_vouchers", "--period", "november")
    with pytest.raises(SystemExit):
        call_command("export_vouchers", "--period", "2024-10", stderr=StringIO())
