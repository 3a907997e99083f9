from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from classroom.domain.personal_data.declarations import kept_text
from classroom.domain.personal_data.registry import REGISTRY


class Command(BaseCommand):
    help = "Print the records of processing: what each table holds about people, why, how long, and how it is erased."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("| table | what | why | kept | erased | download |")
        self.stdout.write("| --- | --- | --- | --- | --- | --- |")
        for declaration in REGISTRY:
            for data in declaration.data:
                download = f"`{data.section}`" if data.section else f"no: {data.withheld}"
                cells = (
                    data.what,
                    data.why,
                    kept_text(data.kept, class_days=settings.RETENTION_DAYS),
                    data.erased.label,
                    download,
                )
                self.stdout.write(f"| `{declaration.model._meta.db_table}` | {' | '.join(map(str, cells))} |")
