"""Runs the commands of README.md and of the pages in docs/ that people write, and writes what they print below them.

    python scripts/update_readme.py

The README's table of mobile prefixes is written too. tests/test_readme.py and tests/test_docs.py fail where a page is
behind.
"""

from __future__ import annotations

import re
from pathlib import Path

from page_commands import played

from callplan.runtime.numbering import share_table

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
WRITTEN = "<!-- written by"  # in pages that another script writes as a whole
_SHARES = re.compile(r"<!-- shares -->\n.*?<!-- end of shares -->", re.DOTALL)


def pages() -> list[Path]:
    """The README and those of docs/ that people write."""
    found = (path for path in sorted((TOP / "docs").glob("*.md")) if WRITTEN not in path.read_text(encoding="utf-8"))
    return [README, *found]


def updated(page: str) -> str:
    """A page with all output, and its table of mobile prefixes, as they are now."""
    return _SHARES.sub(f"<!-- shares -->\n\n{share_table()}\n<!-- end of shares -->", played(page))


if __name__ == "__main__":
    for path in pages():
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
