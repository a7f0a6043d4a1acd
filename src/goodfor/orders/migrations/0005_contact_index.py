"""Orders can be found by the blind index of their contact. Older orders have none: it needs the installation's keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_figures")]

    operations = [
        migrations.AddField(model_name="order", name="contact_index", field=models.BinaryField(null=True)),
    ]
