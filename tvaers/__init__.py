"""Tværs: one anonymous view of type 2 diabetes care across hospital, general practice and municipality."""

__version__ = "0.1.0"
