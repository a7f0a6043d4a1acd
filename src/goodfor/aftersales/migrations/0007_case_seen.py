from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="seen",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
