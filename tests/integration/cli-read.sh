#!/bin/sh
# SPDX-License-Identifier: MIT
# Output of fnq for an index without a daemon and without photos: text, JSON, CSV, -0, exit codes, hostile names.
. "${0%/*}/cli-lib.sh"
make_index

# people
list=$(q people list)
is 'people with three photos and more' 4 "$(printf '%s\n' "$list" | wc -l | tr -d ' ')"
is 'the first has most photos' 10 "$(printf '%s\n' "$list" | head -1 | cut -f3)"
json=$(q people list --json)
is 'people schema' fnq.people/1 "$(printf '%s' "$json" | js schema)"
is 'people total' 5 "$(printf '%s' "$json" | js total)"
is 'people shown' 4 "$(printf '%s' "$json" | js shown)"
is 'people in json' 4 "$(printf '%s' "$json" | js people.#)"
is 'nameless is null' null "$(printf '%s' "$json" | js people.0.name)"
is 'all of them' 5 "$(q people list --all | wc -l | tr -d ' ')"
is 'jsonl lines carry their schema' fnq.person/1 "$(q people list --jsonl | js schema | sort -u)"
is 'csv has a heading' 'id,name,photos,faces,confirmed,from,to,note' "$(q people list --csv | head -1 | tr -d '\r')"
is 'csv rows' 5 "$(q people list --csv | wc -l | tr -d ' ')"
p=$(printf '%s\n' "$list" | head -1 | cut -f1)
is 'a prefix of an id' "$p" "$(q people show "$(printf %.5s "$p")" --json | js id)"
code 'nobody of that name' 1 q people show Nobody
has 'says who is missing' "$errs" "nobody is called 'Nobody'. All people: fnq people list --all"
code 'limit' 0 q people list --limit 1 --json
is 'limited' 1 "$(printf '%s' "$out" | js shown)"

# faces
is 'faces' 31 "$(q faces list | wc -l | tr -d ' ')"
is 'face schema' fnq.face/1 "$(q faces list --jsonl | js schema | sort -u)"
line=$(q faces list --jsonl | head -1)
for key in face photo paths box score quality state person; do
    printf '%s' "$line" | js $key >/dev/null || fail "fnq.face/1 has no $key"
done
f=$(printf '%s' "$line" | js face)
is 'a face by prefix' "$f" "$(q faces show "$(printf %.8s "$f")" --json | js faces.0.face)"
two=$(q faces list | cut -c1-2 | sort | uniq -d | head -1)
code 'an ambiguous face' 2 q faces show "$two"
has 'candidates are listed' "$errs" "face $two is ambiguous: f"
has 'and what to do' "$errs" '. Type one more letter'
code 'no such face' 1 q faces show fffffffffffffffff
is 'error sentence' 'fnq: face ffffffffffffffff not found.' "$(q faces show ffffffffffffffff 2>&1)"
code 'not a face at all' 2 q faces show 'zzz'
photo=$(printf '%s' "$line" | js photo)
is 'PHOTO:N' "$f" "$(q faces show "$photo:1" --json | js faces.0.face)"
code 'PHOTO:N beyond the last' 1 q faces show "$photo:99"

# files
bad=$(q files --bad)
is 'one bad file' "$tmp/photos/broken.jpg	bad	truncated JPEG" "$(printf '%s' "$bad" | cut -f1-3)"
is 'files schema' fnq.files/1 "$(q files --bad --json | js schema)"
is 'nothing missing' 0 "$(q files --missing --json | js total)"
code 'files wants to know which' 2 q files

# photos: by path (no file is there), by id, bad ones
json=$(q photos show "$tmp/photos/group.jpg" "$tmp/photos/broken.jpg" "$tmp/photos/wall.jpg" --json)
is 'photos schema' fnq.photos/1 "$(printf '%s' "$json" | js schema)"
is 'its path' "$tmp/photos/group.jpg" "$(printf '%s' "$json" | js photos.0.paths.0)"
is 'its date' 2010-06-01T13:00:00+01:00 "$(printf '%s' "$json" | js photos.0.taken)"
is 'where the date is from' exif "$(printf '%s' "$json" | js photos.0.taken_source)"
is 'its faces' 3 "$(printf '%s' "$json" | js photos.0.faces.#)"
is 'their people' "$(q faces show "$(printf '%s' "$json" | js photos.0.faces.1.face)" --json | js faces.0.person.id)" \
    "$(printf '%s' "$json" | js photos.0.faces.1.person.id)"
is 'its size' 3000 "$(printf '%s' "$json" | js photos.0.height)"
is 'a bad one' 'truncated JPEG' "$(printf '%s' "$json" | js photos.1.reason)"
is 'its state' bad "$(printf '%s' "$json" | js photos.1.state)"
is 'no date' null "$(printf '%s' "$json" | js photos.2.taken_source)"
photo=$(printf '%s' "$json" | js photos.2.photo)
is 'a photo by prefix' "$photo" "$(q photos show "$(printf %.12s "$photo")" | cut -f1)"
code 'no such photo' 1 q photos show "$tmp/photos/none.jpg"
code 'one of two' 3 q photos show "$tmp/photos/none.jpg" "$photo"
is 'the other is shown' "$photo" "$(printf '%s' "$out" | cut -f1)"

# find
code 'photos with two faces' 0 q find 'faces:>=2'
is 'the group' "$tmp/photos/group.jpg" "$out"
is 'count' 1 "$(q find faces:3 --output=count)"
code 'nothing found' 1 q find faces:7
is 'nothing is printed' '' "$out"
code 'a bad query' 2 q find 'peple:x'
has 'a caret' "$errs" '^'
has 'the key is named' "$errs" "unknown key 'peple'"
is 'several words are one query' 1 "$(q find faces:'>='2 and 'path:group*' --output=count)"
is 'sorted by path' "$tmp/photos/group.jpg" "$(q find 'path:*.jpg' --sort path --limit 1)"
all=$(q find 'path:*.jpg' --output=count)
is 'a limit does not change the count' "$all" "$(q find 'path:*.jpg' --limit 1 --output=count)"
is 'nor in json' "$all" "$(q find 'path:*.jpg' --limit 1 --output=count --json | js photos)"
json=$(q find 'path:*.jpg' --limit 2 --json)
is 'total of a limited list' "$all" "$(printf '%s' "$json" | js total)"
is 'how many are shown' 2 "$(printf '%s' "$json" | js shown)"
is 'so many' 2 "$(printf '%s' "$json" | js photos.#)"
is 'without a limit all are shown' "$all" "$(q find 'path:*.jpg' --json | js shown)"
json=$(q find 'faces:>=1' --limit 2 --output=faces --json)
is 'photos of limited faces' 2 "$(printf '%s' "$json" | js photos_shown)"
is 'and of all' "$(q find 'faces:>=1' --output=count)" "$(printf '%s' "$json" | js photos_total)"
is 'photos of limited people' 2 "$(q find 'faces:>=1' --limit 2 --output=people --json | js photos_shown)"
is 'a pipe gets the paths alone' 2 "$(q find 'path:*.jpg' --limit 2 | wc -l | tr -d ' ')"
is 'find schema' fnq.find/1 "$(q find faces:3 --json | js schema)"

# hostile names: whole with -0, one line each when piped, harmless in JSON and on a terminal
is 'one line per path' 3 "$(q find 'path:odd/**' | wc -l | tr -d ' ')"
is 'NUL-ended paths' 3 "$(q find 'path:odd/**' -0 | tr -cd '\000' | wc -c | tr -d ' ')"
q find 'path:odd/**' -0 >"$tmp/nul"
printf '%s/photos/odd/tab\tnewline\n"quote, comma.jpg' "$tmp" >"$tmp/want"
tr '\000\n' '\n\001' <"$tmp/nul" | grep -qF "$(tr '\n' '\001' <"$tmp/want")" || fail 'the path is untouched with -0'
has 'escapes in TSV' "$(q find 'path:odd/tab*')" 'tab\tnewline\n'
q find 'path:odd/**' --json | js photos.# >/dev/null || fail 'hostile paths are valid JSON'
has 'path_b64 beside a path that is not UTF-8' "$(q find 'path:odd/latin1*' --json)" '"path_b64":"'
has 'quotes in CSV' "$(q find 'path:odd/tab*' --csv)" '""quote'
if script -qec true /dev/null >/dev/null 2>&1; then
    tty=$(script -qec "'$FNQ' --index '$index' find 'path:odd/escape*'" /dev/null)
    esc=$(printf '\033')
    case $tty in
    *"$esc"'[31m'*) fail 'a path sends an escape sequence to the terminal' ;;
    esac
    has 'it is shown instead' "$tty" '\x1b[31mred.jpg'
    tty=$(script -qec "NO_COLOR=1 '$FNQ' --index '$index' find 'path:*.jpg' --limit 2" /dev/null | tr -d '\r')
    is 'the last line on a terminal' "2 of $all photos" "$(printf '%s\n' "$tty" | tail -1)"
    is 'the line before it' "…     ($((all - 2)) more)" "$(printf '%s\n' "$tty" | tail -2 | head -1)"
    tty=$(script -qec "NO_COLOR=1 '$FNQ' --index '$index' find 'path:*.jpg' --output photos" /dev/null | tr -d '\r')
    is 'all photos' "$all photos" "$(printf '%s\n' "$tty" | tail -1)"
    tty=$(script -qec "NO_COLOR=1 '$FNQ' --index '$index' find faces:3 --output faces" /dev/null | tr -d '\r')
    is 'faces on a terminal' 'faces of 1 photo' "$(printf '%s\n' "$tty" | tail -1)"
    has 'a heading on terminals' "$(script -qec "NO_COLOR=1 '$FNQ' --index '$index' people list" /dev/null)" 'PHOTOS'
    case $(script -qec "NO_COLOR=1 '$FNQ' --index '$index' people list" /dev/null) in
    *"$esc"*) fail 'NO_COLOR is not honoured' ;;
    esac
fi

# like, why
is 'ten nearest' 10 "$(q like "$f" | wc -l | tr -d ' ')"
is 'k' 3 "$(q like "$f" -k 3 --json | js faces.#)"
is 'nearest first' sorted "$(q like "$f" | cut -f2 | sort -c -g 2>/dev/null && echo sorted)"
is 'why schema' fnq.why/1 "$(q why "$f" --json | js schema)"
g=$(q find faces:3 --output=faces | cut -f1)
set -- $g
is 'two faces of a photo' true "$(q why "$1" "$2" --json | js same_photo)"
has 'in words' "$(q why "$1" "$2")" 'both are in one photo'

# status, doctor, log
is 'status without a daemon' false "$(q status --json | js daemon.running)"
is 'photos' 30 "$(q status --json | js photos)"
is 'bad files' 1 "$(q status --json | js bad_files)"
is 'roots' "$tmp/photos" "$(q watch list | cut -f1)"
is 'nothing was said' 0 "$(q log --json | js total)"
out=$(q --models "$tmp/none" doctor --json)
is 'doctor schema' fnq.doctor/1 "$(printf '%s' "$out" | js schema)"
is 'no models is a failed check' false "$(printf '%s' "$out" | js healthy)"
code 'and an exit code' 1 q --models "$tmp/none" doctor

# daemon commands without a daemon
for cmd in pause resume scan; do
    code "$cmd without a daemon" 4 q $cmd
    is "$cmd: the sentence" 'fnq: facenetd is not running. Start it: facenetd' "$errs"
done
code 'a span that is none' 2 q pause --until soon

# usage
code 'no such command' 2 q frobnicate
code 'a group alone' 2 q people
code 'a bad option' 2 q people list --al1
has 'a near one is named' "$errs" '--all'
code 'a schema of the future' 20 q people list --json --schema 2
code 'the schema of today' 0 q people list --json --schema=1
code 'two formats' 2 q people list --json --csv
code 'no index' 4 "$FNQ" --index "$tmp/none" people list
is 'no index: the sentence' "fnq: no index at $tmp/none. Start one: facenetd ~/Pictures   (or name it: --index PATH)" "$errs"
code 'options may stand before the command' 0 "$FNQ" --json --index "$index" people list
code 'help of a command' 0 "$FNQ" help people list
has 'its usage' "$out" 'usage: fnq people list'
code 'version' 0 "$FNQ" --version

# writing fails
if [ -w /dev/full ]; then
    q people list >/dev/full 2>"$tmp/stderr"
    is 'a full disk' 8 $?
fi
q faces list --jsonl | head -1 >/dev/null || fail 'a closed pipe'
# a command that fails midway still prints a whole document, which says so
printf '\377\330\377' >"$tmp/p.jpg"
code 'who without a worker' 5 "$FNQ" --index "$index" --models "$tmp/nowhere" who --json "$tmp/p.jpg"
is 'files' 0 "$(printf '%s' "$out" | js files.#)"
has 'the error' "$(printf '%s' "$out" | js errors.0.text)" 'the worker did not start'
done_testing
