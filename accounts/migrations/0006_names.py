from collections import defaultdict

from django.db import migrations, models

from accounts.names import clean_name, sort_key, tell_apart, validate_name


def prepare_names(apps, schema_editor):
    """Clean the names of users, and give them the texts by which they are sorted and told apart."""
    User = apps.get_model("accounts", "User")
    alike = defaultdict(list)
    for user in User.objects.only("name", "email").iterator():
        user.name = clean_name(user.name)[:120].strip() or user.email.partition("@")[0][:120]
        user.sort_key = sort_key(user.name).encode()
        alike[user.sort_key].append(user)
    for namesakes in alike.values():
        for user, shown in zip(namesakes, tell_apart([(each.name, each.email) for each in namesakes]), strict=True):
            user.display_name = shown
        User.objects.bulk_update(namesakes, ["name", "sort_key", "display_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_sign_outs_everywhere")]

    operations = [
        migrations.AlterModelOptions(name="user", options={"ordering": ["sort_key", "pk"]}),
        migrations.AddField("user", "display_name", models.CharField(db_default="", default="", editable=False, max_length=400)),
        migrations.AddField("user", "sort_key", models.BinaryField(db_default=b"", default=b"")),
        migrations.AlterField(
            "user", "name", models.CharField(max_length=120, validators=[validate_name], verbose_name="name")
        ),
        migrations.AddIndex("user", models.Index(fields=["sort_key"], name="user_by_name")),
        migrations.RunPython(prepare_names, migrations.RunPython.noop),
    ]
