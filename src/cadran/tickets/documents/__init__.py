"""What documents about tickets say; the drawing is `core/pdf.py`'s."""

from .service_report import Sheet, Signature, refusal_to_sign, report_name, service_report_pdf, sheet_of
from .ticket import DOCUMENT_ROWS, FaxCover, ticket_pdf

__all__ = [
    "DOCUMENT_ROWS",
    "FaxCover",
    "Sheet",
    "Signature",
    "refusal_to_sign",
    "report_name",
    "service_report_pdf",
    "sheet_of",
    "ticket_pdf",
]
