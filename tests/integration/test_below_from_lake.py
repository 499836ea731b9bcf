"""Why at a place or an institution: what lies below comes from the lake, and is what looking at everybody says."""

import pytest

from integration.web_network import Cast, build_network
from wangdi.engine.explain.explain import Explainer
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.below import below_on
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.services import explainer_of, rulebook, today
from wangdi.server.evaluation.store_world import StoreWorld


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.mark.parametrize(("entity", "code"), [("place", "420281"), ("institution", "HA")])
def test_explanations_are_those_of_looking_at_everybody_one_by_one(
    cast: Cast, entity: str, code: str
) -> None:
    rules = rulebook()
    explainer = explainer_of(entity, code, today())
    assert explainer.below is not None
    one_by_one = Explainer(rules, StoreWorld(rules.kinds), entity, code, today())
    assert explainer.explanation() == one_by_one.explanation()
    assert explainer.overview() == one_by_one.overview()


def test_those_that_the_lake_does_not_know_and_other_registers_are_looked_at_in_the_store(
    cast: Cast, installation: Installation
) -> None:
    below = below_on("place", today())
    assert below is not None and below.knows("place", "420281") and not below.knows("place", "new")
    assert below_on("resident", today()) is None


def test_before_the_first_evaluation_there_is_only_the_store(installation: Installation) -> None:
    assert Lake(installation.lake).state() is None
    assert below_on("place", today()) is None
