import pytest
from django.template import Context, Template

from config.script_modules import imported_by, module_graph

# The start imports the two in the middle, both of which import the end, which imports the start again.
SOURCES = {
    "start.js": 'import { a } from "./lib/left.js";\nimport {\n  b,\n} from "./lib/right.js";\nimport "./effect.js";\n',
    "lib/left.js": '// import { x } from "./comment.js";\nimport { d } from "../end.js";\n',
    "lib/right.js": 'export { d } from "../end.js";\nconst text = `from "./text.js";`;\n',
    "effect.js": "export const e = 1;\n",
    "end.js": 'import { start } from "./start.js";\nexport const d = start;\n',
}


@pytest.fixture
def folder(tmp_path, settings):
    for name, source in SOURCES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    settings.SCRIPTS_FOLDER = tmp_path
    return tmp_path


def test_imports_are_those_of_statements(folder):
    found = [path.relative_to(folder).as_posix() for path in imported_by(folder / "start.js")]
    assert found == ["lib/left.js", "lib/right.js", "effect.js"]
    assert imported_by(folder / "lib" / "left.js") == [folder / "end.js"]
    assert imported_by(folder / "lib" / "right.js") == [folder / "end.js"]


def test_graph_has_each_module_once_and_ends_where_modules_import_each_other(folder):
    names = [path.relative_to(folder).as_posix() for path in module_graph(folder / "start.js")]
    assert names == ["lib/left.js", "lib/right.js", "effect.js", "end.js", "start.js"]


def test_module_that_is_served_as_it_is_comes_with_hints_for_all_it_imports(folder):
    html = Template('{% load scripts %}{% module_script "js/lib/left.js" %}').render(Context())
    names = ["end.js", "start.js", "lib/left.js", "lib/right.js", "effect.js"]
    hints = "".join(f'<link rel="modulepreload" href="/static/js/{name}">\n' for name in names)
    assert html == f'{hints}<script type="module" src="/static/js/lib/left.js"></script>'


def test_collected_module_needs_no_hints(folder, settings):
    settings.STATIC_HASHED = True
    html = Template('{% load scripts %}{% module_script "js/lib/left.js" %}').render(Context())
    assert html == '<script type="module" src="/static/js/lib/left.js"></script>'
