"""The same plan decided by other means, to see what callplan's tables are worth: `make peers`.

| peer | who decides | who counts |
|---|---|---|
| tuned Python (tuned.py) | code for this one plan, after a day with a profiler | the same code |
| idiomatic Python (idiomatic.py) | dataclasses, sets, zoneinfo | Python (books.py) |
| zen-engine expression (zen_expression.py) | an expression, on facts that Python prepares | Python (books.py) |
| zen-engine decision table (zen_table.py) | a table of rules, on the same facts | Python (books.py) |
| SQLite in memory (sqlite.py) | a query, on the local time that Python prepares | SQLite |

Before one is timed, it decides thousands of calls as the engine does (comparison.py). Peers are let off what the engine
does besides: they are for one thread, one plan that never changes and numbers in two ways of writing; they follow a
call only to its end, keep no record of it, forward nothing and cannot explain. Tested by tests/test_peers.py.
"""
