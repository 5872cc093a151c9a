"""Structured log lines through structlog, for Cadran's own loggers and everybody else's alike."""

import logging.config
from typing import Any

import structlog


def logging_settings(*, level: str, form: str, debug: bool) -> dict[str, Any]:
    """Configure logging to standard error and return the dictConfig used.

    `form` is `text` or `json`. Tracebacks are plain outside debugging: structlog's rich ones print
    local variables, which may hold what a customer wrote.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    tail: list[Any]
    if form == "json":
        tail = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.default_exception_formatter if debug else structlog.dev.plain_traceback
        tail = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # A page not found or refused is the visitor's business, not the operator's.
            "django.request": {"level": "ERROR" if level == "WARNING" else level},
            "django": {"level": level},
            "cadran": {"level": level},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return config
