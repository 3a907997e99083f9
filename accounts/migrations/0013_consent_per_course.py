from django.db import migrations


class Migration(migrations.Migration):
    """Consent is for one course now: classroom has it."""

    dependencies = [
        ("accounts", "0012_invitation"),
        ("classroom", "0019_course_consents"),
    ]

    operations = [migrations.DeleteModel(name="Consent")]
