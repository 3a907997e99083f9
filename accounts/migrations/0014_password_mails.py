from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_consent_per_course")]

    operations = [
        migrations.AddField(
            "user", "password_mail_asked_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "user", "password_mail_sent_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "user", "password_mail_failed", models.BooleanField(db_default=False, default=False, editable=False)
        ),
    ]
