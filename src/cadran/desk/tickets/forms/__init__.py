from .acts import (
    AssignForm,
    CancelForm,
    CloseForm,
    ReopenForm,
    ResumeForm,
    StatusForm,
    SuspendForm,
)
from .base import DeskForm
from .edit import SECTIONS, EditForm
from .finish import FinishForm
from .interventions import AddInterventionForm, EditInterventionForm, NextForm, RequestsFormSet, StartForm

__all__ = [
    "SECTIONS",
    "AddInterventionForm",
    "AssignForm",
    "CancelForm",
    "CloseForm",
    "DeskForm",
    "EditForm",
    "EditInterventionForm",
    "FinishForm",
    "NextForm",
    "ReopenForm",
    "RequestsFormSet",
    "ResumeForm",
    "StartForm",
    "StatusForm",
    "SuspendForm",
]
