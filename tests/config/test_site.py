import pytest
from django.core.exceptions import ImproperlyConfigured

from config import site


@pytest.mark.parametrize(
    ("site_url", "origins", "hosts", "names"),
    [
        ("https://attune.example", ["https://attune.example"], ["attune.example"], ["attune.example"]),
        ("https://attune.example:443", ["https://attune.example"], ["attune.example"], ["attune.example"]),
        ("http://a.example:81", ["http://a.example:81"], ["a.example:81"], ["a.example"]),
        ("http://[2001:db8::1]:81", ["http://[2001:db8::1]:81"], ["[2001:db8::1]:81"], ["[2001:db8::1]"]),
        ("http://A.EXAMPLE", ["http://a.example"], ["a.example"], ["a.example"]),
    ],
)
def test_hosts_and_origins_of_a_site(site_url, origins, hosts, names):
    assert site.origins(site_url) == origins
    assert site.host_headers(origins) == hosts
    assert site.host_names(origins) == names


@pytest.mark.parametrize("name", site.LOOPBACK)
def test_site_on_this_machine_has_all_its_names_and_begins_with_the_one_given(name):
    origins = site.origins(f"http://{name}:8000")
    assert origins[0] == f"http://{name}:8000"
    assert set(site.host_headers(origins)) == {"localhost:8000", "127.0.0.1:8000", "[::1]:8000"}
    assert set(site.host_names(origins)) == {"localhost", "127.0.0.1", "[::1]"}


@pytest.mark.parametrize(
    "site_url",
    [
        *("", "attune.example", "//attune.example", "ftp://attune.example", "https://", "https://attune.example/path"),
        *(
            "https://attune.example?x",
            "https://attune.example#x",
            "https://me@attune.example",
            "https://a.example:port",
        ),
        *("https://a.example:99999", "https://[::1", "https://अट्यून.example"),
    ],
)
def test_url_that_is_no_site_is_refused_with_an_example(site_url):
    with pytest.raises(ImproperlyConfigured, match=r"must look like https://attune\.example"):
        site.origins(site_url)
