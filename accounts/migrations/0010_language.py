from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_publishing_consent_texts")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(
                blank=True,
                choices=[("en", "English"), ("hi", "Hindi")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="language",
            ),
        ),
    ]
