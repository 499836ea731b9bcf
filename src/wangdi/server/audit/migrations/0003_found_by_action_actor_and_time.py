from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_changes_by_actor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex("change", models.Index(fields=["action", "id"], name="change_action")),
        migrations.AddIndex("change", models.Index(fields=["actor_name", "id"], name="change_actor_name")),
        migrations.AddIndex("change", models.Index(fields=["at"], name="change_at")),
    ]
