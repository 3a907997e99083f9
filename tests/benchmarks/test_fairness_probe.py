import json
import sys

from benchmarks import fairness_probe
from emotions.synthetic.renderings import RENDERINGS
from tests.emotions.conftest import write_fer_folder


def test_the_probe_prints_one_json_list_of_the_faces_asked_for(tmp_path, monkeypatch, capsys):
    source = write_fer_folder(tmp_path / "fer2013")
    monkeypatch.setattr(sys, "argv", ["fairness_probe.py", "--data", str(source), "--faces", "3", "--json"])
    fairness_probe.main()
    figures = json.loads(capsys.readouterr().out)
    assert [row["faces"] for row in figures] == [3] * (1 + len(RENDERINGS))
