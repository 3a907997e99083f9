"""The security log becomes the audit log: whom an event concerns in columns, indexes for its pages, and a trigger that
keeps Postgres from changing a row."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import BigIntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

FUNCTION = """
create function accounts_securityevent_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('attune.retention', true) = 'on' then
        return old;
    end if;
    raise exception 'accounts_securityevent is append-only';
end
$$
"""
TRIGGER = """
create trigger append_only before update or delete on accounts_securityevent
for each row execute function accounts_securityevent_append_only()
"""


def fill_columns(apps, schema_editor):
    events = apps.get_model("accounts", "SecurityEvent").objects
    for name in ("course", "session"):
        number = Cast(KT(f"details__{name}"), BigIntegerField())
        events.filter(details__has_key=name).update(**{name: number})


def create_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(TRIGGER)


def drop_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("drop trigger append_only on accounts_securityevent")
        schema_editor.execute("drop function accounts_securityevent_append_only")


def reference(name):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name=name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_language")]

    operations = [
        migrations.AddField("securityevent", "course", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("securityevent", "session", models.PositiveBigIntegerField(null=True)),
        migrations.RunPython(fill_columns, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("securityevent", "at", models.DateTimeField()),
        migrations.AlterField("securityevent", "actor", reference("security_events_as_actor")),
        migrations.AlterField("securityevent", "subject", reference("security_events")),
        migrations.AddIndex("securityevent", models.Index(fields=["-at", "-id"], name="security_event_by_time")),
        migrations.AddIndex("securityevent", models.Index(fields=["event", "-at"], name="security_event_by_kind")),
        migrations.AddIndex("securityevent", models.Index(fields=["actor", "-at"], name="security_event_by_actor")),
        migrations.AddIndex("securityevent", models.Index(fields=["subject", "-at"], name="security_event_by_subject")),
        migrations.AddIndex("securityevent", models.Index(fields=["course", "-at"], name="security_event_by_course")),
        migrations.AddIndex("securityevent", models.Index(fields=["session", "-at"], name="security_event_by_session")),
        migrations.RunPython(create_trigger, drop_trigger),
    ]
