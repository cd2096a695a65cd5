# What ./run and ./test share: a Python, a venv, the pinned packages, and apt-get where it may.
# shellcheck shell=sh

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

python_command() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    stop "Python 3.11 or newer is needed; python3 was not found or is older."
}

make_venv() {
    python=$(python_command)
    say "Making .venv with $("$python" --version) ..."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        stop "This Python cannot make a venv. Type: apt-get install python$version-venv"
    fi
    rm -rf .venv
    "$python" -m venv .venv
}

# install FILE [OPTION of pip]: its pinned packages, only when it has changed since the last time
install() {
    cmp -s "$1" ".venv/installed-$1" && return
    say "Installing the packages of $1 ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes ${2:+"$2"} -r "$1" || stop "The packages could not be installed; see above."
    cp "$1" ".venv/installed-$1"
}

# apt PACKAGE...: install by apt-get where that is allowed; false where it is not
apt() {
    command -v apt-get >/dev/null || return 1
    as=
    if [ "$(id -u)" -ne 0 ]; then
        { command -v sudo && sudo -n true; } >/dev/null 2>&1 || return 1
        as="sudo -n"
    fi
    say "Installing $* by apt-get ..."
    $as env DEBIAN_FRONTEND=noninteractive sh -c '
        apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"
    ' apt "$@" >/dev/null 2>&1 </dev/null
}

has_pdf_libraries() {
    .venv/bin/python -c 'import sys, events_app.core.pdf_libraries as l; sys.exit(bool(l.missing()))'
}

.venv/bin/python -c '' 2>/dev/null || make_venv
install requirements.txt
if ! has_pdf_libraries && ! { apt libpangoft2-1.0-0 && has_pdf_libraries; }; then
    say "PDFs and pictures of kits cannot be made yet. Type: apt-get install libpangoft2-1.0-0"
fi
