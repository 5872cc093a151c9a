from .business_rule import BusinessRule
from .draft import Draft
from .journal import AppendOnly, JournalEntry
from .reference import Bilingual, ReferenceQuerySet, ReferenceRow
from .scoped import Reader, ScopedQuerySet
from .searchable import Searchable, SearchableQuerySet
from .sequence import Sequence
from .stem import IndexedStem

__all__ = [
    "AppendOnly",
    "Bilingual",
    "BusinessRule",
    "Draft",
    "IndexedStem",
    "JournalEntry",
    "Reader",
    "ReferenceQuerySet",
    "ReferenceRow",
    "ScopedQuerySet",
    "Searchable",
    "SearchableQuerySet",
    "Sequence",
]
