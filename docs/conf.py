"""Sphinx configuration; built with warnings as errors, with every notebook executed."""

import os
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import bibliography_style  # noqa: E402  # beside this file
import reference_pages  # noqa: E402

project = "emiss"
author = "The emiss developers"
copyright = "2026, the emiss developers"
release = metadata.version("emiss")
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "emiss"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
exclude_patterns = ["_build"]

# Notebooks run in a folder of their own, against this source tree.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 900  # a cell takes seconds; a busy machine takes longer
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_render_markdown_format = "myst"  # tables that code makes are tables; commonmark has none
nb_ipywidgets_js = {}  # would be loaded from elsewhere
os.environ.setdefault("MPLBACKEND", "Agg")

# Equations need no network: one file of MathJax 3 that draws with curves, not with fonts.
html_static_path = [reference_pages.mathjax_folder()]
mathjax_path = f"mathjax/{reference_pages.MATHJAX}"

bibtex_bibfiles = [reference_pages.bibliography_file()]
bibtex_default_style = bibliography_style.NAME
bibtex_reference_style = "label"

copybutton_prompt_text = r">>> |\.\.\. |\$ |In \[\d*\]: "
copybutton_prompt_is_regexp = True


def setup(app: object) -> None:
    bibliography_style.connect(app)
    reference_pages.connect(app)
