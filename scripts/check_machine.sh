#!/bin/sh
# Says what this machine lacks for building callplan, and how to get it; status 1 if something is missing.
# PYTHON names the interpreter [python3].

python=${PYTHON:-python3}
missing=""

if ! command -v "$python" >/dev/null; then
    missing="$missing $python"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "callplan needs Python 3.11 or later, and $python is $("$python" -V 2>&1); name another as in: make PYTHON=python3.11" >&2
    exit 1
else
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing venv"
    "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
        missing="$missing Python.h"
    compiler=${CC:-$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "gcc")')}
    command -v "${compiler%% *}" >/dev/null || missing="$missing ${compiler%% *}"
fi
command -v make >/dev/null || missing="$missing make"

if [ -n "$missing" ]; then
    echo "missing:$missing" >&2
    echo "On Debian 12 this installs all that callplan is built with:" >&2
    echo "    apt-get install python3 python3-venv python3-dev gcc make" >&2
    exit 1
fi
