/* SPDX-License-Identifier: Apache-2.0 */
/* wrapper_shim: hands the callers' types to the malloc inside the wrappers. */
#include <typeslab/token.h>

#include "wrapper.h"

void *__alloc_token_xmalloc(size_t size, size_t token);
void *__alloc_token_xcalloc(size_t count, size_t size, size_t token);
void *__alloc_token_xrealloc(void *old, size_t size, size_t token);

void *__alloc_token_xmalloc(size_t size, size_t token)
{
	struct typeslab_caller caller;
	void *p;

	typeslab_caller_begin(&caller, size, token);
	p = xmalloc(size);
	typeslab_caller_end(&caller);
	return p;
}

void *__alloc_token_xcalloc(size_t count, size_t size, size_t token)
{
	struct typeslab_caller caller;
	void *p;

	typeslab_caller_begin(&caller, count * size, token);
	p = xcalloc(count, size);
	typeslab_caller_end(&caller);
	return p;
}

void *__alloc_token_xrealloc(void *old, size_t size, size_t token)
{
	struct typeslab_caller caller;
	void *p;

	typeslab_caller_begin(&caller, size, token);
	p = xrealloc(old, size);
	typeslab_caller_end(&caller);
	return p;
}
