"""The language of learned programs: an immutable tree of readable operators over texts, numbers and dates."""
