"""Addresses of the ticket's page, its acts, its interventions and its attachments."""

from django.urls import path

from cadran.desk.tickets import converters
from cadran.desk.tickets.views import acts, attachments, editing, interventions, page

converters.register()

urlpatterns = [
    path("tickets/<ticket_number:number>/", page.ticket, name="ticket"),
    path("tickets/<ticket_number:number>/live/", page.live, name="ticket_live"),
    path("tickets/<ticket_number:number>/feed/", page.feed, name="ticket_feed"),
    path("tickets/<ticket_number:number>/notes/", page.note, name="ticket_note"),
    path("tickets/<ticket_number:number>/notes/draft/", page.note_draft, name="ticket_note_draft"),
    path("tickets/<ticket_number:number>/edit/<slug:section>/", editing.edit, name="ticket_edit"),
    path("tickets/<ticket_number:number>/take/", acts.take, name="ticket_take"),
    path("tickets/<ticket_number:number>/assign/", acts.assign, name="ticket_assign"),
    path("tickets/<ticket_number:number>/status/", acts.status, name="ticket_status"),
    path("tickets/<ticket_number:number>/suspend/", acts.suspend, name="ticket_suspend"),
    path("tickets/<ticket_number:number>/resume/", acts.resume, name="ticket_resume"),
    path("tickets/<ticket_number:number>/close/", acts.close, name="ticket_close"),
    path("tickets/<ticket_number:number>/cancel/", acts.cancel, name="ticket_cancel"),
    path("tickets/<ticket_number:number>/reopen/", acts.reopen, name="ticket_reopen"),
    path("tickets/<ticket_number:number>/interventions/add/", interventions.add, name="intervention_add"),
    path("tickets/<ticket_number:number>/interventions/<int:n>/", interventions.show, name="intervention"),
    path(
        "tickets/<ticket_number:number>/interventions/<int:n>/edit/",
        interventions.edit,
        name="intervention_edit",
    ),
    path(
        "tickets/<ticket_number:number>/interventions/<int:n>/start/",
        interventions.start,
        name="intervention_start",
    ),
    path(
        "tickets/<ticket_number:number>/interventions/<int:n>/finish/",
        interventions.finish,
        name="intervention_finish",
    ),
    path("tickets/<ticket_number:number>/attachments/", attachments.add, name="ticket_attach"),
    path("attachments/upload/", attachments.upload, name="upload"),
    path("attachments/<str:secret>/<str:name>", attachments.show, name="attachment"),
]
