import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from accounts.names import clean_name, sort_key, tell_apart
from tests import factories

INVISIBLE = ["", "  ", "\u200b", "\u3164", "\u2800\u200e", "\u202e\u202c", "\u200d", "\n\t", "\u0301", "\U000e0041"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Ada\nLovelace\r\n", "Ada Lovelace"),
        ("Ada\u2028Lovelace", "Ada Lovelace"),
        ("\u202eAda\u202c", "Ada"),
        ("A\u200bd\u00ada\ufeff", "Ada"),
        ("Ada\x00\x1b[31m", "Ada[31m"),
        ("Jose\u0301", "José"),
        ("\u200dक्\u200dष\u200d", "क्\u200dष"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("O’Brien-Ñ 3", "O’Brien-Ñ 3"),
        ("🦊", "🦊"),
    ],
)
def test_clean_name_keeps_what_is_seen(typed, name):
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", INVISIBLE)
def test_clean_name_of_nothing_visible_is_empty(typed):
    assert clean_name(typed) == ""


def test_names_sort_without_case_accents_and_widths():
    names = ["Zoë", "Ørjan", "élan", "Ａda", "zoe", "Bela", "Łukasz", "आशा"]
    assert sorted(names, key=sort_key) == ["Ａda", "Bela", "élan", "Łukasz", "Ørjan", "Zoë", "zoe", "आशा"]
    assert sort_key("STRASSE") == sort_key("straße")


def test_people_of_one_name_are_told_apart_by_as_much_of_the_address_as_needed():
    assert tell_apart([("Kim", "kim@example.org")]) == ["Kim"]
    people = [("Kim", "kim@example.org"), ("Kim", "kim@example.com"), ("kim", "k.lee@example.org")]
    assert tell_apart(people) == ["Kim (kim@example.org)", "Kim (kim@example.com)", "kim (k.lee)"]


@pytest.mark.django_db
def test_namesakes_are_told_apart_from_the_second_on():
    first = factories.user(name="Asha Rao")
    assert first.display_name == "Asha Rao"
    second = factories.user(name="asha  rão")
    first.refresh_from_db()
    address = {user.pk: user.email.partition("@")[0] for user in (first, second)}
    assert first.display_name == f"Asha Rao ({address[first.pk]})"
    assert second.display_name == f"asha rão ({address[second.pk]})"


@pytest.mark.django_db
def test_a_new_name_is_no_namesakes():
    other, user = factories.user(name="Asha Rao"), factories.user(name="Asha Rao")
    user.name = "Asha Mehta"
    user.save(update_fields=["name"])
    user.refresh_from_db()
    assert (user.display_name, bytes(user.sort_key)) == ("Asha Mehta", b"asha mehta")
    other.refresh_from_db()
    assert other.display_name == "Asha Rao"


@pytest.mark.django_db
def test_the_last_of_a_name_is_shown_without_an_address():
    users = [factories.user(name="Asha Rao") for _ in range(3)]
    User.objects.get(pk=users[0].pk).delete()
    users[1].refresh_from_db()
    assert users[1].display_name == f"Asha Rao ({users[1].email.partition('@')[0]})"
    User.objects.filter(pk=users[2].pk).delete()
    users[1].refresh_from_db()
    assert users[1].display_name == "Asha Rao"


@pytest.mark.django_db
def test_users_made_together_are_told_apart():
    User.objects.bulk_create(User(email=f"s{place}@example.org", name="Kim\n", password="!") for place in (1, 2))
    names = User.objects.order_by("email").values_list("name", "display_name")
    assert list(names) == [("Kim", "Kim (s1)"), ("Kim", "Kim (s2)")]


@pytest.mark.django_db
def test_users_made_together_are_told_apart_from_those_that_were_there():
    there = factories.user(name="Kim")
    User.objects.bulk_create([User(email="s1@example.org", name="KIM", password="!")])
    there.refresh_from_db()
    account = there.email.partition("@")[0]
    assert (there.display_name, User.objects.get(email="s1@example.org").display_name) == (
        f"Kim ({account})",
        "KIM (s1)",
    )


@pytest.mark.django_db
def test_users_are_in_the_order_of_their_names():
    for name in ("zoe", "Ørjan", "élan", "Bela"):
        factories.user(name=name)
    assert [user.name for user in User.objects.all()] == ["Bela", "élan", "Ørjan", "zoe"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", INVISIBLE)
def test_stored_name_of_nothing_visible_is_the_address(typed):
    user = User.objects.create_user("ada@example.org", name=typed)
    assert (user.name, user.display_name) == ("ada", "ada")


@pytest.mark.django_db
def test_sign_up_refuses_an_invisible_name(client):
    password = factories.PASSWORD
    form = {"name": "\u3164\u200b", "email": "new@example.org", "password1": password, "password2": password}
    page = client.post(reverse("account_signup"), form)
    assert "This name has no visible character. Enter one that can be read." in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_sign_up_cleans_the_name(client):
    password = factories.PASSWORD
    form = {"name": "\u202eAda\nLovelace", "email": "new@example.org", "password1": password, "password2": password}
    client.post(reverse("account_signup"), form)
    assert User.objects.get().name == "Ada Lovelace"


@pytest.mark.django_db
def test_admin_refuses_an_invisible_name(client):
    client.force_login(factories.user("administrator"))
    student = factories.user(name="Ada")
    form = {"email": student.email, "name": "\u200b", "role": "student", "is_active": "on"}
    page = client.post(reverse("admin:accounts_user_change", args=[student.pk]), form)
    assert "This name has no visible character." in page.content.decode()
    student.refresh_from_db()
    assert student.name == "Ada"


@pytest.mark.django_db
def test_createsuperuser_refuses_an_invisible_name():
    with pytest.raises(CommandError, match="no visible character"):
        call_command("createsuperuser", "--noinput", "--email", "root@example.org", "--name", "\u200b")


@pytest.mark.django_db
def test_user_created_by_the_version_before_has_a_name_after_signing_in(client):
    user = factories.user(name="Asha Mehta")
    User.objects.filter(pk=user.pk).update(display_name="", sort_key=b"")
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    user.refresh_from_db()
    assert (user.display_name, bytes(user.sort_key)) == ("Asha Mehta", b"asha mehta")
