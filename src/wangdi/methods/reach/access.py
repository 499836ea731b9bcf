"""Floating catchments in two steps: how much of a service there is for each person who can reach it.

W. Luo, F. Wang: Measures of spatial accessibility to health care in a GIS environment. Environment and Planning B 30
(2003) 865–884. W. Luo, Y. Qi: An enhanced two-step floating catchment area method. Health & Place 15 (2009) 1100–1107.
"""

from dataclasses import dataclass

import numpy as np

from wangdi.methods.reach.weights import Weight
from wangdi.methods.sums import sums
from wangdi.methods.travel.pairs import Floats, Pairs


@dataclass(frozen=True, slots=True)
class Access:
    """``of_origin``: supply for each person, shape (n_origins,), 0 where none is near.

    ``of_destination``: supply for each (weighted) person in its catchment, shape (n_destinations,); 0 for one that nobody
    can reach. ``unreached``: its supply, which counts for nobody. Σ of_origin × demand = Σ supply - unreached.
    """

    of_origin: Floats
    of_destination: Floats
    unreached: float


def two_step(pairs: Pairs, demand: Floats, supply: Floats, weight: Weight) -> Access:
    """Access by two-step floating catchments; with weights by distance it is the enhanced method, E2SFCA.

    ``pairs``: those within the catchment. ``demand``: people at each origin, shape (n_origins,); ``supply``: doctors,
    beds or hours at each destination, shape (n_destinations,). Both from 0 up, else ValueError. Cost: linear in pairs.
    """
    if demand.shape != (pairs.n_origins,) or supply.shape != (pairs.n_destinations,):
        raise ValueError("demand belongs to origins and supply to destinations, one number each")
    if not ((demand >= 0).all() and (supply >= 0).all()):
        raise ValueError("demand and supply must be numbers from 0 up")
    weights = weight(pairs.minutes)
    people = sums(pairs.destinations, weights * demand[pairs.origins], pairs.n_destinations)
    reached = people > 0
    ratio = np.divide(supply, people, out=np.zeros_like(people), where=reached)
    access = sums(pairs.origins, weights * ratio[pairs.destinations], pairs.n_origins)
    return Access(access, ratio, float(supply[~reached].sum()))
