"""Creating organisations, each with its own consent text."""

from django.db import transaction

from accounts.consent_texts.translation import FIRST_TEXT
from accounts.models import ConsentText, Organisation


def create_organisation(*, name: str) -> Organisation:
    """Create an organisation without people."""
    with transaction.atomic():
        organisation = Organisation.objects.create(name=name)
        ConsentText.objects.create(organisation=organisation, version=1, body=FIRST_TEXT)
    return organisation
