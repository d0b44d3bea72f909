/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/other.h"
#include "heap/place.h"
#include "libc/cxx.h"
#include "libc/doors.h"

#define TOKEN (1ul << 63 | 77ul << 40)
#define SITE  1

/* Theirs: blocks of one piece of memory that was never zero. */
static char ground[1 << 20] __attribute__((aligned(4096)));
static size_t used;
static void *freed;
static bool has_none;

static void *take_aligned(size_t align, size_t size)
{
	char *p = ground + round_up(used, align);

	if (has_none) {
		errno = ENOMEM;
		return NULL;
	}
	used = (size_t)(p - ground) + size;
	return memset(p, 'x', size);
}

static void *take(size_t size)
{
	return take_aligned(16, size);
}

static void *take_anew(void *p, size_t size)
{
	(void)p;
	return take(size);
}

static size_t usable(void *p)
{
	(void)p;
	return 1000;
}

static void note_free(void *p)
{
	freed = p;
}

static bool is_theirs(const char *p)
{
	return p >= ground && p < ground + sizeof(ground);
}

/* What has a token is theirs, in each way, and what has none is ours. */
static void ask_all(void *unused)
{
	char *p;
	int *out;

	(void)unused;
	setenv("TYPESLAB", "profile=hardened", 1);
	other = (struct other){ take, take_aligned, take_anew, usable,
				note_free };
	/* Ours is there as well: for the slab API, say. */
	heap_free(heap_alloc(100, 0, SITE));
	unit_must(is_theirs(token_malloc(100, TOKEN, SITE)));
	unit_must(is_theirs(token_malloc(100000, TOKEN, SITE)));
	p = token_calloc(10, 10, TOKEN, SITE);
	unit_must(is_theirs(p) && !p[0] && !p[99]);
	p = token_calloc(1000, 100, TOKEN, SITE);
	unit_must(is_theirs(p) && !p[0] && !p[99999]);
	p = token_aligned_alloc(4096, 100, TOKEN, SITE);
	unit_must(is_theirs(p) && (uintptr_t)p % 4096 == 0);
	unit_must(!token_posix_memalign((void **)&out, 64, 100, TOKEN, SITE));
	unit_must(is_theirs((char *)out));
	p = heap_realloc(p, 200, TOKEN, SITE);
	unit_must(is_theirs(p) && is_theirs(heap_realloc(NULL, 1, TOKEN, 1)));
	unit_must(cxx_sized(token_malloc(9, TOKEN, SITE)).size == 1000);
	has_none = true;
	unit_must(!token_malloc(100, TOKEN, SITE));
	unit_must(!token_reallocf(p, 300, TOKEN, SITE) && freed == p);
	p = heap_alloc(100, 0, SITE);
	unit_must(!is_theirs(p) && place_find(p).kind == PLACE_LIVE);
	unit_must(cxx_sized(p).size >= 100);
	heap_free(p);
}

static void test_all(void **state)
{
	struct unit_child child = unit_run(ask_all, NULL);

	(void)state;
	assert_string_equal(child.text,
			    "typeslab: another malloc: types are lost; link the"
			    " program with libtypeslab or preload it\n");
	assert_int_equal(child.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
