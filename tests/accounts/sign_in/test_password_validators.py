from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.sign_in.password_validators import GuessablePasswordValidator

USER = User(email="zarathustra@school.example", name="Ångström Quetzalcoatl")


def is_refused(password: str, user: User | None = USER) -> bool:
    try:
        GuessablePasswordValidator().validate(password, user)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        *("1234567890", "qwertyuiop", "basketball", "password1234", "P@ssw0rd123", "iloveyou123", "liverpool1"),
        *("Mumbai1234", "abcdefghij", "aaaaaaaaaa", "passwordpassword", "attune2026", "letmein2026", "25.12.2010"),
        *("zarathustra1", "quetzalcoatl1", "Ångström12"),
    ],
)
def test_password_that_few_guesses_find_is_refused(password):
    assert is_refused(password)


@pytest.mark.parametrize("password", ["quiet-river-41", "x7Kq9Lm2Tz", "तीन अनोखे शब्द", "correct horse battery"])
def test_password_that_takes_many_guesses_is_accepted(password):
    assert not is_refused(password)


def test_another_person_s_name_is_no_word_of_the_user():
    assert is_refused("quetzalcoatl1", USER)
    assert not is_refused("quetzalcoatl1", User(email="zoe@school.example", name="Zoë"))


def test_validator_without_a_user_works():
    assert (is_refused("1234567890", None), is_refused("quiet-river-41", None)) == (True, False)


def test_password_of_ten_thousand_characters_is_estimated_by_its_beginning():
    assert is_refused("a" * 10_000)
    assert not is_refused("quiet-river-41" * 700)


def test_threads_do_not_mix_up_users():
    others = [User(email=f"nobody{number}@school.example", name="") for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        refused = list(threads.map(lambda user: is_refused("quetzalcoatl1", user), [USER, *others] * 4))
    assert refused == ([True] + [False] * 8) * 4
