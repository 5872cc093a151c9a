"""Cadran's own settings, in surroundings made for tests: own folder, known key, quick passwords."""

import os
import tempfile
from pathlib import Path

os.environ["CADRAN_DATA"] = tempfile.mkdtemp(prefix="cadran-tests-")
os.environ["CADRAN_SECRET_KEY"] = "only-for-tests-" + "x" * 32
os.environ["CADRAN_DATABASE_POOL"] = "0"
for name in ("CADRAN_BASE_URL", "CADRAN_ALLOWED_HOSTS", "CADRAN_DEBUG", "PORT", "HOST", "CADRAN_LANGUAGE"):
    os.environ.pop(name, None)

from cadran.settings import *  # noqa: E402, F403
from cadran.settings import CADRAN_DATA, DATABASES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of one test must see one database. Nothing here needs to survive.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": str(Path(CADRAN_DATA) / "tests.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
else:
    # The same for PostgreSQL: a commit does not wait for the disk.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
