#!/usr/bin/env bash
# What ./run build --onednn says of folders that are no oneDNN to build with, before anything is built; and what it makes of a good one. The
# libraries are made here, of a few lines each. Usage: prepare.sh SOURCE SCRATCH
set -euo pipefail
source=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch/build"
cd "$scratch"
failed=0

complain() {
    printf 'FAILED: %s\n' "$*"
    failed=1
}
# refuses PREFIX WORDS...: it ends with 2, says all the words in one line, and leaves nothing.
refuses() {
    local prefix=$1 status=0 word
    shift
    "$source/cmake/onednn/prepare" "$prefix" build >out 2>err || status=$?
    [ "$status" -eq 2 ] || complain "$prefix: exit code $status"
    [ ! -s out ] || complain "$prefix: printed $(cat out)"
    [ -z "$(ls -A build)" ] || complain "$prefix: left $(ls build)"
    for word in "$@"; do
        grep -qF -- "$word" err || complain "$prefix: \"$word\" is not in: $(cat err)"
    done
}
# headers PREFIX VERSION RUNTIME: of a oneDNN that has no more than a version and an engine.
headers() {
    local folder=$1/include/oneapi/dnnl major minor patch
    IFS=. read -r major minor patch <<<"$2"
    mkdir -p "$folder"
    echo '#include "oneapi/dnnl/dnnl.hpp"' >"$1/include/dnnl.hpp"
    echo '#include "oneapi/dnnl/dnnl.h"' >"$1/include/dnnl.h"
    printf '#define DNNL_VERSION_%s %s\n' MAJOR "$major" MINOR "$minor" PATCH "$patch" >"$folder/dnnl_version.h"
    printf '#define DNNL_RUNTIME_%s\n' 'SEQ 1u' 'OMP 2u' 'TBB 4u' 'SYCL 512u' "X" >"$folder/dnnl_config.h"
    echo "#define DNNL_CPU_RUNTIME DNNL_RUNTIME_$3" >>"$folder/dnnl_config.h"
    touch "$folder/dnnl.hpp"
    cat >"$folder/dnnl.h" <<'TEXT'
#include "oneapi/dnnl/dnnl_config.h"
#include "oneapi/dnnl/dnnl_version.h"
extern "C" {
typedef struct { int major, minor, patch; const char* hash; unsigned cpu_runtime; } dnnl_version_t;
typedef void* dnnl_engine_t;
enum { dnnl_cpu = 1 };
const dnnl_version_t* dnnl_version();
int dnnl_engine_create(dnnl_engine_t*, int, unsigned);
}
TEXT
}
# library PREFIX VERSION RUNTIME ENGINE [FLAGS]: with headers of its own, so that they can be others.
library() {
    local folder=$1/lib
    mkdir -p "$folder" of_library
    headers of_library "$2" "$3"
    cat >library.cpp <<TEXT
#include "dnnl.h"
static const dnnl_version_t version = {DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, DNNL_VERSION_PATCH, "", DNNL_CPU_RUNTIME};
const dnnl_version_t* dnnl_version() { return &version; }
int dnnl_engine_create(dnnl_engine_t*, int, unsigned) { return $4; }
TEXT
    shift 4
    c++ -shared -fPIC -Iof_library/include library.cpp -o "$folder/libdnnl.so.3" -Wl,-soname,libdnnl.so.3 -Wl,--no-as-needed "$@"
    ln -sf libdnnl.so.3 "$folder/libdnnl.so"
}
# stub NAME: a library of another wheel.
stub() {
    mkdir -p elsewhere
    echo 'int stub;' >stub.cpp
    c++ -shared -fPIC stub.cpp -o "elsewhere/$1" -Wl,-soname,"$1"
}

refuses "$scratch/nowhere" "expected a folder" "found no \"$scratch/nowhere\""
refuses "" 'found no ""'
touch file
refuses "$scratch/file" "found the file" "dpkg -x"
mkdir empty
refuses empty "no header dnnl.hpp in $scratch/empty/include" onednn-devel-cpu-tbb libdnnl-dev
refuses pypi:numpy "expected pypi:onednn-devel-cpu-RUNTIME==VERSION" 'found "pypi:numpy"'
headers old 2.5.4 OMP
refuses old "expected oneDNN 2.6 or newer, found 2.5.4"
headers sycl 3.13.2 SYCL
refuses sycl "oneDNN 3.13.2" "a build for SYCL" "ONEDNN_CPU_RUNTIME=OMP"
headers pool 3.2.0 THREADPOOL
refuses pool "a build for THREADPOOL" "expected one for OMP, TBB or SEQ"
headers bare 3.2.0 SEQ
refuses bare "no library libdnnl.so in $scratch/bare/lib" onednn-cpu-tbb
mkdir bare/lib
ln -s libdnnl.so.3 bare/lib/libdnnl.so
refuses bare "bare/lib/libdnnl.so is a link to libdnnl.so.3, which is not there"
rm bare/lib/libdnnl.so
touch bare/lib/libdnnl.a
refuses bare "only the static library" ONEDNN_LIBRARY_TYPE=SHARED
echo text >bare/lib/libdnnl.so
refuses bare "expected a library for x86-64, found no library at all in $scratch/bare/lib/libdnnl.so"
{ printf '\x7fELF\2\1\1' && head -c 9 /dev/zero && printf '\3\0\xb7\0\1' && head -c 31 /dev/zero && printf '\x40' && head -c 99 /dev/zero; } >bare/lib/libdnnl.so
refuses bare "found one for AArch64"
library bare 3.2.0 SEQ 0
head -c 5000 bare/lib/libdnnl.so.3 >half && mv half bare/lib/libdnnl.so.3
refuses bare "libdnnl.so.3 is damaged"
headers other 3.2.0 SEQ
library other 3.1.0 SEQ 0
refuses other "the headers of oneDNN 3.2.0" "libdnnl.so.3 is oneDNN 3.1.0"
headers threads 3.2.0 SEQ
library threads 3.2.0 OMP 0
refuses threads "other threads than"
headers broken 3.2.0 SEQ
library broken 3.2.0 SEQ 3
refuses broken "makes no engine for CPUs on this machine (status 3)"
headers lacking 3.2.0 SEQ
for name in libimf.so libintlc.so.5 libodd.so.1; do stub "$name"; done
library lacking 3.2.0 SEQ 0 elsewhere/libimf.so elsewhere/libintlc.so.5 elsewhere/libodd.so.1
refuses lacking "libimf.so (in the wheel intel-cmplr-lib-rt)" "libintlc.so.5 (in the wheel intel-cmplr-lib-rt)" "libodd.so.1."

# As a library of a newer system would be.
headers newer 3.2.0 SEQ
make_odd() { c++ -shared -fPIC stub.cpp -o "$1" -Wl,-soname,libodd.so.1 -Wl,--version-script=version; }
echo 'int stub;' >stub.cpp
mkdir newer/lib
echo 'ODD_8 { *; };' >version
make_odd newer/lib/libodd.so.1
echo 'ODD_9 { *; };' >version
make_odd odd9.so
echo 'extern int stub; int* use_stub() { return &stub; }' >use.cpp
library newer 3.2.0 SEQ 0 use.cpp odd9.so
refuses newer "was built for a newer system than this: it needs ODD_9"

# Once all of them lie beside it, it is accepted: as what it is, with links to what it needs and to nothing else.
cp elsewhere/* lacking/lib/
stub libc.so.6
stub libunused.so
cp elsewhere/libc.so.6 elsewhere/libunused.so lacking/lib/
prepare() { "$source/cmake/onednn/prepare" "$1" build; }
folder=$(prepare lacking)
[[ $folder == build/onednn-3.2.0-seq-???????? ]] || complain "the folder is $folder"
[ "$(ls "$folder/onednn/lib" | tr '\n' ' ')" = "libdnnl.so.3 libimf.so libintlc.so.5 libodd.so.1 " ] || complain "links: $(ls "$folder/onednn/lib")"
[ "$(readlink -f "$folder/onednn/include/dnnl.h")" = "$scratch/lacking/include/dnnl.h" ] || complain "the headers are others"
grep -q "onednn/lib/libdnnl.so.3\]==\] CACHE FILEPATH" "$folder/onednn/onednn.cmake" || complain "onednn.cmake: $(cat "$folder/onednn/onednn.cmake")"
[ "$(ls build)" = "${folder#build/}" ] || complain "left $(ls build)"

# The same prefix gets the same folder, which stays as it is; another one gets another, and so do unpacked wheels and Debian's packages.
before=$(stat -c %i "$folder/onednn")
[ "$(prepare "$scratch/lacking/")" = "$folder" ] || complain "another folder for the same prefix"
[ "$(stat -c %i "$folder/onednn")" = "$before" ] || complain "the links were made anew without need"
mkdir -p wheel/onednn-3.2.0.data debian/usr/lib
cp -r lacking wheel/onednn-3.2.0.data/data
cp -r lacking/include debian/usr/
cp -r lacking/lib debian/usr/lib/x86_64-linux-gnu
for prefix in wheel debian; do
    other=$(prepare "$prefix") || complain "$prefix was refused"
    [ "$other" != "$folder" ] || complain "$prefix has the folder of another prefix"
    [[ $(readlink -f "$other/onednn/lib/libdnnl.so.3") == "$scratch/$prefix/"* ]] || complain "$prefix: the library is another"
done
# Whatever the folder's name has in it.
odd=$'a "b" ]==] \'c\' $(d)\ne'
cp -r lacking "$odd"
odd=$(prepare "$odd") || complain "a folder with an odd name was refused"
grep -vqE '^(#|set\()' "$odd/onednn/onednn.cmake" && complain "onednn.cmake has other lines: $(cat "$odd/onednn/onednn.cmake")"
exit "$failed"
