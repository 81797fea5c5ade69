"""The catalogue of facts about the sigmoid function, each with an executable check.

A fact is data and a check: an identifier that never changes (``3.7``), the formula,
its assumptions, a proof line, and two functions that must agree. Checking one takes
milliseconds and happens whenever the site is built or the tests run.

>>> from sigref.facts import FACTS, check
>>> FACTS["2.1"].title
'Reflection'
>>> check(FACTS["2.1"]).passed
True

``python -m sigref.facts`` checks them all. Needs mpmath: ``sigref[facts]``.
"""

from sigref.facts import (
    applied,
    conditioning,
    derivatives,
    dynamics_and_complex_plane,
    floating_point,
    forms,
    functional_equations,
    gaussian_links,
    integrals,
    logarithms_and_information,
    logistic_distribution,
    series_and_bounds,
    shape,
    special_points,
)
from sigref.facts.fact import (
    Chapter,
    Evaluation,
    Fact,
    Result,
    check,
    evaluate,
    mistaken,
    problems,
)

__all__ = [
    "CHAPTERS",
    "FACTS",
    "Chapter",
    "Evaluation",
    "Fact",
    "Result",
    "check",
    "evaluate",
    "mistaken",
    "problems",
]

CHAPTERS = (
    Chapter("forms", "Forms", forms.FACTS),
    Chapter("functional_equations", "Functional equations", functional_equations.FACTS),
    Chapter("derivatives", "Derivatives", derivatives.FACTS),
    Chapter("series_and_bounds", "Series, poles and bounds", series_and_bounds.FACTS),
    Chapter("special_points", "Special points", special_points.FACTS),
    Chapter("integrals", "Integrals and transforms", integrals.FACTS),
    Chapter(
        "logistic_distribution", "Logistic distribution", logistic_distribution.FACTS
    ),
    Chapter(
        "logarithms_and_information",
        "Logarithms and information",
        logarithms_and_information.FACTS,
    ),
    Chapter("gaussian_links", "Links to the normal distribution", gaussian_links.FACTS),
    Chapter("shape", "Shape", shape.FACTS),
    Chapter(
        "dynamics_and_complex_plane",
        "Differential equations and the complex plane",
        dynamics_and_complex_plane.FACTS,
    ),
    Chapter("applied", "Applications", applied.FACTS),
    Chapter("conditioning", "Conditioning", conditioning.FACTS),
    Chapter("floating_point", "Floating point", floating_point.FACTS),
)
FACTS = {fact.id: fact for chapter in CHAPTERS for fact in chapter.facts}
