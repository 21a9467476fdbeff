#!/usr/bin/env bash
# completion.sh COMPLETIONS FOLDER_OF_MNIST FOLDER_OF_MNIST_BENCH: what bash offers behind some beginnings of commands, as from the
# programs' help today.
set -euo pipefail

source "$1/bash"
export PATH=$2:$3:$PATH

# offers EXPECTED WORD...: what is offered for the last word begins with EXPECTED, which may be empty.
offers() {
    local expected=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _mnist_bench "$1" "${!#}" "" || true
    [[ "${COMPREPLY[*]-}" == $expected ]] || {
        printf 'expected "%s" behind "%s", found "%s"\n' "$expected" "$*" "${COMPREPLY[*]-}" >&2
        exit 1
    }
}
offers 'train' mnist tr
offers 'train eval * report' mnist ''
offers '--help --version' mnist --
offers '--epochs' mnist train --ep
offers '--base-url' mnist fetch fashion-mnist --b
offers '--threads' mnist_bench --thr
offers '--benchmark_filter' mnist_bench --benchmark_fi
offers '' mnist train --config ''
