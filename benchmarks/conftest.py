"""Builds BASE, the measure of everything here, with the compiler that built the engine."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def base_module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """benchmarks/base.pyx, built afresh outside the tree."""
    folder = tmp_path_factory.mktemp("base")
    source = folder / "base.pyx"
    source.write_text(Path(__file__).with_name("base.pyx").read_text())
    subprocess.run(
        [sys.executable, "-m", "Cython.Build.Cythonize", "-i", "-q", source], check=True, capture_output=True
    )
    spec = importlib.util.spec_from_file_location("base", next(folder.glob("base.*.so")))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
