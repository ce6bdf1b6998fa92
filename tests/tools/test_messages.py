"""The comparison of the program's texts with their translations misses nothing."""

from babel.messages.catalog import Catalog

from tools import messages


def catalog(**texts):
    result = Catalog()
    for text, translation in texts.items():
        result.add(text, translation)
    return result


def test_nothing_to_say_when_every_text_is_translated():
    assert messages.compare(wanted=catalog(Save=""), present=catalog(Save="Spara")) == []


def test_missing_empty_and_leftover_texts_are_named():
    wanted = catalog(Save="", Cancel="")
    present = catalog(Cancel="", Close="Stäng")

    faults = messages.compare(wanted=wanted, present=present)

    assert faults == [
        "not in locale/sv/LC_MESSAGES/django.po: 'Save'",
        "not translated: 'Cancel'",
        "left over: 'Close'",
    ]


def test_every_plural_form_is_translated():
    wanted, present = Catalog(), Catalog()
    wanted.add(("%(n)s row", "%(n)s rows"), ("", ""))
    present.add(("%(n)s row", "%(n)s rows"), ("%(n)s rad", ""))

    faults = messages.compare(wanted=wanted, present=present)

    assert faults == ["not translated: ('%(n)s row', '%(n)s rows')"]
