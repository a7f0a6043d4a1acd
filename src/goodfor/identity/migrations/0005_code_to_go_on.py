"""One-time codes by which somebody goes on with what was stopped; old codes are as they were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0004_buyer_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="onetimecode", name="identity_code_purpose"),
        migrations.AddConstraint(
            model_name="onetimecode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("buyer_id__isnull", True), ("purpose", "signin")),
                    models.Q(("buyer_id__isnull", False), ("purpose__in", ("contact", "proof"))),
                    ("purpose", "goon"),
                    _connector="OR",
                ),
                name="identity_code_purpose",
            ),
        ),
    ]
