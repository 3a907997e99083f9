from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_time_zone")]

    operations = [
        migrations.AddField(
            "user",
            "school_id",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="As the school's files have it.",
                max_length=64,
                verbose_name="school's ID",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                condition=~models.Q(school_id=""),
                fields=["school_id"],
                name="one_user_per_school_id",
                violation_error_message="Another account has this ID.",
            ),
        ),
    ]
