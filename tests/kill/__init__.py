"""Processes that die at work on one state, and what must hold of its books then; run by tests/test_kill.py.

`load.py`, `worker.py` and `diary.py`: processes killed at random moments, and what they were told. `scenario.py`,
`points.py` and `every_step.py`: death after each step on shared words, in a build of scripts/kill.py. `activator.py`,
`mover.py` and `storm.py`: activations that die, and activations under load.
"""
