import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("network", "0004_names_in_letters"),
        ("records", "0003_kinds_about_teams_and_assets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(default="", max_length=64)),
                ("record_id", models.CharField(default="", max_length=64)),
                ("standard", models.CharField(default="", max_length=64)),
                ("year", models.IntegerField(default=0)),
                ("clause", models.CharField(default="", max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.change"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.institution",
                    ),
                ),
                (
                    "withdrawn",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.change",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "record_id"], name="evidence_record"),
                    models.Index(fields=["institution", "standard", "year"], name="evidence_clause"),
                ]
            },
        )
    ]
