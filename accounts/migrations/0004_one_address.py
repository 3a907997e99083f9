from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower


def keep_one_address(apps, schema_editor):
    """An account has one address, in lower case. Further ones, confirmed or not, blocked their owners and could sign in."""
    User = apps.get_model("accounts", "User")
    for user in User.objects.exclude(email=Lower("email")):
        if not User.objects.filter(email=user.email.lower()).exists():
            User.objects.filter(pk=user.pk).update(email=user.email.lower())
    EmailAddress = apps.get_model("account", "EmailAddress")
    own = EmailAddress.objects.filter(email=Lower(F("user__email")))
    EmailAddress.objects.exclude(pk__in=own.values("pk")).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_security_event"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(keep_one_address, migrations.RunPython.noop)]
