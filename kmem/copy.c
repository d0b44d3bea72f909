/* SPDX-License-Identifier: Apache-2.0 */
/* copy: memory and strings copied; contracts in typeslab/slab_copy.h. */
#include "typeslab/slab_copy.h"

#include "kmem/request.h"

#include <stdio.h>
#include <string.h>

/* Strings of one site, or of one format, are data of one kind. */
static struct typeslab_from data_of(const void *key, struct typeslab_site *site)
{
	struct typeslab_from from = { 0, site };

	from.token = (uintptr_t)key * 0x9e3779b97f4a7c15u >> 1 | 1ul << 62;
	return from;
}

exported void *typeslab_kmemdup(const void *p, size_t size, gfp_t gfp,
				struct typeslab_from from)
{
	void *copy = p ? typeslab_kmalloc(size, gfp, from) : NULL;

	if (!ZERO_OR_NULL_PTR(copy))
		memcpy(copy, p, size);
	return copy;
}

exported void *typeslab_kvmemdup(const void *p, size_t size, gfp_t gfp,
				 struct typeslab_from from)
{
	void *copy = NULL;

	if (p)
		copy = typeslab_kvmalloc(size, gfp, from, NUMA_NO_NODE);
	if (!ZERO_OR_NULL_PTR(copy))
		memcpy(copy, p, size);
	return copy;
}

exported char *typeslab_kmemdup_nul(const char *s, size_t size, gfp_t gfp,
				    struct typeslab_from from)
{
	char *copy = NULL;

	if (s)
		copy = typeslab_kmalloc(typeslab_size_add(size, 1), gfp,
					data_of(from.site, from.site));
	if (!copy)
		return NULL;
	memcpy(copy, s, size);
	copy[size] = 0;
	return copy;
}

exported char *typeslab_kstrndup(const char *s, size_t most, gfp_t gfp,
				 struct typeslab_from from)
{
	const char *end = NULL;

	if (!s)
		return NULL;
	if (most == SIZE_MAX)
		return typeslab_kmemdup_nul(s, strlen(s), gfp, from);
	end = memchr(s, 0, most);
	return typeslab_kmemdup_nul(s, end ? (size_t)(end - s) : most, gfp,
				    from);
}

exported char *typeslab_kvasprintf(gfp_t gfp, const char *format,
				   va_list arguments);
exported char *typeslab_kasprintf(gfp_t gfp, const char *format, ...);

char *typeslab_kvasprintf(gfp_t gfp, const char *format, va_list arguments)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return NULL;
	text = typeslab_kmalloc((size_t)length + 1, gfp, data_of(format, NULL));
	if (text)
		vsnprintf(text, (size_t)length + 1, format, arguments);
	return text;
}

char *typeslab_kasprintf(gfp_t gfp, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = typeslab_kvasprintf(gfp, format, arguments);
	va_end(arguments);
	return text;
}
