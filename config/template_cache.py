from pathlib import Path

from django.conf import settings
from django.template.loader import get_template


def fill() -> None:
    """Load all templates of the product. During an upgrade the files are the next version's before this process ends;
    it would load those that it has not used so far, and they name scripts and pages that it does not have."""
    folders: list[Path] = settings.TEMPLATES[0]["DIRS"]  # type: ignore[assignment]  # of components.TEMPLATES
    for folder in folders:
        # Not the temporary files of an editor.
        for path in (*folder.rglob("*.html"), *folder.rglob("*.txt")):
            get_template(str(path.relative_to(folder)))
