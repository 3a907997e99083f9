import sys

from emotions.training.report import reporting


def test_bar_and_lines_of_a_terminal_leave_the_standard_output_to_the_result(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with reporting("training", 2) as listener:
        listener.step()
        listener.line("epoch 1: loss 2.0")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "epoch" in printed.err  # in colours
