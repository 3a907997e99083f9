"""Invitations to new accounts: from the list of people, after an import, and their progress."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.sign_in.new_accounts import ask_for_mails
from classroom.infra.upload_tickets import issue_ticket
from classroom.tasks import imports, password_mails
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/administration/people/password-mails/"
PEOPLE = b"name,email\nAda,ada@school.example\nBob,bob@school.example\n"


@pytest.fixture
def admin(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


def new_person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@school.example", None, name=name)


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def sent() -> list[str]:
    password_mails.thread.wait_until_idle()
    return sorted(address for each in mail.outbox for address in each.to)


def test_selected_people_get_a_mail_and_the_page_reports_it(client, admin):
    ada, bob, known = new_person("Ada"), new_person("Bob"), factories.user()
    response = client.post(f"{PAGE}send/", {"selected": [ada.pk, known.pk]}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert messages(response) == ["1 person gets no e-mail: they can sign in already, or are deactivated."]
    assert sent() == [ada.email]
    assert "1 invitation was sent." in client.get(PAGE).text
    assert client.get(f"{PAGE}progress/").json() == {"busy": False, "done": 1, "total": 1}
    assert bob.email not in sent()


def test_everybody_whom_the_list_has_found_gets_a_mail(client, admin):
    for name in ("Ada Moss", "Bob Moss", "Cid Reed"):
        User.objects.create_user(f"{name[:3].lower()}@school.example", None, name=name)
    client.post(f"{PAGE}send/", {"everything": "on", "query": "search=moss"})
    assert sent() == ["ada@school.example", "bob@school.example"]


def test_nothing_is_sent_if_nobody_is_selected_or_needs_it(client, admin):
    assert messages(client.post(f"{PAGE}send/", follow=True)) == ["Nobody was selected."]
    response = client.post(f"{PAGE}send/", {"selected": [factories.user().pk]}, follow=True)
    assert response.redirect_chain == [("/administration/people/", 302)]
    assert sent() == []
    assert "No invitations were sent yet." in client.get(PAGE).text


def test_page_sends_what_a_stopped_server_has_left(client, admin):
    ada = new_person("Ada")
    ask_for_mails(people=[ada.pk], actor=admin, now=factories.NOW)
    assert sent() == []
    page = client.get(PAGE).text
    assert 'data-progress="/administration/people/password-mails/progress/"' in page
    assert sent() == [ada.email]


def test_mail_that_could_not_be_sent_is_sent_again(client, admin):
    ada = new_person("Ada")
    ask_for_mails(people=[ada.pk], actor=admin, now=factories.NOW)
    User.objects.filter(pk=ada.pk).update(password_mail_failed=True)
    assert ada.email in client.get(PAGE).text.partition('data-testid="failed"')[2]
    client.post(f"{PAGE}send/", {"failed": "1"})
    assert sent() == [ada.email]


def test_import_sends_nothing_by_itself_and_invites_its_new_people_once(client, admin):
    new_person("Cid")
    known = factories.user(name="Known")
    people = PEOPLE + f"Known Person,{known.email}\n".encode()
    upload = SimpleUploadedFile("people.csv", people)
    address = f"/administration/imports/upload/{issue_ticket(admin.pk)}/"
    job = client.post(address, {"files": [upload]}).url
    imports.thread.wait_until_idle()
    assert "Send invitations" not in client.get(job).text
    client.post(f"{job}invite/")
    client.post(f"{job}confirm/")
    imports.thread.wait_until_idle()
    assert sent() == []
    assert "Send invitations to 2 new people" in " ".join(client.get(job).text.split())
    for _ in range(2):
        client.post(f"{job}invite/")
    assert sent() == ["ada@school.example", "bob@school.example"]
