#!/bin/sh
# SPDX-License-Identifier: MIT
# The layer rule of docs/architecture.md, checked on the #include lines. Prints every line that violates it.
set -eu
cd "${1:-.}"
bad=0

# allow FOLDER PATTERN...: includes of project headers in FOLDER must match one of the patterns.
allow() {
    folder=$1
    shift
    pattern=$(printf '|%s' "$@" | cut -c2-)
    find "$folder" -name '*.[ch]' -exec grep -H '^# *include "' {} + | sort |
        sed 's/:# *include "\([^"]*\)".*/ includes \1/' | grep -Ev " includes ($pattern)" |
        sed "s|\$|: $folder may not|" || true
}

# only HEADER WHERE...: a system header that may be included only there.
only() {
    header=$1
    shift
    where=$(printf '|%s' "$@" | cut -c2-)
    grep -rlE "^# *include <$header>" engine index daemon cli 2>/dev/null | grep -Ev "^($where)" |
        sed "s#\$# includes <$header>: only $where may#" || true
}

# own HEADER WHERE...: a header of the project that may be included only there.
own() {
    header=$1
    shift
    where=$(printf '|%s' "$@" | cut -c2-)
    grep -rlE "^# *include \"$header\"" engine index daemon cli 2>/dev/null | grep -Ev "^($where)" |
        sed "s#\$# includes $header: only $where may#" || true
}

out=$(
    allow engine/base 'engine/base/'
    allow engine/kernels 'engine/(base|kernels)/'
    allow engine/graph 'engine/(base|kernels|graph)/'
    allow engine/image 'engine/(base|image)/'
    allow engine/draw 'engine/(base|image|draw)/'
    allow engine/model 'engine/(base|kernels|graph|model)/'
    allow engine/face 'engine/(base|kernels|graph|model|image|face)/'
    allow engine/work 'engine/(base|kernels|graph|model|image|face|work)/'
    allow engine/train 'engine/(base|kernels|graph|model|image|eval|train)/'
    allow engine/eval 'engine/(base|kernels|graph|model|image|eval)/'
    # index/intake uses the engine and the index. The rest uses neither intake nor more of the engine than this.
    allow index 'engine/base/' 'engine/kernels/(vector|cpu)\.h' \
        'index/(store|records|search|labels|grouping|people|edits|ingest|generations|query|doctor)/' 'index/protocol\.h' | grep -v '^index/intake/' || true
    allow index/intake 'engine/' 'index/'
    allow daemon 'engine/' 'index/' 'daemon/'
    allow daemon/base 'engine/' 'daemon/base/'
    allow daemon/writing 'engine/' 'index/' 'daemon/(base|writing)/'
    allow daemon/watching 'engine/' 'index/' 'daemon/(base|writing|watching)/'
    allow daemon/jobs 'engine/' 'index/' 'daemon/(base|writing|jobs)/'
    allow daemon/talking 'engine/' 'index/' 'daemon/(base|writing|watching|jobs|talking)/'
    allow daemon/loop 'engine/' 'index/' 'daemon/(base|writing|watching|jobs|talking|loop)/'
    allow daemon/bulk 'engine/' 'index/' 'daemon/bulk/'
    allow cli 'engine/' 'index/' 'cli/'
    # Untrusted pictures are decoded in a worker: only the folders of the worker may include the decoders.
    own 'engine/image/(decode|codec)\.h' 'engine/(image|face|work)/'
    # Drawing for users needs fonts, which are files: not in a worker, nor in the daemon.
    own 'engine/draw/.*\.h' 'engine/draw/|cli/'
    allow cli/library 'engine/' 'index/' 'cli/library/'
    allow cli/page 'engine/' 'index/' 'cli/(library|page)/'
    allow cli/print 'engine/' 'index/' 'cli/(library|print)/'
    allow cli/program 'engine/' 'index/' 'cli/(library|print|program)/'
    for kind in asking saying running models training evaluating; do
        allow cli/$kind 'engine/' 'index/' "cli/(library|page|print|program|$kind)/"
    done
    only 'uv\.h' 'daemon/(watching|jobs|talking|loop)/'
    only 'utf8proc\.h' 'engine/base/'
    only 'lmdb\.h' 'index/'
    only 'jpeglib\.h' 'engine/image/'
    only 'png\.h' 'engine/image/'
    only 'libheif/.*' 'engine/image/'
    only 'webp/.*' 'engine/image/'
    only 'libexif/.*' 'engine/image/'
    only 'cblas\.h' 'engine/kernels/gemm_blas\.c'
    only 'seccomp\.h' 'engine/work/'
    only '(pango|cairo|fontconfig)/.*' 'engine/draw/text_module\.c'
)
if [ -n "$out" ]; then
    printf '%s\n' "$out"
    bad=1
fi
exit $bad
