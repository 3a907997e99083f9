"""Organisations above courses and terms."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


def belongs_to_organisation():
    return models.ForeignKey(
        db_default=1,
        default=1,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.organisation",
        verbose_name="organisation",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_organisations"), ("classroom", "0021_anonymous_courses")]

    operations = [
        migrations.AddField("course", "organisation", belongs_to_organisation()),
        migrations.RemoveConstraint("course", "one_course_per_school_id"),
        migrations.AddConstraint(
            "course",
            models.UniqueConstraint(
                condition=models.Q(("school_id", ""), _negated=True),
                fields=("organisation", "school_id"),
                name="one_course_per_school_id",
                violation_error_message="Another course has this ID.",
            ),
        ),
        migrations.AddField("term", "organisation", belongs_to_organisation()),
        migrations.RemoveConstraint("term", "one_term_per_name"),
        migrations.AddConstraint(
            "term",
            models.UniqueConstraint(
                models.F("organisation"),
                Lower("name"),
                name="one_term_per_name",
                violation_error_message="Another term has this name.",
            ),
        ),
    ]
