"""Publishers that misbehave: the same rows as without faults, or a named failure and the last good data."""

import os
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import pytest
from polars.testing import assert_frame_equal
from simulator import faults, soak
from simulator.plans import Plan, drawn, job_of, refreshed, rows
from simulator.publishers import PUBLISHERS, power_us
from simulator.server import Simulator, rerouted
from simulator.trials import PARTLY, REFUSED, clean, tried

from indicia.cli import work
from indicia.sources import limits

TRIALS = int(os.environ.get("INDICIA_FAULT_PLANS", "40"))
OWN = [(p, kind) for p in PUBLISHERS for kind in p.own if kind not in power_us.ZIP_FAULTS]
READ_ALL_THE_SAME = "a second member"  # the member that is promised is there
PLANS = [(p, n) for n in range(TRIALS) for p in [PUBLISHERS[n % len(PUBLISHERS)]]]


@pytest.fixture(scope="session")
def ended(request):
    """All plans that were selected, run in two processes: what went wrong, by publisher and seed."""
    chosen = {p: [] for p in PUBLISHERS}
    for item in request.session.items:
        said = getattr(item, "callspec", None)
        if said and item.function is test_no_fault_loses_or_doubles_a_row:
            chosen[said.params["publisher"]].append(said.params["seed"])
    _, problems = soak.run(chosen)
    return problems


@pytest.mark.slow
@pytest.mark.parametrize(("publisher", "seed"), PLANS, ids=lambda v: getattr(v, "job", str(v)))
def test_no_fault_loses_or_doubles_a_row(publisher, seed, ended):
    problem = ended.get((publisher.job, seed))
    assert problem is None, problem


@pytest.fixture(scope="session")
def known(tmp_path_factory):
    """What a publisher gives without faults, loaded once."""
    return cache(lambda publisher: clean(publisher, tmp_path_factory.mktemp("known")))


@pytest.mark.slow
@pytest.mark.parametrize(("publisher", "kind"), OWN, ids=lambda v: getattr(v, "job", str(v)))
def test_what_only_one_publisher_does_wrong_is_named_where_it_bites(
    publisher, kind, known, tmp_path
):
    plan = Plan(publisher, 0, {publisher.own_at: kind})
    ended = tried(publisher, 0, known(publisher), tmp_path, plan)
    assert ended.kinds == (kind,)
    assert ended.outcome in {PARTLY, REFUSED}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [k for k in power_us.ZIP_FAULTS if k != READ_ALL_THE_SAME])
def test_a_history_in_a_broken_zip_is_named_and_comes_with_the_next_refresh(
    kind, known, tmp_path
):
    """The zip is asked for where nothing is held yet; days after it come all the same."""
    publisher = next(p for p in PUBLISHERS if p.job == "power/eia930")
    outcome, _ = refreshed(publisher, tmp_path, 1, {publisher.own_at: kind})
    assert outcome.reports[0].issues
    whole, held = known(publisher).one, rows(publisher, tmp_path)
    for table, frame in held.items():
        assert frame.join(
            whole[table], on=frame.columns, how="anti", nulls_equal=True
        ).is_empty()
    assert 0 < held["power_load"].height < whole["power_load"].height
    refreshed(publisher, tmp_path, 1)
    for table, frame in rows(publisher, tmp_path).items():
        assert_frame_equal(frame, whole[table])


def test_every_kind_of_fault_is_drawn_and_every_publisher_meets_every_kind_in_time():
    kinds = {k for p, n in PLANS for k in drawn(p, n, 3).spoiled.values()}
    every = set(faults.every_kind(PUBLISHERS))
    assert len(every) > TRIALS / 2 or kinds == every
    for number, publisher in enumerate(PUBLISHERS):
        seeds = range(number, 60 * len(PUBLISHERS), len(PUBLISHERS))
        met = {k for n in seeds for k in drawn(publisher, n, 5).spoiled.values()}
        assert met == set(faults.of(publisher))


def test_a_publisher_that_asks_for_two_hours_is_left_alone_for_two_hours(tmp_path):
    publisher = next(p for p in PUBLISHERS if p.job == "entities/csl")
    spoil = faults.FAULTS["429, wait two hours"](0)
    with Simulator(lambda a: publisher.serve(a, 1), {0: spoil}) as simulator:
        job = job_of(publisher.job)
        job = rerouted(
            replace(job, source=replace(job.source, **publisher.facts)), simulator.url
        )

        def refresh():
            (report,) = work.refresh(
                tmp_path, work.live_tasks([job], {}), progress=lambda _t: None
            ).reports
            return report.outcome, len(simulator.asked)

        assert refresh() == ("budget spent", 1)
        assert refresh() == ("budget spent", 1)
        later = limits.time.time() + 7_300
        with patch.object(limits.time, "time", lambda: later):
            assert refresh() == ("loaded", 2)


@pytest.mark.parametrize("kind", [k for k in faults.FAULTS if k.startswith("redirect to")])
def test_no_redirect_leads_to_another_server_and_each_is_named(kind, tmp_path):
    publisher = next(p for p in PUBLISHERS if p.job == "power/taipower")
    faults.trap().visits = 0
    outcome, asked = refreshed(publisher, tmp_path, 1, {0: kind})
    assert (outcome.reports[0].outcome, len(asked), faults.trap().visits) == ("failed", 1, 0)
    assert outcome.reports[0].issues


@pytest.mark.parametrize("kind", ["no further page named", "no address named"])
def test_a_header_without_a_further_page_is_named_and_what_came_is_kept(kind, tmp_path):
    """Of twenty-eight accounts the first has two pages."""
    publisher = next(p for p in PUBLISHERS if p.job == "staffing/hugging_face")
    refreshed(publisher, tmp_path / "whole", 1)
    outcome, _ = refreshed(publisher, tmp_path / "spoiled", 1, {0: kind})
    (report,) = outcome.reports
    assert any("page" in i["expected"] or "page" in i["received"] for i in report.issues)
    lost = (
        rows(publisher, tmp_path / "whole")["model_release"].height
        - rows(publisher, tmp_path / "spoiled")["model_release"].height
    )
    assert lost == 3


def test_without_a_key_the_census_leads_to_a_page_and_nothing_is_loaded(tmp_path):
    publisher = next(p for p in PUBLISHERS if p.job == "customs/us_census")
    expired = replace(publisher, environ={"CENSUS_API_KEY": "expired"})
    outcome, _ = refreshed(expired, tmp_path, 1)
    assert outcome.has_failed
    assert not any(f.height for f in rows(publisher, tmp_path).values())
