import pytest
from django.core.exceptions import ValidationError

from accounts.models import ConsentText


@pytest.mark.parametrize(("version", "errors"), [(1, True), (2, False)])
def test_new_text_needs_the_highest_version(db, version, errors):
    text = ConsentText(version=version, body="New words.")
    if errors:
        with pytest.raises(ValidationError):
            text.full_clean()
    else:
        text.full_clean()
