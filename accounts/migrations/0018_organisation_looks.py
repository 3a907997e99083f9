import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_lti")]

    operations = [
        # Administrators name their school, and must not learn which others there are.
        migrations.RemoveConstraint("organisation", "one_organisation_per_name"),
        migrations.AddField(
            "organisation",
            "colour",
            models.CharField(blank=True, db_default="", default="", max_length=7, verbose_name="colour"),
        ),
        migrations.AddField(
            "organisation",
            "logo_key",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("png", models.BinaryField()),
            ],
        ),
    ]
