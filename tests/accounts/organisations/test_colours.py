import re

import pytest

from accounts.organisations.colours import MIN_CONTRAST, SURFACES, contrast, modes_without_contrast


@pytest.mark.parametrize(
    ("colour", "modes"),
    [
        ("#1c71d8", []),
        ("#767676", []),
        ("#ffff00", ["light"]),
        ("#000080", ["dark"]),
        ("#ffffff", ["light"]),
        ("#000000", ["dark"]),
    ],
)
def test_colour_stands_out_in_both_modes_or_names_those_where_it_does_not(colour, modes):
    assert modes_without_contrast(colour) == modes


def test_no_colour_fails_in_both_modes():
    assert contrast(*SURFACES.values()) > MIN_CONTRAST**2


def test_contrast_of_black_and_white_is_21():
    assert (contrast("#000000", "#ffffff"), contrast("#808080", "#808080")) == (pytest.approx(21), 1)


def test_surfaces_are_those_of_the_style_sheet(settings):
    tokens = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    [found] = re.findall(r"--surface: light-dark\((#\w{6}), (#\w{6})\);", tokens)
    assert found == tuple(SURFACES.values())
