from collections import defaultdict
from itertools import islice

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BATCH = 1000
HOW = [
    ("letter", "signed letter"),
    ("email", "e-mail"),
    ("in_person", "in person"),
    ("of_age", "none needed: the student is of age"),
]


def consent_in_each_course(apps, schema_editor):
    """Each consent was for all courses: it becomes one for each course that the student is in or has attended. That of a
    student without any stays as evidence."""
    Consent, CourseConsent = apps.get_model("accounts", "Consent"), apps.get_model("classroom", "CourseConsent")
    courses = defaultdict(set)
    enrolled = apps.get_model("classroom", "Enrolment").objects.values_list("student", "course")
    attended = apps.get_model("classroom", "Attendance").objects.values_list("student", "session__course").distinct()
    for student, course in [*enrolled, *attended]:
        courses[student].add(course)
    rows = (
        CourseConsent(
            student_id=consent.user_id,
            course_id=course,
            text_id=consent.text_id,
            granted_at=consent.granted_at,
            withdrawn_at=consent.withdrawn_at,
        )
        for consent in Consent.objects.order_by("pk").iterator()
        for course in sorted(courses[consent.user_id]) or [None]
    )
    while batch := list(islice(rows, BATCH)):
        CourseConsent.objects.bulk_create(batch)


def consent_for_all_courses(apps, schema_editor):
    """Who agrees in one course must not be read in others: only what holds in every course comes back as in force."""
    Consent, CourseConsent = apps.get_model("accounts", "Consent"), apps.get_model("classroom", "CourseConsent")
    given = CourseConsent.objects.order_by("student", "text", "granted_at")
    whole = defaultdict(list)
    for consent in given.iterator():
        whole[consent.student_id, consent.text_id].append(consent)
    for (student, text), consents in whole.items():
        withdrawn = [each.withdrawn_at for each in consents if each.withdrawn_at]
        granted_at = min(each.granted_at for each in consents)
        withdrawn_at = max(withdrawn) if withdrawn else None
        Consent.objects.create(user_id=student, text_id=text, granted_at=granted_at, withdrawn_at=withdrawn_at)


def user_reference(on_delete, related_name, **options):
    return models.ForeignKey(on_delete=on_delete, related_name=related_name, to=settings.AUTH_USER_MODEL, **options)


def course_reference(related_name):
    cascade = django.db.models.deletion.CASCADE
    return models.ForeignKey(
        blank=True, null=True, on_delete=cascade, related_name=related_name, to="classroom.course"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_language"),
        ("classroom", "0018_courses_administered"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("granted_at", models.DateTimeField(verbose_name="granted")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("course", course_reference("consents")),
                ("student", user_reference(django.db.models.deletion.CASCADE, "consents")),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="accounts.consenttext",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-granted_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("student", "course", "text"),
                        name="one_course_consent_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GuardianConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guardian", models.CharField(blank=True, max_length=120, verbose_name="guardian")),
                ("how", models.CharField(choices=HOW, max_length=10, verbose_name="how")),
                ("given_on", models.DateField(verbose_name="given on")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "withdrawn_how",
                    models.CharField(blank=True, choices=HOW, max_length=10, verbose_name="withdrawn how"),
                ),
                ("course", course_reference("guardian_consents")),
                (
                    "recorded_by",
                    user_reference(
                        django.db.models.deletion.SET_NULL, "guardian_consents_recorded", blank=True, null=True
                    ),
                ),
                ("student", user_reference(django.db.models.deletion.CASCADE, "guardian_consents")),
                (
                    "withdrawal_recorded_by",
                    user_reference(
                        django.db.models.deletion.SET_NULL, "guardian_withdrawals_recorded", blank=True, null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "guardian's consent",
                "verbose_name_plural": "guardians' consents",
                "ordering": ["-recorded_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("student", "course"),
                        name="one_guardian_consent_in_course",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("course", None), ("withdrawn_at", None)),
                        fields=("student",),
                        name="one_guardian_consent_for_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how", "of_age"), models.Q(("guardian", ""), _negated=True), _connector="OR"),
                        name="guardian_is_named_unless_of_age",
                    ),
                ],
            },
        ),
        migrations.RunPython(consent_in_each_course, consent_for_all_courses),
    ]
