"""Splits a text column into fields, with no example or with a few.

from workbench.byexample.splitting import learn_split

learned = learn_split(["2015-01-12 0:54 GET", "2015-01-13 1:12 PUT"])
learned.splitter.run("2015-01-14 2:30 GET")  # ("2015-01-14", "2:30", "GET")
"""

from workbench.byexample.splitting.learning import LearnedSplit, SplitConflict, learn_split
from workbench.byexample.splitting.splitter import Splitter

__all__ = ["LearnedSplit", "SplitConflict", "Splitter", "learn_split"]
