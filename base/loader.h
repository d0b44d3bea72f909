/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: which object an address lies in, where the loader tells.
 *
 * Owns:       nothing.
 * Promises:   struct dl_find_object and a weak _dl_find_object(), which is
 *             NULL in a program whose C library has none: glibc before 2.35,
 *             musl, and static programs.
 */
#ifndef BASE_LOADER_H
#define BASE_LOADER_H

#include <dlfcn.h>

/* glibc's header defines this beside the struct, which is part of its ABI. */
#ifndef DLFO_STRUCT_HAS_EH_DBASE
struct dl_find_object {
	unsigned long long dlfo_flags;
	void *dlfo_map_start;
	void *dlfo_map_end;
	struct link_map *dlfo_link_map;
	void *dlfo_rest[9];
};
#endif

extern int _dl_find_object(void *address, struct dl_find_object *out)
	__attribute__((__weak__));

#endif /* BASE_LOADER_H */
