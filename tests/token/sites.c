/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the C forms, blind sites, and guests of the C library. */
#define _GNU_SOURCE
#include "sites.h"

#include "forms.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* glibc has no prototype for this one. */
void *reallocf(void *old, size_t size);

/* clang-format off */
#define SOURCE_SIZE(T, fn)	(T *)fn(count * sizeof(T))
#define SOURCE_COUNT(T, fn)	(T *)fn(count, sizeof(T))
#define SOURCE_OLD(T, fn)	(T *)fn(old, count * sizeof(T))
#define SOURCE_OLD_COUNT(T, fn) (T *)fn(old, count, sizeof(T))
#define SOURCE_ALIGN(T, fn)	(T *)fn(64, count * sizeof(T))
#define SOURCE_RESULT(T, fn)                                                 \
	({                                                                   \
		T *result = NULL;                                            \
		fn((void **)&result, 64, count * sizeof(T)) ? NULL : result; \
	})
#define OLD_SIZE      false
#define OLD_COUNT     false
#define OLD_OLD	      true
#define OLD_OLD_COUNT true
#define OLD_ALIGN     false
#define OLD_RESULT    false
/* clang-format on */

#define SITE_FORMS TOKEN_FORMS_C
#define SITE_TABLE sites_c
#include "sites.inc"

/* Written after each call, or a tail call would hand on its caller's site. */
static volatile unsigned int blind_calls;

/* clang-format off */
#define BLIND(id, unused)                    \
	static void *blind_##id(size_t size) \
	{                                    \
		void *p = malloc(size);      \
		blind_calls++;               \
		return p;                    \
	}
#define BLIND_ROW(id, unused) blind_##id,

TOKEN_IDS(BLIND, _)

void *(*const blind_sites[NR_BLIND_SITES])(size_t size) = { TOKEN_IDS(BLIND_ROW,
								      _) };
/* clang-format on */

static void *guest_strdup(void)
{
	return strdup("a string that the C library copies for us");
}

static void *guest_asprintf(void)
{
	char *line = NULL;

	return asprintf(&line, "%040d", 7) < 0 ? NULL : line;
}

static void *guest_memstream(void)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	if (!stream)
		return NULL;
	fprintf(stream, "%0400d", 7);
	fclose(stream);
	return text;
}

static void *guest_realpath(void)
{
	return realpath("/", NULL);
}

const struct token_guest guests[] = {
	{ "strdup", guest_strdup },
	{ "asprintf", guest_asprintf },
	{ "open_memstream", guest_memstream },
	{ "realpath", guest_realpath },
	{ NULL, NULL },
};
