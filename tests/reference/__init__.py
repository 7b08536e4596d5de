"""The reference evaluator: plans read slowly, a sentence at a time, to check the engine; see tests/test_reference.py.

It works on the checked plan and shares no code with the compiler's later stages or the engine: of callplan it imports
the shapes of the checked plan, and place and numbering data as data. Sentences of the language are cited by number.
"""
