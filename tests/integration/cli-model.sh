#!/bin/sh
# fnq model show for built-in architectures, and a model out as ONNX and in again.
. "${0%/*}/cli-lib.sh"
models=${FACENETD_TEST_MODELS:-$FN_SOURCE_DIR/build/models}

# parameters and multiply-adds of the paper
while read -r name params macs; do
    code "show $name" 0 "$FNQ" model show "$name" --json
    is "$name: parameters" "$params" "$(printf '%s' "$out" | js parameters)"
    is "$name: multiply-adds" "$macs" "$(printf '%s' "$out" | js macs)"
    is "$name: no file" null "$(printf '%s' "$out" | js path)"
done <<END
nn2 7456304 1599771872
nn3 7456304 816274400
nn4 6607888 285330432
END
code 'lines' 0 "$FNQ" model show nns2-like
is 'a line per layer, activations in it' "$(printf 'conv1\tconv relu\t3x3/2\t16x70x58\t448\t1818880\t259840')" "$(printf '%s\n' "$out" | head -1)"
is 'the embedding last' 'embedding' "$(printf '%s\n' "$out" | tail -1 | cut -f1)"
code 'no such architecture' 1 "$FNQ" model show nn9
has 'says where to look' "$errs" 'fnq model list'
code 'export: one operand' 2 "$FNQ" model export nn4
code 'export: a file that is no .onnx' 2 "$FNQ" model export nn4 "$tmp/out.bin"
code 'export: architectures have no weights' 1 "$FNQ" model export nn4 "$tmp/out.onnx"

if [ -f "$models/mobilefacenet-128.fnm" ]; then
    code 'dry run' 0 "$FNQ" --models "$models" model export -n mobilefacenet-128 "$tmp/out.onnx"
    [ ! -e "$tmp/out.onnx" ] || fail 'a dry run wrote a file'
    code 'export' 0 "$FNQ" --models "$models" model export mobilefacenet-128 "$tmp/out.onnx"
    code 'import' 0 "$FNQ" --models "$tmp/models" model import onnx "$tmp/out.onnx" --name back --role embedder
    for key in parameters macs layers.#; do
        is "out and in again: $key" "$("$FNQ" --models "$models" model show mobilefacenet-128 --json | js $key)" \
            "$("$FNQ" --models "$tmp/models" model show back --json | js $key)"
    done
else
    echo "not tested: export of a model, there is no $models/mobilefacenet-128.fnm"
fi
done_testing
