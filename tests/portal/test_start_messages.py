"""Notices, news, questions with answers and the administrator's messages on the start page."""

import datetime as dt
import re

import pytest

from kvitt.foundation import clock
from kvitt.ledger.models import InvoiceRow, Line
from kvitt.portal.commands import texts as commands
from kvitt.portal.models import FaqEntry, NewsItem, Question
from kvitt.portal.queries import start as queries
from tests.portal.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-28")]


@pytest.fixture
def make_returned(make_invoice, ryd):
    """Return a function that makes a returned invoice whose only line now stands somewhere."""

    def make(invoice_date, line_status="approved"):
        invoice = make_invoice(ryd, invoice_date, 100_000, status="returned")
        line = Line.objects.create(
            authority=ryd.authority,
            module="needs_allowance",
            clinic=ryd,
            case_number="B2024-000014",
            code="815",
            text="815",
            performed_on=invoice_date,
            created_on=invoice_date,
            price=100_000,
            amount=100_000,
            status=line_status,
        )
        InvoiceRow.objects.create(invoice=invoice, line=line, kind="charge", amount=100_000, is_void=True)

    return make


def test_notices_count_and_link_to_the_filtered_list(anna, actor_of, work, make_returned, in_english):
    make_returned(dt.date(2025, 2, 28))
    make_returned(dt.date(2024, 2, 29))

    page = queries.start_page(actor_of(anna), today=TODAY)

    notices = {notice.label: (notice.count, notice.url) for notice in page.notices}
    assert notices["Returned invoices to correct"] == (1, "/invoicing/?to_correct=on&first_on=2025-02-01")
    assert notices["Listed patients whose revision ends within 30 days"] == (
        1,
        "/listings/?revision_first_on=2025-03-20&revision_last_on=2025-04-19",
    )


@pytest.mark.requirement("CO-20")
@pytest.mark.parametrize(
    ("line_status", "count"),
    [("approved", 1), ("awaiting_credit", 1), ("invoiced", 0), ("credited", 0), ("withdrawn", 0)],
)
def test_returned_invoice_is_to_correct_until_it_is_corrected(
    line_status, count, anna, actor_of, make_returned, in_english
):
    make_returned(dt.date(2025, 2, 28), line_status)

    notices = queries.start_page(actor_of(anna), today=TODAY).notices

    assert {notice.label: notice.count for notice in notices}["Returned invoices to correct"] == count


def test_counts_of_notices_are_those_of_their_lists(anna, sign_in, work, make_returned):
    make_returned(dt.date(2025, 2, 28))
    make_returned(dt.date(2025, 2, 28), "invoiced")
    client = sign_in(anna)

    for notice in client.get("/").context["page"].notices[:2]:
        assert len(client.get(notice.url).context["page"].rows) == notice.count


def test_administrator_sees_what_waits_and_what_changed(administrator, region, actor_of, in_english):
    Question.objects.create(
        authority=region,
        asked_by_id=1,
        asked_by="Anna",
        unit="1111",
        asked_at=clock.now(),
        subject="Ny",
        text="?",
    )
    actor = actor_of(administrator)
    item = NewsItem.objects.create(authority=region, title="Ny", text="Text", first_on=TODAY)
    commands.end_news_item(actor, today=TODAY, item_id=item.pk)

    page = queries.start_page(actor, today=TODAY)

    assert [(notice.count, notice.url) for notice in page.notices] == [
        (1, "/support/questions/?status=issued"),
        (0, "/invoicing/runs/"),
    ]
    assert [(change.what, change.who) for change in page.changes] == [("Ended news", "Karin Testberg")]
    assert [row.days for row in page.windows] == ["2025-03-09 - 2025-03-25", "2025-04-09 - 2025-04-25"]


def test_news_of_today_is_shown_and_no_other(anna, region, neighbour, sign_in):
    def publish(authority, title, first_on, last_on=None):
        NewsItem.objects.create(
            authority=authority, title=title, text="Text", first_on=first_on, last_on=last_on
        )

    publish(region, "Från i dag", TODAY, TODAY)
    publish(region, "Tills vidare", dt.date(2025, 1, 1))
    publish(region, "Från i morgon", TODAY + dt.timedelta(days=1))
    publish(region, "Till i går", dt.date(2025, 1, 1), TODAY - dt.timedelta(days=1))
    publish(neighbour, "Grannens", TODAY)

    news = sign_in(anna).get("/").context["page"].news

    assert [item.title for item in news] == ["Från i dag", "Tills vidare"]


def test_questions_unfold_into_their_answers(anna, region, sign_in):
    FaqEntry.objects.create(authority=region, question="Varför 0 kr?", answer="Rad ett.\n\n<b>Rad två</b>")

    text = sign_in(anna).get("/").content.decode()

    assert re.search(r"<details[^>]*><summary>Varför 0 kr\?", text)
    assert "&lt;b&gt;Rad två&lt;/b&gt;" in text
