"""A model of how calls, places, quotas, owners and call ids are kept, to try every interleaving and every death in it.

`steps.py`, `programs.py`, `explore.py` and `traces.py` explore; they know nothing of calls. The rest is the model:
`rules.py` its switches, `words.py` what a word of memory says, `processes.py` who takes a step, `places.py`,
`quotas.py`, `calls.py`, `owners.py` and `ids.py` the steps, `promises.py` what holds in every state, `memory.py` where
it begins, `worlds.py` who does what at once. Run by tests/test_protocol.py.
"""
