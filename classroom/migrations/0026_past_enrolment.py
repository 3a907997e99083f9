import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def copy_removals(apps, schema_editor):
    """When these students joined is unknown, so nothing counts as missed."""
    removals = apps.get_model("classroom", "Removal").objects
    past = apps.get_model("classroom", "PastEnrolment")
    rows = removals.values_list("course_id", "student_id", "removed_at").iterator()
    past.objects.bulk_create(
        (
            past(course_id=course, student_id=student, joined_at=at, left_at=at, removed=True)
            for course, student, at in rows
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("classroom", "0025_typographic_apostrophes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PastEnrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("left_at", models.DateTimeField(verbose_name="left")),
                ("removed", models.BooleanField(verbose_name="removed")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_enrolments",
                        to="classroom.course",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_enrolments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "past enrolment",
                "verbose_name_plural": "past enrolments",
                "indexes": [models.Index(fields=["course", "student"], name="past_enrolments_of_student")],
            },
        ),
        migrations.RunPython(copy_removals, migrations.RunPython.noop, elidable=True),
    ]
