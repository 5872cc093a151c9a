"""The supplied profiles of an existing company get the rights that came with merging, templates, plans and sending."""

from django.db import migrations

NEW = {
    "support-agent": ("141315", "100202", "100203"),
    "team-manager": ("141315", "100203", "141312", "141313", "141314"),
    "contract-manager": ("100203", "141314"),
    "administrator": ("141312", "141313", "141314", "141315", "100203"),
}


def give(apps, schema_editor):
    for profile in apps.get_model("accounts", "Profile").objects.filter(code__in=NEW):
        missing = [code for code in NEW[profile.code] if code not in profile.rights]
        if missing:
            profile.rights = [*profile.rights, *missing]
            profile.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
