"""Outbreak detection over many series of counts at once.

Every detector takes counts of shape (series, times), NaN where nothing was reported, and answers with a
`result.Detection`: expected value, upper bound, alarm and exceedance of every series at the times asked for, and a
reason wherever there is no answer.
"""
