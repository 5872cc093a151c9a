"""Everything that can be set from outside, in one schema; `docs/configuration.md` is generated from it."""

import os
import secrets
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: The folder that holds `src/` when Cadran runs from a checkout; elsewhere the working folder.
CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path.cwd()


def variable(name: str, default: Any, description: str, **more: Any) -> Any:
    """One environment variable: its full name, default and a sentence for the reference table."""
    return Field(default=default, validation_alias=AliasChoices(name), description=description, **more)


class Environment(BaseSettings):
    """The environment variables Cadran reads. Unknown variables are none of its business."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=True)

    host: str = variable("HOST", "127.0.0.1", "Address to listen on; `0.0.0.0` for every network card.")
    port: int = variable("PORT", 8000, "Port to listen on.", ge=1, le=65535)
    data: Path = variable(
        "CADRAN_DATA",
        HOME / "data",
        "Folder of the embedded database, uploaded files, the secret key and collected static files.",
    )
    database_url: str = variable(
        "DATABASE_URL",
        "",
        "PostgreSQL as `postgres://user:password@host:5432/name`. "
        "Empty: the embedded SQLite database in `CADRAN_DATA`.",
    )
    database_pool: int = variable(
        "CADRAN_DATABASE_POOL",
        10,
        "Most PostgreSQL connections one process keeps open; 0 opens one per thread without a pool.",
        ge=0,
        le=500,
    )
    secret_key: str = variable(
        "CADRAN_SECRET_KEY",
        "",
        "Key that signs sessions and links, 32 characters or more. Empty: made once and kept in "
        "`CADRAN_DATA/secret.key`. Several web processes on several machines must share one.",
    )
    debug: bool = variable(
        "CADRAN_DEBUG", False, "Error pages with details and templates read anew; never in production."
    )
    base_url: str = variable(
        "CADRAN_BASE_URL",
        "",
        "Address people type to reach Cadran, used in links; with `https://` cookies and pages are "
        "kept to HTTPS. Empty: `http://HOST:PORT`.",
    )
    allowed_hosts: str = variable(
        "CADRAN_ALLOWED_HOSTS",
        "",
        "Further host names to answer to, with commas between. The host of `CADRAN_BASE_URL`, "
        "`localhost` and `127.0.0.1` are always answered.",
    )
    trust_proxy: bool = variable(
        "CADRAN_TRUST_PROXY",
        False,
        "Believe what the proxy says in `X-Forwarded-Proto` (whether people came by HTTPS) and `X-Forwarded-For` "
        "(their address, by which sign-in attempts are limited). Only behind a proxy that always sets both itself.",
    )
    time_zone: str = variable(
        "CADRAN_TIME_ZONE", "Europe/Paris", "Time zone for people who have not chosen their own."
    )
    language: Literal["en", "fr"] = variable(
        "CADRAN_LANGUAGE",
        "en",
        "Language when neither the person nor the browser asks for one Cadran speaks.",
    )
    worker_threads: int = variable(
        "CADRAN_WORKER_THREADS", 2, "Threads for background work in one `serve` or `worker`.", ge=1, le=64
    )
    web_threads: int = variable(
        "CADRAN_WEB_THREADS", 8, "Requests answered at the same time by one `serve`.", ge=1, le=256
    )
    fonts: str = variable(
        "CADRAN_FONTS",
        "",
        "Folder of further fonts for PDFs, for texts in scripts that the fonts supplied lack (Chinese, Japanese, "
        "Arabic …): `/usr/share/fonts` once a package with such fonts is installed. The same on every machine.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = variable(
        "CADRAN_LOG_LEVEL", "WARNING", "Least grave log line to write."
    )
    log_format: Literal["text", "json"] = variable(
        "CADRAN_LOG_FORMAT", "text", "`text` for people, `json` for a log collector."
    )

    @field_validator("data", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url", mode="after")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and value.split(":", 1)[0] not in {"postgres", "postgresql", "sqlite"}:
            raise ValueError("it must begin with postgres://, postgresql:// or sqlite://")
        return value

    @field_validator("fonts", mode="after")
    @classmethod
    def _a_folder(cls, value: str) -> str:
        if value and not Path(value).is_dir():
            raise ValueError("there is no such folder")
        return value

    @field_validator("secret_key", mode="after")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("it must have 32 characters or more")
        return value

    @field_validator("base_url", mode="after")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return value.rstrip("/")

    @property
    def address(self) -> str:
        """Where people reach this Cadran, without a slash at the end."""
        if self.base_url:
            return self.base_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


class BadEnvironment(Exception):
    """An environment variable has a value Cadran cannot use; the message names each and says why."""


def read_environment() -> Environment:
    """Read and check the environment.

    Raises BadEnvironment with one sentence per wrong variable.
    """
    try:
        return Environment()
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = str(problem["loc"][0])
            reason = problem["msg"].removeprefix("Value error, ")
            reason = reason[:1].lower() + reason[1:]
            lines.append(f"The variable {name} has a value Cadran cannot use: {reason}.")
        raise BadEnvironment("\n".join(lines)) from None


def secret_key(environment: Environment) -> str:
    """The given key, or the one in `CADRAN_DATA/secret.key`, made at the first call (mode 0600).

    Two processes starting together agree: the file is created exclusively, the loser reads the winner's.
    """
    if environment.secret_key:
        return environment.secret_key
    path = environment.data / "secret.key"
    try:
        found = path.read_text("ascii").strip()
        if found:
            return found
        path.unlink()
    except FileNotFoundError:
        pass
    environment.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret.key.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48) + "\n", "ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text("ascii").strip()
