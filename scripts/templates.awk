# SPDX-License-Identifier: MIT
#
# templates.awk FILE... - the built-in templates as C: an array of lines for
# each, because one long string may be too long for a compiler.
function name_of(path) {
    sub(/.*\//, "", path)
    return path
}

function escape(line, i, c, out) {
    out = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        out = out (c == "\\" || c == "\"" ? "\\" c : c)
    }
    return out
}

BEGIN {
    files = 0
    print "/* Made by scripts/templates.awk: do not edit. */"
    print "#include <stddef.h>\n\n#include \"builtin.h\""
}

FNR == 1 {
    if (files > 0)
        print "    NULL};"
    names[files] = name_of(FILENAME)
    print "\nstatic const char *const lines" files "[] = {"
    files++
}

{ print "    \"" escape($0) "\\n\"," }

END {
    print "    NULL};\n\nconst lm_builtin lm_builtins[] = {"
    for (i = 0; i < files; i++) {
        kind = names[i] ~ /\.sql$/ ? "true" : "false"
        sub(/\.[a-z]*$/, "", names[i])
        print "    {\"" names[i] "\", " kind ", lines" i "},"
    }
    print "    {NULL, false, NULL}};"
}
