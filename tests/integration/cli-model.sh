#!/bin/sh
# SPDX-License-Identifier: MIT
# fnq model show for built-in architectures, and a model exported as ONNX and imported again.
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

    # --profile: what the file does not contain about its network
    import() { "$FNQ" --models "$tmp/models" model import "$@"; }
    code 'an unknown convention' 2 import onnx "$tmp/out.onnx" --profile nosuch
    has 'lists the known ones' "$errs" "--profile 'nosuch' is none of arcface, mobilefacenet, facenet, dlib, ultra-light"
    code 'a role that contradicts' 2 import onnx "$tmp/out.onnx" --profile mobilefacenet --role detector
    has 'says how' "$errs" '--role detector, but networks of --profile mobilefacenet are embedders'
    code 'an embedder as landmarks' 5 import onnx "$tmp/out.onnx" --profile face-api-landmarks-68 --name bad
    has 'says what does not fit' "$errs" 'output 0 has 128 numbers, not 136: 68 points'
    code 'RGB where grey is fed' 5 import onnx "$tmp/out.onnx" --profile landmarks-68 --name bad
    has 'says the channels' "$errs" 'the input has 3 channels, landmarks-68 feeds 1'
    code 'no heads of a detector' 5 import onnx "$tmp/out.onnx" --profile ultra-light --name bad
    has 'names the tensor' "$errs" 'out.onnx does not fit --profile ultra-light: no tensor "319"'
    [ ! -e "$tmp/models/bad.fnm" ] || fail 'a network that does not fit was written'
    code 'as mobilefacenet' 0 import onnx "$tmp/out.onnx" --profile mobilefacenet --name brought --licence MIT
    code 'as arcface' 0 import onnx "$tmp/out.onnx" --profile arcface --name other
    show() { "$FNQ" --models "$tmp/models" model show "$1" --json | js "$2"; }
    is 'role by the convention' embedder "$(show brought role)"
    is 'licence' MIT "$(show brought licence)"
    is 'source' out.onnx "$(show brought source)"
    is 'note' 'fed as mobilefacenet' "$(show brought note)"
    [ "$(show brought id)" != "$(show other id)" ] || fail 'one id, but the vectors differ'

    # a profile uses them, with the vectors of the network they came from
    for f in "$models"/*.fnm "$models"/default.profile; do ln -s "$(realpath "$f")" "$tmp/models/"; done
    code 'install without thresholds' 6 "$FNQ" --models "$tmp/models" model install brought --name p-brought
    has 'says how to measure them' "$errs" "fnq eval calibrate $tmp/models/brought.fnm DIR"
    [ ! -e "$tmp/models/p-brought.profile" ] || fail 'a profile without thresholds'
    "$TRAIN_PICTURES" "$tmp/people" 30 8 || fail 'no pictures'
    for model in brought other; do
        code "thresholds of $model" 0 "$FNQ" --models "$tmp/models" eval calibrate "$tmp/models/$model.fnm" "$tmp/people" --mode centre
        code "install $model" 0 "$FNQ" --models "$tmp/models" model install "$model" --name "p-$model"
    done
    code 'install without a convention' 5 "$FNQ" --models "$tmp/models" model install back --name p-back
    has 'says what to do' "$errs" 'import it with --profile'
    code 'a detector out' 0 "$FNQ" --models "$models" model export ultra-light-rfb "$tmp/heads.onnx"
    code 'a detector in' 0 import onnx "$tmp/heads.onnx" --profile ultra-light --name found
    is 'its role' detector "$(show found role)"
    code 'install a detector' 0 "$FNQ" --models "$tmp/models" model install found --name p-found
    photo=${FACENETD_TEST_PHOTOS:-$FN_SOURCE_DIR/build/packages/@vladmandic/face-api/demo}/sample1.jpg
    if [ -f "$photo" ]; then
        vectors() { # PROFILE: the numbers of every face, one per line
            FACENETD_MODELS_PROFILE=$1 "$FNQ" --models "$tmp/models" embed "$photo" --json |
                tr ',[]{}' '\n' | grep -E '^-?[0-9.]+(e-?[0-9]+)?$'
        }
        vectors default >"$tmp/v-default"
        [ "$(wc -l <"$tmp/v-default")" -ge 128 ] || fail 'no face in the photo'
        for name in brought found other; do
            vectors "p-$name" >"$tmp/v-$name"
            far=$(paste "$tmp/v-default" "$tmp/v-$name" | awk 'NF != 2 { bad = 1 } { d = $1 - $2; if (d < 0) d = -d; if (d > m) m = d }
                END { print ((bad || m > 1e-5) ? "far" : "near") }')
            is "vectors of $name" "$([ $name = other ] && echo far || echo near)" "$far"
        done
    else
        echo "not tested: vectors of an imported model, there is no $photo"
    fi
else
    echo "not tested: export of a model, there is no $models/mobilefacenet-128.fnm"
fi
done_testing
