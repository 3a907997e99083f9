import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_cameras(apps, schema_editor):
    apps.get_model("classroom", "Course").objects.filter(reads_faces=True).update(mode="camera")


def restore_reads_faces(apps, schema_editor):
    apps.get_model("classroom", "Course").objects.exclude(mode="camera").update(reads_faces=False)


class Migration(migrations.Migration):
    dependencies = [
        ("classroom", "0011_students_counted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="mode",
            field=models.CharField(
                choices=[("answers", "answers only"), ("camera", "camera")],
                db_default="answers",
                default="answers",
                max_length=10,
                verbose_name="mode",
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="camera_confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="camera turned on"),
        ),
        migrations.AddField(
            model_name="course",
            name="camera_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cameras_confirmed",
                to=settings.AUTH_USER_MODEL,
                verbose_name="camera turned on by",
            ),
        ),
        migrations.RunPython(keep_cameras, restore_reads_faces),
        migrations.RemoveField(model_name="course", name="reads_faces"),
    ]
