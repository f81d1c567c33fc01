"""Template, style, scripts and data become one file that needs no other, and asks for none."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PIECE = re.compile(r"<!-- (\S+\.(?:css|js)) -->")      # where a file goes; those around it say what it is


def assemble(data: dict[str, Any]) -> str:
    """The page that shows `data`."""
    page = (FOLDER / "page.html").read_text("utf-8")
    page = PIECE.sub(lambda found: (FOLDER / found[1]).read_text("utf-8").rstrip(), page)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return page.replace("<!-- data -->", text.replace("</", "<\\/").replace("<!--", "<\\u0021--"))
