"""What the programs need beyond NumPy. Imported first, so that a missing package is named at once."""

import importlib.util
import sys

NEEDED = {"rich": "rich", "safetensors": "safetensors", "PIL": "pillow"}

missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
if missing:
    hint = (f"{' and '.join(missing)} not found; get all that the models need with: "
            f'pip install "tinygrad-edu[models]"')
    program = getattr(sys.modules["__main__"], "__spec__", None)
    if program is not None and program.name.startswith("models."):
        raise SystemExit(hint)          # python -m models.digit: one line, no traceback
    raise ModuleNotFoundError(hint)
