import json
import logging
import sys

from benchmarks import fairness_probe
from benchmarks.fer_options import read_options
from emotions.synthetic.renderings import RENDERINGS
from tests.emotions.conftest import write_fer_folder


def test_the_probe_prints_one_json_list_of_the_faces_asked_for(tmp_path, monkeypatch, capsys):
    source = write_fer_folder(tmp_path / "fer2013")
    monkeypatch.setattr(sys, "argv", ["fairness_probe.py", "--data", str(source), "--faces", "3", "--json"])
    fairness_probe.main()
    figures = json.loads(capsys.readouterr().out)
    assert [row["faces"] for row in figures] == [3] * (1 + len(RENDERINGS))


def test_handlers_of_other_libraries_stay_open(tmp_path, monkeypatch):
    """absl's handler closes the file it writes to, which everybody shares under pytest."""

    class Handler(logging.Handler):
        is_closed = False

        def close(self) -> None:
            self.is_closed = True
            super().close()

    handler = Handler()
    monkeypatch.setattr(sys, "argv", ["fairness_probe.py", "--data", str(tmp_path)])
    read_options(None, faces=3)
    assert not handler.is_closed
