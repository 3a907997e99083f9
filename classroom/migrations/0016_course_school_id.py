from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("classroom", "0015_course_retention")]

    operations = [
        migrations.AddField(
            "course",
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
            "course",
            models.UniqueConstraint(
                condition=models.Q(("school_id", ""), _negated=True),
                fields=("school_id",),
                name="one_course_per_school_id",
                violation_error_message="Another course has this ID.",
            ),
        ),
    ]
