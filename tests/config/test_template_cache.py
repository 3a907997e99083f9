from django.template.loader import render_to_string

from config import template_cache


def test_templates_stay_those_with_which_the_process_started(settings, tmp_path):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    page = tmp_path / "pages" / "report.html"
    page.parent.mkdir()
    page.write_text("of this version")
    template_cache.fill()
    page.write_text("{% load of_the_next_version %}")
    assert render_to_string("pages/report.html") == "of this version"
