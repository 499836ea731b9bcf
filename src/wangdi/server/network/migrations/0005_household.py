from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0004_names_in_letters")]

    operations = [
        migrations.AddField(
            model_name="resident",
            name="household",
            field=models.CharField(max_length=64, null=True),
        ),
    ]
