"""A model of how calls, places, quotas, owners and call ids are kept, small enough to try every interleaving and
every death.

`steps.py`, `programs.py`, `explore.py` and `traces.py` explore; they know nothing of calls. The rest is the model:
`rules.py`
its switches, `words.py` what a word of memory says, `places.py`, `quotas.py`, `calls.py`, `owners.py`, `ids.py` its
steps,
`promises.py` what holds in every state, `worlds.py` who does what at once. Run by tests/test_protocol.py.
"""
