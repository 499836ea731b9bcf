from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0002_teams_and_assets")]

    operations = [
        migrations.AddField("worker", "employed_from", models.DateField(null=True)),
        migrations.AddField("worker", "left_on", models.DateField(null=True)),
    ]
