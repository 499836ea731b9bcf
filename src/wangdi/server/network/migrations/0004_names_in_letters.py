from typing import Any

from django.db import migrations, models

from wangdi.server.network.spelling import spelled

REGISTERS = ("asset", "institution", "place", "resident", "team", "worker")
PERSONS = ("resident", "worker")
COLUMNS = {"pinyin": 200, "initials": 60}


def write_names_in_letters(apps: Any, schema_editor: Any) -> None:
    """For rows of before; each different name is read and written once."""
    for register in REGISTERS:
        table = apps.get_model("network", register)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT name FROM {table}")
            names = [name for (name,) in cursor.fetchall()]
            rows = [(*spelled(name, is_person=register in PERSONS), name) for name in names]
            cursor.executemany(f"UPDATE {table} SET pinyin = %s, initials = %s WHERE name = %s", rows)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("network", "0003_employment")]

    operations = [
        *(
            migrations.AddField(
                register, column, models.CharField(db_default="", default="", max_length=length)
            )
            for register in REGISTERS
            for column, length in COLUMNS.items()
        ),
        migrations.AddIndex(
            "resident", models.Index(fields=["name", "place", "institution"], name="resident_name")
        ),
        migrations.RunPython(write_names_in_letters, migrations.RunPython.noop, elidable=True),
        *(
            migrations.AddIndex(
                "resident", models.Index(fields=[column, "place", "institution"], name=f"resident_{column}")
            )
            for column in COLUMNS
        ),
    ]
