"""Read a town's café notes and welfare plans, and map where needs and activities meet."""

from importlib.metadata import version

__version__ = version("watamachi-analysis")

from .analysis import Analysis, analyse
from .captions import chart_source
from .chart_page import figure_page
from .charts import draw_heat_table, draw_issue_bars, draw_issues, draw_states
from .codebook import Codebook, load_codebook
from .concordance import kwic
from .crossings import count_cooccurrence, cross_issues
from .districts import load_districts
from .errors import InputError, InputWarning, Problem, Problems, TooLittleText
from .explanation import explain
from .explore import explore
from .keywords import find_characteristic_words
from .listening import where_next
from .loaders import load_activities, load_indicators, load_plan, load_statements
from .measure_matching import match_measures
from .network_charts import draw_cooccurrence, draw_network
from .networks import link_issues, link_organisations
from .overlap import SurveyTables, count
from .page import Page
from .partners import find_partners
from .places import locate
from .plan_changes import find_plan_changes
from .plan_table import compare_plans, list_unplanned
from .precedents import find_precedents
from .privacy import Thresholds, mask
from .publish import Publication, publish
from .report_files import write_reports
from .reports import draw_overlap, write_maps, write_review_book
from .round_words import list_changes
from .rounds import compare_rounds, cut_before
from .settings import Settings
from .shares import add_intervals, count_kinds
from .suppression import protect
from .survey import Survey, load_survey
from .table_file import save_table
from .tagging import tag
from .themes import group
from .voice_charts import draw_kind_mix, draw_theme_sizes, draw_themes, draw_time_line
from .word_book import save_word_book

__all__ = [
    "Analysis", "Codebook", "InputError", "InputWarning", "Page", "Problem", "Problems",
    "Publication", "Settings", "Survey", "SurveyTables", "Thresholds", "TooLittleText",
    "add_intervals", "analyse", "chart_source", "compare_plans", "compare_rounds", "count",
    "count_cooccurrence", "count_kinds", "cross_issues", "cut_before", "draw_cooccurrence",
    "draw_heat_table", "draw_issue_bars", "draw_issues", "draw_kind_mix", "draw_network",
    "draw_overlap", "draw_states", "draw_theme_sizes", "draw_themes", "draw_time_line",
    "explain", "explore", "figure_page", "find_characteristic_words", "find_partners",
    "find_plan_changes", "find_precedents", "group", "kwic", "link_issues",
    "link_organisations", "list_changes", "list_unplanned", "load_activities", "load_codebook",
    "load_districts", "load_indicators", "load_plan", "load_statements", "load_survey",
    "locate", "mask", "match_measures", "protect", "publish", "save_table", "save_word_book", "tag",
    "where_next", "write_maps", "write_reports", "write_review_book",
]  # fmt: skip
