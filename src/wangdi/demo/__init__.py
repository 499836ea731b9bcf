"""The simulated demonstration network: real places, simulated people, three years of records."""

from wangdi.demo.density import Density
from wangdi.demo.export import write_csv, write_pieces
from wangdi.demo.network import Network, make_network

__all__ = ["Density", "Network", "make_network", "write_csv", "write_pieces"]
