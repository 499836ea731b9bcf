"""Wangdi (网底): rules, due lists, figures and plans for primary-care networks."""
