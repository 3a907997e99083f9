from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classroom", "0008_course_admission"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("student_negative", "a student's expressions stay negative"),
                    ("student_away", "a student's face is out of view for a while"),
                    ("class_negative", "many faces in the class look negative"),
                    ("presence_low", "students are leaving"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="recovered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="cleared"),
        ),
        migrations.AlterField(
            model_name="alert",
            name="recovering_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="clearing since"),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="cooldown_s",
            field=models.PositiveIntegerField(verbose_name="repeat no sooner than (seconds)"),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="enter",
            field=models.FloatField(verbose_name="fires at"),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="hold_s",
            field=models.PositiveIntegerField(verbose_name="must last (seconds)"),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("student_negative", "a student's expressions stay negative"),
                    ("student_away", "a student's face is out of view for a while"),
                    ("class_negative", "many faces in the class look negative"),
                    ("presence_low", "students are leaving"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="leave",
            field=models.FloatField(verbose_name="clears at"),
        ),
        migrations.AlterField(
            model_name="alertrule",
            name="recover_s",
            field=models.PositiveIntegerField(verbose_name="clears after (seconds)"),
        ),
        migrations.AlterField(
            model_name="classsession",
            name="closed_itself",
            field=models.BooleanField(
                default=False,
                help_text="It ended by itself after the last person had left.",
                verbose_name="ended by itself",
            ),
        ),
        migrations.AlterField(
            model_name="course",
            name="reads_faces",
            field=models.BooleanField(
                default=True,
                help_text="If this is off, no camera is used: the class runs on the students' own feedback.",
                verbose_name="reads faces",
            ),
        ),
    ]
