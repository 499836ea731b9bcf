"""Whom to post where: doctors of hospitals to centres, by exact optimisation.

A *problem* (`problem.Problem`) holds doctors, centres, the postings that are possible, and what is required of
them. Where
the requirements nest – hospital, department within it, doctor; specialty within a centre – the answer is a
minimum-cost flow: integral and exactly optimal, with prices that prove it. Where they cross (shares of a county,
pairs that
stay together) the same network becomes a mixed-integer programme with side rows, and the bound says how far it may
be from the best.

Ahuja, Magnanti, Orlin: *Network Flows* (1993), chapters 9 to 11 (optimality by potentials), 6.5 (minimum cuts).
"""
