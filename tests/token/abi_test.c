/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abi_test: every symbol of both ABIs, called with tokens of our choice.
 *
 * Usage: abi_test [TOKEN_MAX], the value of the option token_max it runs
 * under (16 when none is set).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi.h"
#include "place.h"

#define DATA_TOKEN    UINT64_C(0x1d0416b06a7ce51f)
#define POINTER_TOKEN UINT64_C(0xab4823cf5091d769)

static const size_t sizes[] = { 48, 0, 1, 4096, 70000, 5000000 };

#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static unsigned int token_max = 16;

/* Calls a form; whatever it gives is freed here after being placed. */
static struct typeslab_whatis place_default(unsigned int form, size_t size,
					    size_t token)
{
	void *p = abi_forms[form].call(size, NULL, token);
	struct typeslab_whatis place = place_of(p, size);

	free(p);
	return place;
}

static struct typeslab_whatis place_fast(unsigned int form, size_t size,
					 unsigned int id)
{
	void *p = abi_fast[form].call[id](size, NULL);
	struct typeslab_whatis place = place_of(p, size);

	free(p);
	return place;
}

static void check_default(size_t token, enum typeslab_domain domain)
{
	struct typeslab_whatis wanted = place_default(ABI_MALLOC, 48, token);

	assert_domain(wanted, domain);
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++) {
		for (size_t i = 0; i < NR_SIZES; i++) {
			struct typeslab_whatis got =
				place_default(form, sizes[i], token);

			if (got.domain != domain ||
			    (token && !same_partition(got, wanted)))
				fail_msg("%s(%zu): %s-%02u, not %s-%02u",
					 abi_forms[form].name, sizes[i],
					 domain_name(got.domain), got.partition,
					 domain_name(domain), wanted.partition);
		}
	}
}

static void default_forms_follow_the_token(void **state)
{
	(void)state;
	check_default(DATA_TOKEN, TYPESLAB_DATA);
	check_default(POINTER_TOKEN, TYPESLAB_POINTER);
	check_default(UINT64_MAX, TYPESLAB_POINTER);
	check_default(UINT64_C(1) << 63, TYPESLAB_POINTER);
	check_default((UINT64_C(1) << 63) - 1, TYPESLAB_DATA);
	check_default(65536, TYPESLAB_DATA);
}

static void token_zero_is_unknown(void **state)
{
	(void)state;
	check_default(0, TYPESLAB_UNKNOWN);
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++)
		assert_domain(place_fast(form, 48, 0), TYPESLAB_UNKNOWN);
}

/* One call site, whatever the compiler does to the loop round it. */
static __attribute__((noinline)) void *call_malloc(size_t token)
{
	void *p = abi_forms[ABI_MALLOC].call(48, NULL, token);

	__asm__ volatile("" : : "r"(p) : "memory");
	return p;
}

/* From a thread's stock or from the slab below it, one place for all. */
static void check_many(size_t token)
{
	static void *p[3000];
	struct typeslab_whatis first = { 0 };

	for (int i = 0; i < 3000; i++) {
		p[i] = call_malloc(token);
		if (!i)
			first = place_of(p[0], 48);
		if (!same_partition(place_of(p[i], 48), first))
			fail_msg("block %d of token %#zx strays", i, token);
	}
	for (int i = 0; i < 3000; i++)
		free(p[i]);
}

static void one_token_one_partition_for_many(void **state)
{
	(void)state;
	check_many(DATA_TOKEN);
	check_many(POINTER_TOKEN);
	check_many(5);
	check_many(0);
}

static enum typeslab_domain domain_of_id(unsigned int id)
{
	if (id == 0 || id >= token_max)
		return TYPESLAB_UNKNOWN;
	return id >= token_max / 2 ? TYPESLAB_POINTER : TYPESLAB_DATA;
}

static void check_fast(unsigned int id)
{
	enum typeslab_domain domain = domain_of_id(id);
	struct typeslab_whatis wanted = place_fast(ABI_MALLOC, 48, id);

	assert_domain(wanted, domain);
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++) {
		for (size_t i = 0; i < NR_SIZES; i++) {
			struct typeslab_whatis got =
				place_fast(form, sizes[i], id);

			if (got.domain != domain ||
			    (domain != TYPESLAB_UNKNOWN &&
			     !same_partition(got, wanted)))
				fail_msg("%u_%s(%zu): %s-%02u, not %s-%02u", id,
					 abi_fast[form].name, sizes[i],
					 domain_name(got.domain), got.partition,
					 domain_name(domain), wanted.partition);
		}
	}
}

static void fast_forms_follow_the_number(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < TOKEN_NR_IDS; id++)
		check_fast(id);
}

/* Old blocks of every kind are pulled over by a known token. */
static void check_move(unsigned int form, size_t old_size, size_t size,
		       size_t from, size_t to)
{
	void *old = abi_forms[ABI_MALLOC].call(old_size, NULL, from);
	struct typeslab_whatis before = place_of(old, old_size);
	struct typeslab_whatis wanted =
		to ? place_default(ABI_MALLOC, 48, to) : before;
	size_t kept = size < old_size ? size : old_size;
	unsigned char *p;

	memset(old, 0xa7, old_size);
	p = abi_forms[form].call(size, old, to);
	if (!same_partition(place_of(p, size), wanted))
		fail_msg("%s(%zu to %zu, %#zx to %#zx): partition",
			 abi_forms[form].name, old_size, size, from, to);
	/* A large object's ground may be no slot any more. */
	if (!same_partition(before, wanted) && typeslab_whatis(old, &before))
		assert_false(before.live);
	for (size_t i = 0; i < kept; i += 1 + kept / 257)
		assert_int_equal(p[i], 0xa7);
	if (kept)
		assert_int_equal(p[kept - 1], 0xa7);
	free(p);
}

static void each_move(unsigned int form, size_t from, size_t to)
{
	/* Zero stays out: realloc(p, 0) is the api room's. */
	for (size_t i = 0; i < NR_SIZES; i++)
		for (size_t j = 0; j < NR_SIZES; j++)
			if (sizes[i] && sizes[j])
				check_move(form, sizes[i], sizes[j], from, to);
}

static void realloc_follows_a_known_token_only(void **state)
{
	static const size_t token[] = { 0, DATA_TOKEN, POINTER_TOKEN };

	(void)state;
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++)
		for (int i = 0; abi_forms[form].is_realloc && i < 9; i++)
			each_move(form, token[i / 3], token[i % 3]);
}

static void plain_realloc_keeps_the_partition(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_SIZES; i++) {
		void *p = abi_forms[ABI_MALLOC].call(48, NULL, POINTER_TOKEN);
		struct typeslab_whatis before = place_of(p, 48);

		p = realloc(p, sizes[i] + 1);
		assert_true(same_partition(before, place_of(p, sizes[i] + 1)));
		free(p);
	}
}

static void a_refused_move_leaves_the_block(void **state)
{
	size_t huge = PTRDIFF_MAX - 4096;
	void *p = abi_forms[ABI_MALLOC].call(48, NULL, DATA_TOKEN);
	struct typeslab_whatis before = place_of(p, 48);

	(void)state;
	memset(p, 0x31, 48);
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++) {
		/* reallocf gives the old block up, as it promises. */
		if (!abi_forms[form].is_realloc ||
		    !strcmp(abi_forms[form].name, "reallocf"))
			continue;
		assert_null(abi_forms[form].call(huge, p, POINTER_TOKEN));
		assert_true(same_partition(before, place_of(p, 48)));
	}
	for (int i = 0; i < 48; i++)
		assert_int_equal(((unsigned char *)p)[i], 0x31);
	free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_forms_follow_the_token),
		cmocka_unit_test(token_zero_is_unknown),
		cmocka_unit_test(one_token_one_partition_for_many),
		cmocka_unit_test(fast_forms_follow_the_number),
		cmocka_unit_test(realloc_follows_a_known_token_only),
		cmocka_unit_test(plain_realloc_keeps_the_partition),
		cmocka_unit_test(a_refused_move_leaves_the_block),
	};

	if (argc > 1)
		token_max = (unsigned int)strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
