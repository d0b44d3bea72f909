/* SPDX-License-Identifier: Apache-2.0 */
/* wrapped: pairs through a wrapper, and through the shim that types it. */
#include "driver.h"

#include <typeslab/token.h>

#include "table.h"

static __attribute__((noinline)) void *xmalloc(size_t size)
{
	void *p = malloc(size);

	if (!p)
		abort();
	return p;
}

static __attribute__((noinline)) void *typed_xmalloc(size_t size, size_t token)
{
	struct typeslab_caller caller;
	void *p;

	typeslab_caller_begin(&caller, size, token);
	p = xmalloc(size);
	typeslab_caller_end(&caller);
	return p;
}

/* @token as of a type with pointers; 0: straight to the wrapper. */
void drive_wrapped(uint64_t nr, uint64_t token)
{
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t *volatile p =
			token ? typed_xmalloc(64, token) : xmalloc(64);

		*p = i;
		free(p);
	}
}
