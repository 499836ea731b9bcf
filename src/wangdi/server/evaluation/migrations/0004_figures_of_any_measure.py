"""Figures of any measure: fractions, without a denominator, broken down by category."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0003_periods"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="figure", name="figure_place"),
        migrations.RemoveIndex(model_name="figure", name="figure_institution"),
        migrations.AddField(
            model_name="figure",
            name="dimension",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="figure",
            name="category",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="figure",
            name="numerator",
            field=models.FloatField(),
        ),
        migrations.AlterField(
            model_name="figure",
            name="denominator",
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(fields=["place", "dimension", "indicator", "as_of"], name="figure_of_place"),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                fields=["institution", "dimension", "indicator", "as_of"], name="figure_of_institution"
            ),
        ),
    ]
