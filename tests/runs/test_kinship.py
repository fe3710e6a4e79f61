"""What runs came from and what they went into."""

from tests.runs.making import made
from workbench.runs.store import RunStore
from workbench.schema import Artifact, DataInput, LogBatch, RunLink, SourceInput


def said(links: tuple[RunLink, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.relation, one.run.name if one.run else "", one.data.path if one.data else "", one.path) for one in links]


def test_that_a_file_leads_from_the_run_that_made_it_to_those_that_read_it(store: RunStore) -> None:
    maker, reader, other = made(store, name="maker"), made(store, name="reader"), made(store, name="other")
    store.set_artifacts(
        maker.id,
        [
            Artifact(path="clean.parquet", size=1, digest="sha256:a"),
            Artifact(path="log.txt", size=1),
            Artifact(path="x", size=2, digest="sha256:x"),
        ],
    )
    behind = DataInput(
        kind="prep", name="p", path="p.wbprep", digest="sha256:p", sources=(SourceInput(path="c", digest="sha256:a"),)
    )
    store.log_batch(reader.id, LogBatch(inputs=(behind, DataInput(kind="file", name="n", path="n.csv", digest="sha256:n"))))
    store.log_batch(other.id, LogBatch(inputs=(DataInput(kind="file", name="e", path="e.csv"),)))
    assert said(store.came_from(reader.id)) == [("data", "maker", "p.wbprep", "clean.parquet"), ("data", "", "n.csv", "")]
    assert said(store.went_into(maker.id)) == [("data", "reader", "", "clean.parquet")]
    assert said(store.came_from(other.id)) == [("data", "", "e.csv", "")]
    assert store.came_from(maker.id) == store.went_into(reader.id) == ()


def test_that_parents_and_reused_results_are_links_in_both_directions(store: RunStore) -> None:
    sweep = made(store, name="sweep")
    trial = made(store, name="trial", parent_id=sweep.id)
    again = made(store, name="again", result_of=trial.id)
    assert said(store.came_from(trial.id)) == [("parent", "sweep", "", "")]
    assert said(store.went_into(sweep.id)) == [("child", "trial", "", "")]
    assert said(store.came_from(again.id)) == [("result", "trial", "", "")]
    assert said(store.went_into(trial.id)) == [("result", "again", "", "")]
    store.trash(sweep.id)
    store.empty_trash()
    assert store.came_from(again.id) == ()
