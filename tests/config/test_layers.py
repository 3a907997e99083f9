"""Every module is in a layer of the import contract in pyproject.toml, and no imports form a cycle, including those
only for type checking."""

import pkgutil
import tomllib
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from tests.server import ROOT

PACKAGES = ("accounts", "classroom", "config", "emotions")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = {container: contract for contract in CONTRACTS for container in contract.get("containers", ())}


def named_in(contract: dict) -> set[str]:
    layers = " ".join(contract["layers"]).replace("|", " ").replace(":", " ").split()
    return {layer.strip("()") for layer in layers} | set(contract.get("exhaustive_ignores", ()))


def test_every_package_has_layers():
    assert set(PACKAGES) <= set(LAYERS)


@pytest.mark.parametrize("package", sorted(LAYERS))
def test_every_module_stands_in_a_layer(package):
    folder = ROOT / package.replace(".", "/")
    modules = {module.name for module in pkgutil.iter_modules([str(folder)])}
    assert modules - named_in(LAYERS[package]) == set()


@pytest.mark.parametrize("package", sorted(LAYERS))
def test_import_linter_rejects_modules_outside_the_layers(package):
    assert LAYERS[package].get("exhaustive")


def test_no_imports_form_a_cycle():
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])), pytrace=False)
