"""Dates and account numbers stand on one line wherever a sentence is broken."""

from django.utils.safestring import SafeString

from kvitt.foundation.templatetags.kvitt import whole


def test_dates_and_giro_numbers_are_not_broken():
    assert whole("inom S-tandvård") == 'inom <span class="kv-nowrap">S-tandvård</span>'
    shown = whole("Betala till 991-2346 <i> före 2024-12-24.")

    assert shown == (
        'Betala till <span class="kv-nowrap">991-2346</span> &lt;i&gt; före '
        '<span class="kv-nowrap">2024-12-24</span>.'
    )


def test_ready_html_and_text_without_numbers_stay_as_they_are():
    assert whole(SafeString("<b>2024-12-24</b>")) == "<b>2024-12-24</b>"
    assert whole("Ulla-Britt") == "Ulla-Britt"
