"""What a form says of a faulty field is translated when the page is made."""

import importlib
from pathlib import Path

import pytest
from django.utils.functional import Promise

from kvitt.foundation.forms import Form

SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.requirement("CO-32")
def test_error_messages_of_forms_are_translated():
    for path in sorted(SOURCE.glob("kvitt/**/forms.py")) + sorted(SOURCE.glob("kvitt/**/forms/*.py")):
        importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))

    plain = {
        f"{form.__module__}.{form.__name__}.{name}: {code}"
        for form in _forms(Form)
        for name, field in form.base_fields.items()
        for code, message in field.error_messages.items()
        if not isinstance(message, Promise)
    }

    assert plain == set()


def _forms(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _forms(each)
