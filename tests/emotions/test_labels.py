import pytest

from emotions.labels import EXPRESSIONS, by_name


def test_expressions_are_in_the_order_of_fer_2013_folders():
    assert list(EXPRESSIONS) == sorted(EXPRESSIONS)
    assert EXPRESSIONS == ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def test_by_name_keys_probabilities_by_expression():
    assert by_name([0, 0, 0, 1, 0, 0, 0])["happy"] == 1


def test_by_name_refuses_another_number_of_probabilities():
    with pytest.raises(ValueError, match="shorter"):
        by_name([1.0])
