"""What researchers may read, and what the database itself refuses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from coorace_eval.campaigns import Answer, Campaign, Enterprise, State
from coorace_eval.problems import StoreError
from coorace_eval.storage import open_store
from coorace_eval.storage.research import ADDRESS, COLUMNS, network_data
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

YEAR = 2024
OPEN_TO_RESEARCH = {("coorace_eval_version", "r"), ("research_network", "v")}


@pytest.fixture
def answered(url: str) -> Callable[..., None]:
    """Write the figure of one enterprise, of a region, with what differs from an ordinary one."""

    def write(
        enterprise: str,
        value: float | None,
        *,
        region: str = "Bretagne",
        variable: str = "sorties_total",
        year: int = YEAR,
        state: State = State.CLOSE,
        status: ValueStatus = ValueStatus.RENSEIGNE,
        part: str = "",
    ) -> None:
        with open_store(url) as store:
            kept = Enterprise(enterprise, enterprise, (EnterpriseKind.ACI,), "35", region)
            store.save_enterprise(kept)
            store.save_campaign(Campaign(enterprise, year, "utilite_sociale@2026.1", "abc", state))
            store.record(enterprise, year, Answer(variable, value, status, part), author="essai")

    return write


def cells(url: str) -> list[tuple[object, ...]]:
    return list(network_data(url).itertuples(index=False, name=None))


def test_three_enterprises_make_a_cell(url, answered):
    for enterprise, value in {"une": 10, "deux": 20.5, "trois": 30}.items():
        answered(enterprise, value)
    assert tuple(network_data(url).columns) == COLUMNS
    assert cells(url) == [(YEAR, "Bretagne", "sorties_total", 3, 60.5)]


def test_two_enterprises_leave_no_trace(url, answered):
    answered("une", 10)
    answered("deux", 20)
    assert cells(url) == []
    assert network_data(url).dtypes.astype(str).to_dict()["total"] == "float64"


def test_a_region_with_two_enterprises_is_absent_beside_one_with_three(url, answered):
    for enterprise in ("une", "deux", "trois"):
        answered(enterprise, 10)
    for enterprise in ("quatre", "cinq"):
        answered(enterprise, 10, region="Alsace")
    assert {row[1] for row in cells(url)} == {"Bretagne"}


@pytest.mark.parametrize(("largest", "shown"), [(85, True), (86, False)])
def test_one_enterprise_may_hold_85_percent_and_no_more(url, answered, largest, shown):
    rest = (100 - largest) / 2
    for enterprise, value in {"grande": largest, "petite": rest, "autre": rest}.items():
        answered(enterprise, value)
    assert len(cells(url)) == shown


def test_the_share_of_a_loss_counts_like_that_of_a_gain(url, answered):
    for enterprise, value in {"perd": -900, "gagne": 50, "aussi": 50}.items():
        answered(enterprise, value)
    assert cells(url) == []


@pytest.mark.parametrize(
    "details",
    [
        {"state": State.COLLECTE},
        {"state": State.ANALYSE},
        {"region": ""},
        {"part": "sexe:femmes"},
        {"value": None, "status": ValueStatus.CONFIDENTIEL},
        {"year": YEAR - 1},
    ],
    ids=str,
)
def test_a_figure_that_must_not_count_does_not(url, answered, details):
    answered("une", 10)
    answered("deux", 20)
    value = details.get("value", 30)
    answered("trois", value, **{name: told for name, told in details.items() if name != "value"})
    assert cells(url) == []


def test_an_example_federation_has_figures_to_show(tmp_path):
    from coorace_eval.examples import load_examples

    url = f"sqlite:///{tmp_path}/exemple.db"
    load_examples(url)
    found = network_data(url)
    assert not found.empty and found["n"].ge(3).all()
    assert not found.duplicated(["year", "region", "variable"]).any()


def test_without_an_address_it_says_which_one_is_missing(monkeypatch):
    monkeypatch.delenv(ADDRESS, raising=False)
    with pytest.raises(StoreError, match=ADDRESS):
        network_data()


@pytest.mark.postgres
class TestOnPostgresql:
    """The account of the researchers, made by the script that is shipped."""

    @pytest.fixture
    def url(self, new_database: Callable[[str], str]) -> str:
        return new_database("postgresql")

    @pytest.fixture
    def researcher(self, url, answered, root, server) -> Iterator[str]:
        """The address of a store as a researcher has it, with one cell shown and one hidden."""
        import psycopg

        for enterprise in ("une", "deux", "trois"):
            answered(enterprise, 10)
        answered("seule", 7, region="Alsace")
        script = (root / "deploy" / "recherche.sql").read_text("utf-8")
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(2):
                connection.execute(script)
            connection.execute("ALTER ROLE coorace_recherche PASSWORD 'secret-de-recherche'")
        yield url.replace(f"coorace:{server.password}", "coorace_recherche:secret-de-recherche")

    def test_researchers_read_the_protected_figures(self, researcher, monkeypatch):
        monkeypatch.setenv(ADDRESS, researcher)
        found = network_data()
        assert list(found["region"]) == ["Bretagne"] and list(found["total"]) == [30.0]

    def test_they_may_read_this_and_nothing_else(self, url, researcher):
        import psycopg

        ours = "FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        of_tables = f"SELECT relname, relkind::text {ours} AND relkind IN ('r', 'v', 'm', 'p', 'f')"
        open_ones = f"{of_tables} AND has_any_column_privilege('coorace_recherche', oid, 'SELECT')"
        counters = "SELECT seqrelid FROM pg_sequence"
        open_counters = (
            f"{counters} WHERE has_sequence_privilege('coorace_recherche', seqrelid, 'SELECT, USAGE')"
        )
        with psycopg.connect(url) as connection:
            assert set(connection.execute(open_ones)) == OPEN_TO_RESEARCH
            assert len(connection.execute(of_tables).fetchall()) > 10
            assert connection.execute(open_counters).fetchall() == []
            assert connection.execute(counters).fetchall() != []

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT * FROM answer",
            "SELECT value FROM answer_history",
            "SELECT * FROM campaign",
            "SELECT * FROM enterprise",
            "SELECT * FROM verbatim",
            "SELECT login, password FROM account",
            "SELECT digest FROM session",
            "SELECT * FROM audit",
            "INSERT INTO enterprise VALUES ('x','x','x','x','x','x','x')",
            "CREATE TABLE public.mine (x int)",
            "CREATE TEMPORARY TABLE answer (x int)",
            "CREATE OR REPLACE FUNCTION research_network_cells() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "SET ROLE coorace",
            "COPY answer TO STDOUT",
            "SELECT pg_read_file('PG_VERSION')",
        ],
    )
    def test_the_database_refuses_the_rest(self, researcher, statement):
        """Reading only is a habit that the account may leave; its rights stay."""
        import psycopg

        with psycopg.connect(researcher, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    def test_they_do_not_write_by_mistake(self, researcher):
        import psycopg

        with psycopg.connect(researcher) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE SCHEMA essai")

    def test_the_plan_of_a_query_shows_no_hidden_row(self, researcher):
        """Over a plain view, ``actual rows=1`` would tell that one enterprise of Alsace has answered."""
        import psycopg

        query = "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM research_network WHERE region = 'Alsace'"
        with psycopg.connect(researcher) as connection:
            plan = "\n".join(row[0] for row in connection.execute(query))
        assert "Function Scan" in plan and "Rows Removed by Filter: 1" in plan  # the one cell that is shown
        assert "answer" not in plan and "campaign" not in plan
