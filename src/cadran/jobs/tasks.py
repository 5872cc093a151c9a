"""Housekeeping of the job table itself."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from cadran.jobs.models import Job
from cadran.jobs.periodic import periodic

KEPT = timedelta(days=14)


@periodic(every=timedelta(hours=1))
@task()
def forget_old_jobs() -> int:
    """Delete jobs that ended more than 14 days ago; return how many."""
    deleted, _by_model = Job.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()
    return deleted
