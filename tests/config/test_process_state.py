"""tests/process_state.py knows everything that the product's modules remember between tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.config.test_layers import PACKAGES
from tests.process_state import KEPT, RESETS
from tests.server import ROOT

CACHES = {"cache", "lru_cache"}
# The results of these do not change.
CONSTANT = {
    "Env",
    "Library",
    "ProtocolTypeRouter",
    "Signal",
    "_on_pool",
    "getLogger",
    "get_asgi_application",
    "partial",
}
MUTABLE = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
DJANGO = {"app_name", "urlpatterns", "websocket_urlpatterns"}


def called(expression: ast.expr) -> str:
    while isinstance(expression, ast.Call):
        expression = expression.func
    return expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")


def remembered_by(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Global):
            yield from node.names
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and CACHES & {called(each) for each in node.decorator_list}:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, (ast.Call, *MUTABLE)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if called(node.value) not in CONSTANT:
                yield from (name for name in names - DJANGO if name.islower() and not name.startswith("__"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_state_of_a_process_is_reset_or_kept_for_a_reason():
    paths = [
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.parent.name != "migrations"
    ]
    found = {f"{module_name(path)}.{name}" for path in paths for name in remembered_by(ast.parse(path.read_text()))}
    known = {*RESETS, *KEPT}
    assert (found - known, known - found) == (set(), set())
