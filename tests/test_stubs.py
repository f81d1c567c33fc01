"""What editors and type checkers see: every name, with named arguments and a result that is a Tensor, not Any."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tests import stubs
from tinygrad_edu import nn

PROGRAM = Path(__file__).parent / "typed_program.py"
# What has no type of its own: a number or nested lists, what was saved, what unique was asked for.
ANYTHING = {"item", "tolist", "load", "unique", "unique_consecutive", "compile", "atleast_1d",
            "atleast_2d", "atleast_3d", "get_rng_state", "type"}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return stubs.stubs()


def test_the_files_are_those_that_the_code_gives(written):
    for path, text in written.items():
        assert (stubs.FOLDER / path).read_text(encoding="utf-8") == text, f"{path} is old: run python -m tests.stubs"


def test_every_name_is_there(written):
    functions = set(_names(ast.parse(written["__init__.pyi"])))
    assert not [name for name in dir(tg) if not name.startswith("_") and name not in functions and name not in
                ("Any", "annotations")]  # fmt: skip
    (kind,) = (part for part in ast.parse(written["tensor.pyi"]).body if isinstance(part, ast.ClassDef))
    methods = set(_names(kind))
    assert not [name for name in dir(tg.Tensor) if not name.startswith("_") and name not in methods]


def _names(tree: ast.Module | ast.ClassDef):
    for part in tree.body:
        if isinstance(part, ast.AnnAssign):
            yield part.target.id
        elif isinstance(part, (ast.ImportFrom, ast.Import)):
            yield from (alias.asname or alias.name for alias in part.names)
        elif isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            yield part.name


@pytest.mark.parametrize("path", stubs.MODULES.values())
def test_functions_name_their_arguments_and_what_they_return(written, path):
    """No Any as a result, no *args where PyTorch has names. `*size` and `*tensors` are PyTorch's own."""
    vague = []
    for part in ast.walk(ast.parse(written[path])):
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("__") and part.name not in ANYTHING:
            name, arguments = part.name, part.args
            if ast.unparse(part.returns) == "Any" and not _is_the_last_overload(part):
                vague.append(f"{name} -> Any")
            if arguments.vararg is not None and arguments.vararg.arg in ("args", "rest", "arguments"):
                vague.append(f"{name}(*{arguments.vararg.arg})")
    assert not [v for v in vague if v not in KNOWN]


KNOWN = ("to(*args)", "new(*args)", "randint(*args)")  # several ways of calling each


def _is_the_last_overload(part: ast.FunctionDef) -> bool:
    return any(ast.unparse(d) == "overload" for d in part.decorator_list)


WRAPPERS = ("Module", "Sequential", "DataParallel")  # what comes out is what comes out of the layers inside
LAYERS = [n for n in nn.__all__ if isinstance(getattr(nn, n), type) and n not in WRAPPERS]


@pytest.mark.parametrize("name", LAYERS)
def test_layers_name_their_arguments_and_what_they_return(name):
    layer = getattr(nn, name)
    if issubclass(layer, nn.Module) and "forward" in vars(layer):
        assert inspect.signature(layer.forward).return_annotation not in (inspect.Signature.empty, "Any"), name


def test_help_shows_the_arguments_as_they_may_be_given():
    assert str(inspect.signature(tg.sum)) == "(input, dim=None, keepdim=False, dtype=None)"
    assert str(inspect.signature(tg.pow)) == "(input, exponent)"
    assert str(inspect.signature(tg.Tensor.add_)) == "(input, other, *, alpha=1)"
    x = tg.tensor([[1.0, 2.0]])
    assert tg.pow(input=x, exponent=2).tolist() == [[1, 4]]
    assert tg.clamp(input=x, min=1.5).tolist() == [[1.5, 2]]
    assert tg.nn.functional.linear(x, weight=x, bias=tg.ones(1)).tolist() == [[6]]
    assert tg.max(input=x, dim=1).values.tolist() == [2]


def test_a_program_passes_the_checker(tmp_path):
    """A training script as users write it: no error, and each `reveal_type` line says what its comment says."""
    api = pytest.importorskip("mypy.api")
    root = stubs.FOLDER.parent
    out, errors, _ = api.run([str(PROGRAM), "--config-file=", "--no-error-summary", "--follow-imports=silent",
                                 f"--cache-dir={root / '.mypy_cache' / 'stubs'}"])  # fmt: skip
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    wanted = [line.rpartition("#")[2].strip() for line in lines if line.startswith("reveal_type")]
    found = [line.partition('type is "')[2].rstrip('"').replace("builtins.", "").replace("tinygrad_edu.", "")
             for line in out.splitlines() if "Revealed" in line]  # fmt: skip
    assert not errors, errors
    assert [line for line in out.splitlines() if "error" in line] == []
    assert [f.replace("tensor.Tensor", "Tensor").replace("ops.order.", "") for f in found] == wanted
