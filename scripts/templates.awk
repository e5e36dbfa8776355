# SPDX-License-Identifier: MIT
#
# templates.awk FILE... - the built-in templates as C, half as long as they
# are: of the two bytes that come together most often, each pair in turn
# becomes one byte that no template has, until all of those are used up
# (builtin.h). LC_ALL=C, so that a character is a byte.
function name_of(path) {
    sub(/.*\//, "", path)
    return path
}

# One byte of a C string or array, whatever follows it.
function octal(c) {
    return sprintf("\\%03o", code[c])
}

function quoted(text, i, c, out) {
    out = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c ~ /[A-Za-z0-9 ]/ ? c : octal(c))
        if (i % 60 == 0)
            out = out "\"\n    \""
    }
    return out
}

# The pair of bytes that there is most of.
function commonest(count, i, j, n, pair, best, most) {
    split("", count)
    most = 0
    for (i = 0; i < files; i++) {
        n = length(texts[i])
        for (j = 1; j < n; j++) {
            pair = substr(texts[i], j, 2)
            if (++count[pair] > most) {
                most = count[pair]
                best = pair
            }
        }
    }
    return most > 3 ? best : ""
}

function replace(text, pair, by, at, out) {
    out = ""
    while ((at = index(text, pair)) > 0) {
        out = out substr(text, 1, at - 1) by
        text = substr(text, at + 2)
    }
    return out text
}

BEGIN {
    files = 0
    for (i = 1; i < 256; i++)
        code[sprintf("%c", i)] = i
}

FNR == 1 {
    names[files] = name_of(FILENAME)
    texts[files++] = ""
}

{ texts[files - 1] = texts[files - 1] $0 "\n" }

END {
    all = ""
    for (i = 0; i < files; i++)
        all = all texts[i]
    print "/* Made by scripts/templates.awk: do not edit. */"
    print "#include <stddef.h>\n\n#include \"builtin.h\"\n"
    print "const char lm_builtin_pairs[256][2] = {"
    for (i = 1; i < 256; i++) {
        c = sprintf("%c", i)
        if (index(all, c) > 0)
            continue
        pair = commonest()
        if (pair == "")
            break
        print "    [" i "] = {'" octal(substr(pair, 1, 1)) "', '" \
              octal(substr(pair, 2, 1)) "'},"
        for (j = 0; j < files; j++)
            texts[j] = replace(texts[j], pair, c)
    }
    print "};\n\nconst lm_builtin lm_builtins[] = {"
    for (i = 0; i < files; i++) {
        kind = names[i] ~ /\.sql$/ ? "true" : "false"
        sub(/\.[a-z]*$/, "", names[i])
        print "    {\"" names[i] "\", " kind ",\n    \"" \
              quoted(texts[i]) "\"},"
    }
    print "    {NULL, false, NULL}};"
}
