import pytest

from benchmarks.live_page import Load, Running, load_row, median_load, running_row
from benchmarks.revisions import ROOT, _environment, _files


def test_load_counts_by_the_median_of_each_figure():
    loads = [Load(5, 40.0, 100.0, 23, 2.0), Load(5, 44.0, 90.0, 25, 9.0), Load(6, 41.0, 95.0, 24, 2.5)]
    assert median_load(loads) == Load(5, 41.0, 95.0, 24, 2.5)


def test_rows_show_figures_and_a_page_that_need_not_scroll():
    assert (
        load_row("530e5a6", 300, Load(51, 278.4, 365.0, 67, 3.916)) == "| 530e5a6 | 300 | 67 | 51 | 278 | 365 | 3.92 |"
    )
    scrolled = Running(
        cpu=0.0321, layout=0.006, process=0.054, scrolled_px=9000, frames_per_s=56.52, longest_gap_ms=50.0
    )
    assert running_row(".", 30, scrolled) == "| . | 30 | 3.2 % | 0.6 % | 5.4 % | 9000 | 56.5 | 50 |"
    still = Running(cpu=0.0321, layout=0.006, process=0.054, scrolled_px=0, frames_per_s=None, longest_gap_ms=None)
    assert running_row(".", 30, still) == "| . | 30 | 3.2 % | 0.6 % | 5.4 % | 0 | – | – |"


def test_working_tree_is_served_where_it_is(tmp_path):
    with _files(".", tmp_path) as folder:
        assert folder == ROOT


@pytest.mark.parametrize(("is_collected", "hashed"), [(True, "1"), (False, "0")])
def test_server_has_its_own_database_and_files(tmp_path, monkeypatch, is_collected, hashed):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
    env = _environment("http://127.0.0.1:1", tmp_path, is_collected=is_collected)
    assert env["STATIC_HASHED"] == hashed
    assert env["SQLITE_PATH"] == str(tmp_path / "db.sqlite3")
    assert "DATABASE_URL" not in env
