"""Whoever calculates, approves and invoices care fees is killed at random; `make bench` does it often."""

import pytest

from bench import kill_fees


@pytest.mark.postgres
@pytest.mark.requirement("QU-14")
@pytest.mark.django_db(transaction=True)
def test_killed_three_times_each_month_is_approved_and_invoiced_once():
    kill_fees.fill(30)
    (told,) = kill_fees.play(rounds=3, clients=30, seed=1, longest=1.0)
    assert "90 months, each approved and invoiced once" in told
