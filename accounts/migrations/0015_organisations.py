"""Organisations above people. Everybody belongs to the first one, which has no name."""

import django.db.models.deletion
from django.core.management.color import no_style
from django.db import migrations, models


def create_default(apps, schema_editor):
    organisation = apps.get_model("accounts", "Organisation")
    organisation.objects.create(pk=1)
    connection = schema_editor.connection
    for statement in connection.ops.sequence_reset_sql(no_style(), [organisation]):
        schema_editor.execute(statement)


def belongs_to_organisation():
    return models.ForeignKey(
        db_default=1,
        default=1,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.organisation",
        verbose_name="organisation",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_password_mails")]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["name"],
                        name="one_organisation_per_name",
                        violation_error_message="Another organisation has this name.",
                    )
                ],
            },
        ),
        migrations.RunPython(create_default, migrations.RunPython.noop),
        migrations.AddField("user", "organisation", belongs_to_organisation()),
        migrations.RemoveConstraint("user", "staff_are_administrators"),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(
                    ("is_staff", models.F("is_superuser")),
                    models.Q(("role", "administrator"), ("is_superuser", False), _connector="OR"),
                ),
                name="superusers_are_administrators",
            ),
        ),
        migrations.RemoveConstraint("user", "one_user_per_school_id"),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                condition=models.Q(("school_id", ""), _negated=True),
                fields=("organisation", "school_id"),
                name="one_user_per_school_id",
                violation_error_message="Another account has this ID.",
            ),
        ),
        migrations.AddField("invitation", "organisation", belongs_to_organisation()),
        migrations.RemoveConstraint("invitation", "one_pending_invitation"),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                fields=("organisation", "email"),
                name="one_pending_invitation",
            ),
        ),
        migrations.AddField("consenttext", "organisation", belongs_to_organisation()),
        migrations.AlterField("consenttext", "version", models.PositiveIntegerField(verbose_name="version")),
        migrations.AddConstraint(
            "consenttext",
            models.UniqueConstraint(fields=("organisation", "version"), name="one_consent_text_per_version"),
        ),
        migrations.AddField("securityevent", "organisation", models.PositiveBigIntegerField(null=True)),
        migrations.AddIndex(
            "securityevent",
            models.Index(fields=["organisation", "-at"], name="security_event_by_organisation"),
        ),
    ]
