"""Builds the Cython modules; everything else stands in pyproject.toml."""

import os
import sys

from Cython.Build import cythonize
from Cython.Compiler import Options
from setuptools import Extension, setup

Options.warning_errors = True  # a Cython warning is an error

OPTIMIZED = os.environ.get("CALLPLAN_OPTIMIZED", "-O3")  # scripts/kill.py builds fast, for a minute's use

# One entry a module: Cython follows the links under callplan/, so that a module finds its own .pxd.
EXTENSION = Extension(
    "*",
    ["callplan/**/*.pyx"],
    include_dirs=["callplan/runtime"],
    extra_compile_args=[] if sys.platform == "win32" else [OPTIMIZED, "-std=c11", "-Wall", "-Wno-unused-function"],
)

setup(
    ext_modules=cythonize(
        [EXTENSION],
        compiler_directives={
            "language_level": 3,
            "binding": False,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
        },
    )
)
