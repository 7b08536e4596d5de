"""What the evaluators differ on is cut down until a person can read it; tested by tests/test_shrinking.py.

Hypothesis finds one, by its seed. Then files are cut by lines and by words (files.py), the lives of calls by steps
(world.py, lives.py), for as long as is given, and what is left of a world is written as a case (case_text.py).
"""
