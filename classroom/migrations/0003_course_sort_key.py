from django.db import migrations, models

from accounts.names import sort_key


def fill_sort_keys(apps, schema_editor):
    courses = list(apps.get_model("classroom", "Course").objects.only("name"))
    for course in courses:
        course.sort_key = sort_key(course.name).encode()
    apps.get_model("classroom", "Course").objects.bulk_update(courses, ["sort_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("classroom", "0002_after_class")]

    operations = [
        migrations.AlterModelOptions(name="course", options={"ordering": ["sort_key", "pk"]}),
        migrations.AddField("course", "sort_key", models.BinaryField(db_default=b"", default=b"")),
        migrations.RunPython(fill_sort_keys, migrations.RunPython.noop),
    ]
