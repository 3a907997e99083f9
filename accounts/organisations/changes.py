"""Changes that administrators make to their organisation."""

import hashlib

from django.db import transaction

from accounts.models import Logo, Organisation
from accounts.security_log.events import Event, record


def change_looks(*, organisation: Organisation, name: str, colour: str, png: bytes | None, without_logo: bool) -> None:
    """Save the name, the colour and, unless `png` is None, the logo. The audit log records which of them changed."""
    with transaction.atomic():
        stored = Organisation.objects.select_for_update().get(pk=organisation.pk)
        key = "" if without_logo else hashlib.sha256(png).hexdigest() if png else stored.logo_key
        new = {"name": name, "colour": colour, "logo_key": key}
        changed = [field for field, value in new.items() if getattr(stored, field) != value]
        if not changed:
            return
        for field in changed:
            setattr(stored, field, new[field])
        stored.save(update_fields=changed)
        if "logo_key" in changed:
            Logo.objects.filter(organisation=stored).delete()
            if png and not without_logo:
                Logo.objects.create(organisation=stored, png=png)
        record(Event.SCHOOL_CHANGED, organisation=stored.pk, fields=changed)
