import pytest

from classroom.consumers import close_codes

CODES = {name: code for name, code in vars(close_codes).items() if name.isupper()}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_code_may_be_sent_by_a_server(code):
    """Other codes are reserved for the protocol. Daphne refuses to send them and leaves the socket open."""
    assert code == 1000 or 3000 <= code < 5000
