/* SPDX-License-Identifier: MIT */
/*
 * Lua without its reader and writer of precompiled chunks. The reader trusts
 * what it reads (lua.org/manual/5.4/manual.html#pdf-load: "maliciously crafted
 * binary chunks can crash the interpreter"), so the runner takes text alone
 * and scripts have no string.dump: neither is ever called, and with these in
 * their place the linker leaves them out of the program. In the library they
 * would be missing to a host that links Lua statically, too.
 */
#include <stdlib.h>

void luaU_undump(void);
void luaU_dump(void);

void luaU_undump(void)
{
    abort();
}

void luaU_dump(void)
{
    abort();
}
