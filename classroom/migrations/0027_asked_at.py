from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("classroom", "0026_past_enrolment")]

    operations = [
        migrations.AddField(
            model_name="classsession",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked"),
        ),
    ]
