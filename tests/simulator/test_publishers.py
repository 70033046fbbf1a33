"""Publishers that misbehave: the same rows as without faults, or a named failure and the last good data."""

import os
from dataclasses import replace
from unittest.mock import patch

import pytest
from simulator import faults, soak
from simulator.plans import drawn, job_of, refreshed, rows
from simulator.publishers import PUBLISHERS
from simulator.server import Simulator, rerouted
from simulator.trials import OUTCOMES, PARTLY, REFUSED, SAME

from indicia.cli import work
from indicia.sources import limits

TRIALS = int(os.environ.get("INDICIA_FAULT_PLANS", "40"))
READ_ALL_THE_SAME = "a second member"  # the member that is promised is there
OWN = [(p, kind) for p in PUBLISHERS for kind in p.own]
PLANS = [(p, n) for n in range(TRIALS) for p in [PUBLISHERS[n % len(PUBLISHERS)]]]


@pytest.fixture(scope="session")
def ended(request):
    """All trials that were selected, run in two processes: outcomes, and what went wrong."""
    chosen = {p: [] for p in PUBLISHERS}
    for item in request.session.items:
        said = getattr(item, "callspec", None)
        if said and "ended" in item.fixturenames:
            chosen[said.params["publisher"]].append(said.params["trial"])
    results, problems = soak.run(chosen, is_brief=True)
    return {(r.publisher, r.seed): r for r in results}, problems


def result_of(publisher, trial, ended):
    results, problems = ended
    problem = problems.get((publisher.job, trial))
    assert problem is None, problem
    return results[publisher.job, trial]


@pytest.mark.slow
@pytest.mark.parametrize(("publisher", "trial"), PLANS, ids=lambda v: getattr(v, "job", str(v)))
def test_no_fault_loses_or_doubles_a_row(publisher, trial, ended):
    assert result_of(publisher, trial, ended).outcome in OUTCOMES


@pytest.mark.slow
@pytest.mark.parametrize(("publisher", "trial"), OWN, ids=lambda v: getattr(v, "job", str(v)))
def test_what_only_one_publisher_does_wrong_is_named_where_it_bites(publisher, trial, ended):
    """A zip is asked for where nothing is held yet: its trials are first refreshes."""
    result = result_of(publisher, trial, ended)
    assert result.kinds == (trial,)
    assert result.outcome in ({SAME} if trial == READ_ALL_THE_SAME else {PARTLY, REFUSED})


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
    """The first account has two pages."""
    publisher = next(p for p in PUBLISHERS if p.job == "staffing/hugging_face").briefly()
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
    expired = replace(publisher.briefly(), environ={"CENSUS_API_KEY": "expired"})
    outcome, _ = refreshed(expired, tmp_path, 1)
    assert outcome.has_failed
    assert not any(f.height for f in rows(publisher, tmp_path).values())
