"""Writing results: CSV, JSON, HEPData, BibTeX, HTML; a file appears whole or not at all."""

from ...ground.atomic import atomic_directory, atomic_file, write_text
from ..html import limit_html
from ..limit_table import limit_columns, limit_csv, limit_table
from ..text_table import TextTable
from .bibliography import limit_bibliography
from .hepdata import hepdata_files, write_hepdata
from .json_record import limit_from_record, limit_record, load_limit
from .results import write_results, write_side_by_side

__all__ = [
    "TextTable",
    "atomic_directory",
    "atomic_file",
    "hepdata_files",
    "limit_bibliography",
    "limit_columns",
    "limit_csv",
    "limit_from_record",
    "limit_html",
    "limit_record",
    "limit_table",
    "load_limit",
    "write_hepdata",
    "write_results",
    "write_side_by_side",
    "write_text",
]
