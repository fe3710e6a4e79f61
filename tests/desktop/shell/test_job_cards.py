"""What a job's card says: where it runs, which attempt it is, what it waits for."""

from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.base.clock import utc_now
from workbench.desktop.context import AppContext
from workbench.desktop.shell.jobs import JobsPanel, job_sentence
from workbench.desktop.wording import moment_text
from workbench.schema import Job, JobTransition, RunStatus


def job(status: RunStatus = RunStatus.QUEUED, **values: Any) -> Job:
    given = {"run_name": "", "experiment": "flights", "project": "/p", "script": "train.py", "target": "local", **values}
    history = (JobTransition(status=status, time=utc_now()),)
    return Job(id="one", run_number=4, status=status, history=history, **given)


def test_that_a_waiting_job_says_its_place_and_what_it_waits_for() -> None:
    told = job_sentence(job(queue_position=2, reason="Waits for run 3 of flights."))
    assert told == "flights · Number 2 in the queue. Waits for run 3 of flights."
    assert "Waits until the queue of local is resumed." in job_sentence(
        job(queue_position=1, reason="Waits until the queue of local is resumed.")
    )


def test_that_the_target_and_the_attempt_are_told() -> None:
    running = job(RunStatus.RUNNING, target="gpu-box", attempt=2, attempts=3)
    assert job_sentence(running) == "flights · on gpu-box · attempt 2 of 3"
    assert job_sentence(job(RunStatus.FINISHED, attempts=3)) == "flights"


def test_that_a_job_that_is_asked_to_stop_says_so() -> None:
    assert job_sentence(job(RunStatus.RUNNING, cancel_requested=True, reason="")) == "flights · Stopping …"


def test_that_a_run_that_a_program_opened_claims_no_target() -> None:
    assert job_sentence(job(RunStatus.FINISHED, target="")) == "flights"


def test_that_a_card_shows_whole_names_and_times_in_a_narrow_panel(context: AppContext, qtbot: QtBot) -> None:
    began = utc_now() - timedelta(hours=30)
    history = tuple(
        JobTransition(status=status, time=began + timedelta(minutes=minutes))
        for status, minutes in ((RunStatus.QUEUED, 0), (RunStatus.RUNNING, 1), (RunStatus.FINISHED, 125))
    )
    panel = JobsPanel(context)
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 400)
    panel.show()
    panel._on_jobs([job(RunStatus.FINISHED, script="long_training.py").model_copy(update={"history": history})])
    card = panel._cards["one"]
    qtbot.waitUntil(lambda: card._title.text() == "long_training.py  #4", timeout=5_000)
    assert card._when.text() == "2 h 04 min"
    assert card._reason.text() == f"{moment_text(history[-1].time)} · flights"
    panel._on_jobs([job(RunStatus.RUNNING, script="long_training.py").model_copy(update={"history": history[:2]})])
    qtbot.waitUntil(lambda: card._cancel.isVisible() and card._cancel.x() > 0, timeout=5_000)
    assert card._title.text() == "long_training.py  #4"
    assert card._title.geometry().right() < card._log.x()


def test_that_cards_with_long_names_come_to_rest_at_every_size_of_the_panel(context: AppContext, qtbot: QtBot) -> None:
    """A title that asked for as much as it showed just now made the panel resize itself until the stack was full."""
    panel = JobsPanel(context)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.show()
    scripts = ("a_very_long_training_script.py", "slow.py", "another_rather_long_script_of_mine.py")
    jobs = [job(RunStatus.RUNNING, script=script, reason="word " * 12) for script in scripts]
    scrolls = set()
    for count in (1, 2, 3):
        panel._on_jobs([one.model_copy(update={"id": str(at)}) for at, one in enumerate(jobs[:count])])
        for width in (260, 300, 350, 420):
            for height in range(200, 480, 9):
                panel.resize(width, height)
                QApplication.processEvents()
                scrolls.add(panel._area.verticalScrollBar().isVisible())
                for card in panel._cards.values():
                    assert card.width() <= panel._area.viewport().width()
                    assert card._title.text().endswith("#4")
                    assert card._title.geometry().right() < card._log.x()
    assert scrolls == {True, False}
