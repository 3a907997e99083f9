from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_organisation_looks")]

    operations = [
        migrations.AddField(
            "organisation",
            "retention_days",
            models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
    ]
