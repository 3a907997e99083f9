import gzip

import pytest
from django.urls import reverse


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "hi"])
def test_page_loads_the_catalogue_of_its_language(client, language):
    client.cookies["django_language"] = language
    assert f'<script src="/jsi18n/{language}/" defer></script>' in client.get("/privacy/").content.decode()


def test_catalogue_is_in_the_language_of_its_url(client):
    client.cookies["django_language"] = "en"
    response = client.get(reverse("script_texts", args=["hi"]))
    assert (response["Content-Type"], response["Content-Language"]) == ('text/javascript; charset="utf-8"', "hi")
    assert r'"Connecting": "\u091c\u0941\u0921\u093c \u0930\u0939\u093e \u0939\u0948"' in response.content.decode()


def test_english_catalogue_has_no_other_language(client):
    assert "\\u09" not in client.get(reverse("script_texts", args=["en"])).content.decode()


def test_catalogue_is_cached_for_an_hour(client):
    assert client.get(reverse("script_texts", args=["hi"]))["Cache-Control"] == "public, max-age=3600"


def test_catalogue_is_compressed_for_browsers_that_can_read_it(client):
    plain = client.get(reverse("script_texts", args=["hi"]))
    compressed = client.get(reverse("script_texts", args=["hi"]), headers={"Accept-Encoding": "gzip"})
    assert not plain.has_header("Content-Encoding")
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content


def test_catalogue_leaves_out_the_texts_of_the_admin(client):
    assert '"Available %s"' not in client.get(reverse("script_texts", args=["hi"])).content.decode()


def test_unknown_language_is_not_found(client):
    assert client.get(reverse("script_texts", args=["tlh"])).status_code == 404


def test_catalogue_refuses_other_methods_than_get(client):
    assert client.post(reverse("script_texts", args=["hi"])).status_code == 405
