from django.db import migrations, models

from accounts.time_zones import validate_time_zone


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_names")]

    operations = [
        migrations.AddField(
            "user",
            "time_zone",
            models.CharField(
                blank=True, db_default="", default="", max_length=64, validators=[validate_time_zone], verbose_name="time zone"
            ),
        ),
    ]
