"""What the programs need beyond NumPy. Imported first, so that a missing package is named at once."""

import importlib.util
import sys

NEEDED = {"rich": "rich", "safetensors": "safetensors", "PIL": "pillow"}
TO_PLOT = {"matplotlib": "matplotlib"}      # what `plotting` needs besides; it asks for it


def need(packages: dict[str, str]) -> None:
    """See that they are there: the names that Python imports, and those that pip installs."""
    missing = [package for module, package in packages.items() if importlib.util.find_spec(module) is None]
    if not missing:
        return
    hint = (f"{' and '.join(missing)} not found; get all that the models need with: "
            f'pip install "tinygrad-edu[models]"')
    program = getattr(sys.modules["__main__"], "__spec__", None)
    if program is not None and program.name.startswith("models."):
        raise SystemExit(hint)          # python -m models.digit: one line, no traceback
    raise ModuleNotFoundError(hint)


need(NEEDED)
