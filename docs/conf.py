"""Sphinx configuration; built with warnings as errors."""

from importlib import metadata

project = "emiss"
author = "The emiss developers"
copyright = "2026, the emiss developers"
release = metadata.version("emiss")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "emiss"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
exclude_patterns = ["_build", "validation_table.md"]
