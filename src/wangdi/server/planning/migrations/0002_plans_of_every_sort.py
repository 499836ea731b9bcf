"""Plans of postings become plans of every sort."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0001_posting_plans"),
    ]

    operations = [
        migrations.RenameModel("PostingPlan", "KeptPlan"),
        migrations.AddField(
            "keptplan",
            "sort",
            models.CharField(
                choices=[
                    ("dispatch", "Dispatch"),
                    ("reach", "Reach"),
                    ("sites", "Sites"),
                    ("routes", "Routes"),
                ],
                default="dispatch",
                max_length=16,
            ),
        ),
        migrations.AlterField("keptplan", "ends", models.DateField(null=True)),
    ]
