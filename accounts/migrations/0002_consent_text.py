from django.db import migrations

BODY = """\
While you are in a class session with your camera switched on here, your browser sends a small picture of you to this \
server about every second and a half. A program looks for a face in it and estimates which of seven expressions it \
shows: angry, disgust, fear, happy, neutral, sad or surprise.

The picture itself is thrown away at once: it is never saved, and no person sees it. What is saved is the estimate: \
the time, the seven numbers, where in the picture the face was, and how bright and sharp it was.

Your teacher sees your estimate during the session and afterwards, and so do you. Other students do not. It is used \
to tune the lesson. It is never a grade and plays no part in one.

The estimate is often wrong. A face is not a feeling, and the program is less sure with some faces, in poor light and \
with covered faces.

You decide. You can take part in the class without agreeing, pause the camera at any moment, and withdraw your \
consent whenever you like. You can also delete everything that was recorded about you.
"""


def publish_first_text(apps, schema_editor):
    apps.get_model("accounts", "ConsentText").objects.create(version=1, body=BODY)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(publish_first_text, migrations.RunPython.noop)]
