"""What forms take as an amount."""

import pytest
from django.core.exceptions import ValidationError

from kvitt.foundation.forms import KronorField


@pytest.mark.parametrize("text", ["9" * 20, "-" + "9" * 30, "9" * 6000, "1,505", "x"])
def test_amount_that_cannot_be_stored_is_no_amount(text):
    with pytest.raises(ValidationError):
        KronorField().clean(text)
    assert KronorField().clean("-1 235,50") == -123_550
