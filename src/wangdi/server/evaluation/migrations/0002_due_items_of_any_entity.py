"""Due items may be about entities of any register, and about single records."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0001_initial"),
        ("network", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="dueitem",
            name="entity",
            field=models.CharField(default="resident", max_length=16),
        ),
        migrations.AddField(
            model_name="dueitem",
            name="subject",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE evaluation_dueitem SET subject = resident_id", reverse_sql=migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="dueitem",
            name="subject",
            field=models.BigIntegerField(),
        ),
        migrations.AlterField(
            model_name="dueitem",
            name="resident",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="due_items",
                to="network.resident",
            ),
        ),
        migrations.AlterField(
            model_name="dueitem",
            name="step",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                fields=["entity", "subject"],
                name="dueitem_subject",
                condition=models.Q(("entity", "resident"), _negated=True),
            ),
        ),
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                fields=["step"],
                name="dueitem_record",
                condition=models.Q(("step", ""), _negated=True),
            ),
        ),
    ]
