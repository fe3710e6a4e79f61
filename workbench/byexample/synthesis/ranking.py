"""What speaks for and against a program: every weight of the ranking in one table. Lower costs are better."""

from workbench.byexample.tree.tokens import TOKENS

# Texts: what it costs to take a piece of the input.
COLUMN = 0.3
PART, PART_AT_BLANK = 0.75, 0.85
MARK = 0.85
BETWEEN = 0.95
TOKEN = dict.fromkeys(TOKENS, 1.0) | {
    "digits": 0.9, "number": 0.85, "signed": 1.0, "letters": 0.98, "alphanumeric": 1.0, "word": 1.1, "nonblank": 0.95,
    "upper": 1.05,
    "lower": 1.2, "capitalized": 1.1, "code": 1.1, "dotted": 0.8, "email": 0.6, "url": 0.6, "ip": 0.6, "phone": 0.6, "guid": 0.6,
    "time": 0.7, "date": 0.7,
}  # fmt: skip
TO_TOKEN = 1.25
INDEX, INDEX_FROM_END = 0.1, 0.06
SLICE, SLICE_LENGTH, SLICE_FIXED, SLICE_INSIDE = 1.0, 0.09, 0.6, 1.1
SECOND_LEVEL = 0.1
CASE = {"title": 0.35, "upper": 0.35, "lower": 0.35, "sentence": 0.45}
WHOLE_CASE = {"snake": 0.9, "kebab": 0.9, "camel": 1.0, "pascal": 1.0}
TRIM, SQUEEZE = 0.1, 0.15
REPLACE, DROP, KEEP = 1.1, 1.1, 1.1
ACCENTS = 0.5
ITEMS, FEW_ITEMS = 1.0, 1.8
"""For a list; for one put into another order though it has few items to tell the order."""
PAD = 0.9

# Numbers.
NUMBER = 0.75
SCALE = 0.5
ROUND = 0.6
RANGE = 0.6
FORM = {
    "least": 0.1,
    "width": 0.15,
    "wide": 0.6,
    "group": 0.05,
    "sign": 0.1,
    "brackets": 0.1,
    "comma": 0.2,
    "alike": 0.12,
    "open": 0.1,
}
MODE = {"nearest": 0.0, "floor": 0.15, "ceiling": 0.3, "up": 0.45, "down": 0.4, "even": 1.0}
DIGITS_MODE = {"nearest": 0.0, "up": 0.55, "ceiling": 0.6, "down": 0.4, "floor": 0.45, "even": 2.0}
"""Rounding to decimals: away from zero before upwards, as ROUNDUP of spreadsheets does."""
ARITHMETIC = 1.6

# Dates and times.
MOMENT, MOMENT_FIELD = 0.75, 0.22
ORDER = {"": 0.0, "mdy": 0.0, "dmy": 0.03, "ydm": 0.9}
ODD_FIELD = {"yy": 0.15, "w": 0.25, "ww": 0.2, "D": 0.35, "DDD": 0.3, "Q": 0.7, "do": 0.0, "YYYY": 0.8, "aaa": 0.0, "S": 0.3}
ODD_NEIGHBOURS, ODD_PADDING, TURNED = 0.4, 0.3, 0.06
MOMENT_ROUND, MOMENT_RANGE, CLOCK_DIGITS = 0.5, 0.35, 0.4
UNREAD = 2.5
"""For a date whose patterns do not read all other rows, times the root of their share."""
CLOCK_STEP = {
    3600: 0.0,
    1800: 0.02,
    900: 0.05,
    600: 0.1,
    300: 0.1,
    60: 0.1,
    7200: 0.15,
    10800: 0.2,
    14400: 0.2,
    21600: 0.2,
    43200: 0.2,
}

# What the rows without an answer say.
MISSING = 2.5
"""For a part that does not apply to them."""
BROKEN_TOKEN = 1.5
"""For a token that is cut out of longer words in other rows, times their share."""
FRAGILE, LAYOUT = 0.5, 1.5
"""For pieces counted from the start where rows have more or fewer of them, and for positions that hit other kinds of characters."""
BLANK_ENDS = 0.3
"""For a piece that starts or ends with a blank: a piece without, beside a blank, reads better."""
RAGGED = 0.8
"""For a piece that has blanks at its ends in other rows only, times the root of their share."""
PRECEDENCE = {"moment": 0.7, "number": 0.35}
"""For a piece of text out of a column that is a date, or a number, in every row."""

# Putting parts together.
PER_PART = 0.35
OUT_OF_ORDER, AGAIN, TOUCHING = 0.1, 0.15, 0.3
PUNCTUATION, PUNCTUATION_LENGTH = 0.25, 0.03
TEXT, TEXT_LENGTH, TEXT_DIGIT = 1.1, 0.1, 1.7
COPIED, COPIED_LENGTH = 1.5, 0.6
"""For a constant whose words stand in the input too: it was hardly typed."""
INSIDE_WORD = 2.0
"""For a constant that starts or ends inside a word."""
CALENDAR = 3.0
"""For a constant that is the name of a month or weekday."""
WHOLE_CONSTANT = 3.0
UNANSWERED = 2.5
"""For a program, times the share of the rows that it leaves without an answer."""

ODD_START, ODD_END, ODD_MARKS = 0.7, 0.4, 0.5
"""For answers on other rows that start, or end, with another kind of character than the examples do, or lack a mark that
all examples have, times their share."""
TWICE = 2.0
"""For two parts that say the same in other rows, but not in the examples, times their share."""

# Several cases.
BRANCH = 1.6
LONELY = 0.5
"""For a case that a single example speaks for."""
LOOKUP, LOOKUP_ENTRY, UNLISTED = 5.0, 0.4, 20.0


def place(index: int) -> float:
    """What counting to a place costs: from the start, or (negative) from the end."""
    return INDEX * index if index >= 0 else INDEX * (-index - 1) + INDEX_FROM_END
