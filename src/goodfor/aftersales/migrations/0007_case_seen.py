from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0006_promises_kept")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="seen",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
