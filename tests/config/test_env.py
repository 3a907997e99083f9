import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env


def number(name: str, value: str | None, *, default: int = 7) -> int:
    return given(**({} if value is None else {name: value})).number(name, default=default)


@pytest.mark.parametrize(("value", "result"), [(None, 7), ("0", 0), ("30", 30), (" 36500 ", 36_500)])
def test_a_number_within_its_bounds_is_taken(value, result):
    assert number("RETENTION_DAYS", value) == result


@pytest.mark.parametrize("value", ["-1", "999999", "", "never", "1.5"])
def test_a_number_of_days_that_would_delete_too_much_or_never_end_is_refused(value):
    with pytest.raises(ImproperlyConfigured) as raised:
        number("RETENTION_DAYS", value)
    assert str(raised.value) == f"RETENTION_DAYS is {value!r}. Set it to a whole number from 0 to 36500, or unset it."


@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("SECURITY_LOG_DAYS", "-1", "from 0 to 36500"),
        ("SESSION_SILENCE_MINUTES", "0", "from 1 to 52560000"),
        ("SESSION_IDLE_HOURS", "0", "from 1 to 876000"),
        ("SNAPSHOT_INTERVAL_MS", "2", "of at least 50"),
        ("ANALYSIS_THREADS", "0", "of at least 1"),
        ("KEPT_READINGS_MAX", "-5", "of at least 0"),
    ],
)
def test_other_numbers_have_bounds_too(name, value, range_):
    with pytest.raises(ImproperlyConfigured, match=f"{name} is '{value}'. Set it to a whole number {range_}, "):
        number(name, value)


@pytest.mark.parametrize(
    ("text", "is_on"),
    [(None, True), ("1", True), ("True", True), (" on ", True), ("0", False), ("off", False), ("", False)],
)
def test_a_switch_is_on_or_off(text, is_on):
    assert switch(text) is is_on


def test_a_switch_that_says_neither_is_refused():
    with pytest.raises(
        ImproperlyConfigured, match=r"HTTPS is 'enabled'. Set it to 1 \(on\) or 0 \(off\), or unset it."
    ):
        switch("enabled")


@pytest.mark.parametrize(
    ("setting", "choices"),
    [
        ("SIGN_UP", "open, join_code, invitation, closed"),
        ("LTI_NEW_ACCOUNTS", "everybody, students, nobody"),
        ("ACCOUNT_EMAIL_VERIFICATION", "none, optional, mandatory"),
        ("FACE_DETECTOR", "blazeface, haar"),
        ("LOG_LEVEL", "DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("REDIS_CERTIFICATE", "required, optional, none"),
    ],
)
def test_unknown_choice_is_an_error(setting, choices):
    last = choices.split(", ")[-1]
    assert given(**{setting: last}).choice(setting, default="") == last
    with pytest.raises(ImproperlyConfigured, match=f"^{setting} is 'everyone'. Set it to one of {choices}.$"):
        given(**{setting: "everyone"}).choice(setting, default=last)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "Europe", "/etc/localtime", "../UTC"])
def test_unknown_time_zone_is_an_error(zone):
    assert given().time_zone("TIME_ZONE", default="Asia/Kolkata") == "Asia/Kolkata"
    with pytest.raises(ImproperlyConfigured, match=f"^TIME_ZONE is '{zone}'. Set it to a name such as Europe/Berlin.$"):
        given(TIME_ZONE=zone).time_zone("TIME_ZONE", default="UTC")


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("sqlite:////data/attune.sqlite3", "DATABASE_URL does not begin with postgres://. For SQLite, set"),
        ("mysql://u:secret@db.example/attune", "DATABASE_URL does not begin with postgres://"),
        ("db.example/attune", "DATABASE_URL does not begin with postgres://"),
        ("postgres://u:p@db.example:secret/attune", "DATABASE_URL is not a URL. Percent-encode"),
    ],
)
def test_url_of_another_database_is_refused_without_its_password(url, refusal):
    with pytest.raises(ImproperlyConfigured, match=f"^{refusal}") as raised:
        given(DATABASE_URL=url).db("DATABASE_URL")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("mail.school.example:587", "EMAIL_URL does not begin with smtp://"),
        ("smtp+tls://u:p@mail.school.example:secret", "EMAIL_URL is not a URL. Percent-encode"),
    ],
)
def test_url_that_names_no_mail_server_is_refused(url, refusal):
    with pytest.raises(ImproperlyConfigured, match=f"^{refusal}") as raised:
        given(EMAIL_URL=url).email("EMAIL_URL", default="consolemail://")
    assert "secret" not in str(raised.value)


def test_url_that_names_no_redis_is_refused():
    assert given().redis("REDIS_URL", default="") == ""
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL does not begin with redis:"):
        given(REDIS_URL="cache.example:6379").redis("REDIS_URL", default="")


def test_file_of_settings_may_begin_with_a_byte_order_mark(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("SIGN_UP=closed\n", encoding="utf-8-sig")
    monkeypatch.setattr(Env, "ENVIRON", {})
    Env.read_file(file)
    assert Env.ENVIRON == {"SIGN_UP": "closed"}
    Env.read_file(tmp_path / "none")


def given(**values: str) -> Env:
    env = Env()
    env.ENVIRON = values
    return env


def switch(text: str | None) -> bool:
    return given(**({} if text is None else {"HTTPS": text})).bool("HTTPS", default=True)
