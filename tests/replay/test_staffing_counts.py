"""OpenAlex, MyCareersFuture, Adzuna, Hugging Face: what is asked, what leaves, what is refused."""

import json
from datetime import UTC, date, datetime

import made_bodies
import pytest
from made_bodies import JOBS, body_of, stated

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked

FETCHED = datetime(2026, 6, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
CASES = {
    "openalex": "openalex/with-ascend",
    "list": "mycareersfuture/newest",
    "employer": "mycareersfuture/one-employer",
    "adzuna": "adzuna/one-employer",
    "models": "hugging_face/account",
}
KEYS = dict.fromkeys(("OPENALEX_API_KEY", "ADZUNA_APP_ID", "ADZUNA_APP_KEY"), "hush")
ASKING = ["openalex", "mycareersfuture", "adzuna", "hugging_face"]
HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head></html>"


def named(case: str) -> tuple[str, str]:
    source, _, folder = CASES[case].partition("/")
    return f"staffing/{source}", folder


def whole(case: str) -> bytes:
    return body_of(*named(case))


def facts_of(case: str, url: str, **facts: object) -> dict[str, object]:
    said = stated(*named(case))
    return {"url": url or said["url"], "fetched_utc": FETCHED, **facts}


def parse(case: str, body: bytes, url: str = "", **facts: object):
    return made_bodies.parse(named(case)[0], body, **facts_of(case, url, **facts))


def refused(case: str, body: bytes, url: str = "") -> SourceChangedError:
    return made_bodies.refused(named(case)[0], body, **facts_of(case, url))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "body", [HTML, b"", b"\x00\xff\xd0", b"{}", b"null", b'{"error": "rate limit"}']
)
def test_pages_emptiness_and_rubbish_are_refused(case, body):
    refused(case, body)


@pytest.mark.parametrize("case", CASES)
def test_an_answer_cut_off_is_refused(case):
    refused(case, whole(case).rstrip()[:-20])


@pytest.mark.parametrize("case", ["openalex", "employer", "adzuna"])
def test_a_count_whose_question_is_not_known_is_refused(case):
    assert "does not say what was counted" in refused(case, whole(case), "saved.json").remedy


@pytest.mark.parametrize("case", CASES)
def test_persons_titles_and_texts_never_reach_the_archive(case):
    job = JOBS["staffing/" + CASES[case].split("/")[0]]
    redacted = job.redact(whole(case))
    for gone in (b"Jane", b"jane@", b"+65", b"CUDA", b"Engineer", b"siblings", b"description"):
        assert gone not in redacted
    assert job.redact(redacted) == redacted


@pytest.mark.parametrize(
    ("case", "before", "after", "expected"),
    [
        ("openalex", b'"group_by"', b'"groups"', "group_by"),
        ("openalex", b'"key_display_name"', b'"name"', "key_display_name"),
        ("list", b'"results"', b'"jobs"', "results"),
        ("list", b'"postedCompany"', b'"company"', "postedCompany"),
        ("employer", b'"total": 23', b'"total": "23"', "count of positions"),
        ("employer", b'"total": 23', b'"total": -1', "count of positions"),
        ("adzuna", b'"count": 17', b'"count": "many"', "count of advertisements"),
        ("adzuna", b'"results"', b'"hits"', "a list"),
        ("models", b'"createdAt"', b'"created"', "createdAt"),
        ("models", b'"id"', b'"name"', "id"),
    ],
)
def test_another_shape_is_refused_by_name(case, before, after, expected):
    assert before in whole(case)
    assert expected in str(refused(case, whole(case).replace(before, after)))


@pytest.mark.parametrize("name", ASKING)
def test_requests_go_to_known_hosts_and_hold_no_secret(name):
    job = JOBS[f"staffing/{name}"]
    requests = job.plan(Asked(TODAY, KEYS))
    assert requests
    for request in requests:
        assert request.url.split("/")[2] in job.source.allowed_hosts
        assert "hush" not in repr(request)


def test_openalex_costs_less_than_a_day_without_a_key_and_stops_when_it_is_spent():
    job = JOBS["staffing/openalex"]
    requests = job.plan(Asked(TODAY, {}))
    dollars_per_search, dollars_a_day = 0.001, 0.10
    assert len(requests) * dollars_per_search < dollars_a_day
    assert not any(r.secret_params for r in requests)
    assert job.source.spent_header == "x-ratelimit-remaining-usd"
    assert not any("mailto" in r.params for r in requests)
    keyed = job.plan(Asked(TODAY, KEYS))
    assert all(r.secret_params == {"api_key": "OPENALEX_API_KEY"} for r in keyed)


def test_openalex_asks_later_only_for_years_that_still_grow():
    job = JOBS["staffing/openalex"]
    years = {r.params["filter"] for r in job.plan(Asked(TODAY, {}, None, date(2026, 12, 31)))}
    assert years == {f"publication_year:{y}" for y in (2024, 2025, 2026)}
    assert len(job.plan(Asked(TODAY, {}, date(2019, 1, 1)))) == 8 * 4


def test_openalex_asks_for_groups_never_for_works_and_without_deprecated_filters():
    for request in JOBS["staffing/openalex"].plan(Asked(TODAY, {})):
        assert request.params["group_by"] == "authorships.institutions.id"
        assert ".search" not in request.params["filter"]


@pytest.mark.parametrize(("groups", "is_cut"), [(199, False), (200, True)])
def test_an_answer_of_openalex_that_is_full_says_that_institutions_are_missing(groups, is_cut):
    body = json.loads(whole("openalex"))
    (first, *_) = body["group_by"]
    body["group_by"] = [
        {**first, "key": f"https://openalex.org/I{10_000 + n}"} for n in range(groups)
    ]
    result = parse("openalex", json.dumps(body).encode())
    assert result.tables["expertise_count"].height == groups
    assert ("groups cut off" in made_bodies.rules(result)) is is_cut


def test_a_spent_budget_of_openalex_is_quoted():
    body = b'{"error": "Rate limit exceeded", "message": "You have used your daily budget"}'
    error = refused("openalex", body)
    assert "daily budget" in str(error.received)
    assert "key" in error.remedy


def test_a_year_that_has_not_begun_is_refused():
    url = str(stated(*named("openalex"))["url"]).replace("2025", "2027")
    assert "2026" in str(refused("openalex", whole("openalex"), url))


def test_employers_are_found_by_registry_id_and_asked_once_each():
    job = JOBS["staffing/mycareersfuture"]
    first = job.plan(Asked(TODAY, {}))[0]
    found = job.following(first, job.redact(whole("list")))
    assert [r.params["uen"] for r in found] == ["201912345K", "T09LL0001B"]
    assert all(r.params["search"] == first.params["search"] for r in found)
    assert not job.following(found[0], whole("employer"))


def test_a_total_of_another_employer_is_rejected():
    body = whole("employer").replace(b"201912345K", b"201999999Z")
    (found,) = parse("employer", body).rejections
    assert found.rule == "employer unnamed"


def test_a_total_without_its_advertisers_is_rejected():
    body = json.loads(whole("adzuna")) | {"results": []}
    (found,) = parse("adzuna", json.dumps(body).encode()).rejections
    assert found.rule == "other advertisers"


def test_an_invalid_pair_of_adzuna_names_both_variables():
    body = b'{"exception": "AUTH_FAIL", "display": "Authorisation failed"}'
    error = refused("adzuna", body)
    assert "ADZUNA_APP_ID" in error.remedy
    assert "AUTH_FAIL" in str(error.received)


def test_adzuna_is_not_asked_for_countries_it_does_not_cover_and_stays_in_the_day():
    job = JOBS["staffing/adzuna"]
    requests = job.plan(Asked(TODAY, KEYS))
    countries = {r.url.split("/jobs/")[1][:2] for r in requests}
    assert not countries & {"cn", "my", "hk"}
    assert len(requests) <= job.source.per_day


def test_only_accounts_of_organisations_are_asked_and_pages_are_followed():
    assert JOBS["staffing/hugging_face"].source.follows_link_header
    for request in JOBS["staffing/hugging_face"].plan(Asked(TODAY, {})):
        assert request.params["author"]
        assert request.params["limit"] == "1000"
        assert "other" not in request.params


@pytest.mark.parametrize("way", ["live", "file"])
def test_a_full_page_of_models_that_names_no_further_one_says_that_older_ones_are_missing(way):
    one = json.loads(whole("models"))[0]
    many = [one | {"id": f"Qwen/Example-{n}"} for n in range(1000)]
    body = json.dumps(many).encode()
    assert not parse("models", body, way=way, next_url="https://huggingface.co/2").rejections
    notes = parse("models", body, way=way).rejections
    assert [(r.rule, r.count) for r in notes] == [("body incomplete", 0)]
    assert not parse("models", json.dumps(many[1:]).encode(), way=way).rejections


def test_a_next_page_of_models_is_read_for_the_account_that_its_address_names():
    url = "https://huggingface.co/api/models?cursor=eyJ&limit=1000&author=Qwen&sort=createdAt"
    found = parse("models", whole("models"), url).tables["model_release"]
    assert set(found["account"]) == {"Qwen"}


def test_lineage_is_named_once_whatever_its_relation():
    bases = parse("models", whole("models")).tables["model_release"]["base_models"].to_list()
    assert bases[1] == "Qwen/Example-72B"
    assert bases[2] == "Qwen/Example-72B; mistralai/Example-7B"


def test_a_total_over_several_employers_is_no_count_of_one():
    """A redirect that loses the question brings the answer to a wider one."""
    body = json.loads(whole("employer"))
    other = {"postedCompany": {"name": "EXAMPLE OTHER PTE. LTD.", "uen": "201900002K"}}
    said = parse(
        "employer", json.dumps({**body, "results": [*body["results"], other]}).encode()
    )
    assert not said.tables
    assert [r.rule for r in said.rejections] == ["employer unnamed"]


def test_a_company_whose_name_is_an_object_is_archived_without_it():
    posted = [{"postedCompany": {"name": {"value": "Jane"}, "uen": "201900001K"}}]
    body = json.dumps({"results": posted, "total": 1}).encode()
    assert b"Jane" not in JOBS["staffing/mycareersfuture"].redact(body)


def test_a_search_that_counts_postings_and_shows_none_is_refused():
    body = json.dumps({**json.loads(whole("list")), "results": []}).encode()
    assert "postings" in str(refused("list", body))


@pytest.mark.parametrize(
    ("case", "word", "expected"),
    [
        ("adzuna", "CUDA", {"stack_mention": "CUDA"}),
        ("adzuna", "MindSpore", {"staffing_count": None, "stack_mention": "CANN"}),
        ("employer", "CUDA", {"stack_mention": "CUDA"}),
        ("employer", "InfiniBand", {"staffing_count": None, "stack_mention": "CUDA"}),
        ("employer", "GPU", {"staffing_count": None}),
    ],
)
def test_a_word_of_a_stack_is_counted_beside_its_group_of_skills(case, word, expected):
    url = str(stated(*named(case))["url"]).replace("GPU", word)
    tables = parse(case, whole(case), url).tables
    stacks = {t: f["stack"].item() if t == "stack_mention" else None for t, f in tables.items()}
    assert stacks == expected
    assert all(frame["openings_count"].item() in (17, 23) for frame in tables.values())


def test_a_board_is_archived_with_the_words_of_its_adverts_and_without_their_texts():
    job = JOBS["staffing/boards"]
    redacted = job.redact(body_of("staffing/boards", "greenhouse"))
    assert json.loads(redacted)["jobs"][0]["words"] == ["CUDA", "NCCL", "InfiniBand"]
    assert b"Placeholder" not in redacted
    assert job.redact(redacted) == redacted
    forged = json.dumps(
        {"jobs": [{"id": 1, "title": "x", "words": ["Pat Placeholder", "HGX"]}]}
    )
    assert b"Placeholder" not in job.redact(forged.encode())


def test_adverts_whose_texts_are_not_at_hand_are_no_count_of_zero():
    body = json.loads(body_of("staffing/boards", "greenhouse"))
    for posting in body["jobs"]:
        del posting["content"]
    facts = {**stated("staffing/boards", "greenhouse"), "fetched_utc": FETCHED}
    bare = made_bodies.parse("staffing/boards", json.dumps(body).encode(), **facts)
    assert bare.tables["stack_mention"].is_empty()
    assert bare.tables["staffing_count"].height
