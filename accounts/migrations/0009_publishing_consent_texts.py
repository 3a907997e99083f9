from django.db import migrations, models
from django.db.models.functions import Now
from django.utils import timezone


def apply_since_publication(apps, schema_editor):
    apps.get_model("accounts", "ConsentText").objects.update(applies_from=models.F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_school_id")]

    operations = [
        migrations.AddField(
            "consenttext",
            "translations",
            models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                verbose_name="translations",
            ),
        ),
        migrations.AddField(
            "consenttext",
            "applies_from",
            models.DateTimeField(db_default=Now(), default=timezone.now, verbose_name="applies from"),
        ),
        migrations.RunPython(apply_since_publication, migrations.RunPython.noop),
    ]
