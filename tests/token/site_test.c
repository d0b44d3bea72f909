/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_test: where the blocks of compiled call sites land.
 *
 * Usage: site_test typed|fast|small|halved
 *
 * typed:  default ABI, 64-bit tokens.
 * fast:   fast ABI, built with -falloc-token-max=16.
 * small:  default ABI with -falloc-token-max=16: the half is not known.
 * halved: the same, run under TYPESLAB=token_max=16.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi.h"
#include "place.h"
#include "sites.h"

static bool is_fast;
static bool is_split = true; /* tokens tell data from pointer */

static const size_t counts[] = { 1, 0, 3, 1000, 100000 };

#define NR_COUNTS (sizeof(counts) / sizeof(counts[0]))

static const struct token_sites *languages[2];

static enum typeslab_domain domain_of(const struct token_site *site)
{
	if (!site->seen || !is_split)
		return TYPESLAB_UNKNOWN;
	return site->type >= TYPE_node ? TYPESLAB_POINTER : TYPESLAB_DATA;
}

/* A block of the type, by the ABI itself: what every site must agree with. */
static void *reference_block(enum site_type type)
{
	size_t token = sites_c.token[type];

	if (is_fast)
		return abi_fast[ABI_MALLOC].call[token](SITE_SIZE, NULL);
	return abi_forms[ABI_MALLOC].call(SITE_SIZE, NULL, token);
}

static struct typeslab_whatis reference_place(enum site_type type)
{
	void *p = reference_block(type);
	struct typeslab_whatis place = place_of(p, SITE_SIZE);

	free(p);
	return place;
}

static void check_site(const struct token_site *site, size_t count,
		       struct typeslab_whatis wanted)
{
	void *p = site->call(count, NULL);
	struct typeslab_whatis place = place_of(p, count * SITE_SIZE);
	bool is_right = site->seen ? same_partition(place, wanted)
				   : place.domain == TYPESLAB_UNKNOWN;

	if (!is_right)
		fail_msg("%s of %zu struct %s: in %s-%02u, not %s-%02u",
			 site->form, count, site->type_name,
			 domain_name(place.domain), place.partition,
			 domain_name(domain_of(site)), wanted.partition);
	free(p);
	/* A large object's ground may be no slot any more. */
	if (typeslab_whatis(p, &place))
		assert_false(place.live);
}

static void each_site(void (*check)(const struct token_site *site))
{
	for (unsigned int lang = 0; lang < 2; lang++)
		for (size_t i = 0; languages[lang] && i < languages[lang]->nr;
		     i++)
			check(&languages[lang]->site[i]);
}

static void check_all_counts(const struct token_site *site)
{
	struct typeslab_whatis wanted = reference_place(site->type);

	for (size_t i = 0; i < NR_COUNTS; i++)
		check_site(site, counts[i], wanted);
}

static void sites_share_their_types_partition(void **state)
{
	(void)state;
	each_site(check_all_counts);
}

static void references_lie_in_their_domains(void **state)
{
	static const bool is_pointer[] = { false, false, true, true };

	(void)state;
	for (int type = 0; type < NR_TYPES; type++) {
		enum typeslab_domain wanted = TYPESLAB_UNKNOWN;

		if (is_split)
			wanted = is_pointer[type] ? TYPESLAB_POINTER
						  : TYPESLAB_DATA;
		assert_domain(reference_place(type), wanted);
	}
}

static void languages_agree_on_tokens(void **state)
{
	(void)state;
	for (int type = 0; type < NR_TYPES; type++) {
		assert_int_not_equal(sites_c.token[type], 0);
		if (languages[1])
			assert_int_equal(sites_c.token[type],
					 languages[1]->token[type]);
	}
}

/* @old keeps its bytes; a typed call pulls it over, a blind one leaves it. */
static void check_move(const struct token_site *site, void *old)
{
	struct typeslab_whatis before = place_of(old, SITE_SIZE);
	struct typeslab_whatis wanted =
		site->seen ? reference_place(site->type) : before;
	struct typeslab_whatis after;
	unsigned char *p;

	memset(old, 0x5a, SITE_SIZE);
	p = site->call(3, old);
	after = place_of(p, 3 * SITE_SIZE);
	if (!same_partition(after, wanted))
		fail_msg("%s to struct %s: from %s-%02u to %s-%02u", site->form,
			 site->type_name, domain_name(before.domain),
			 before.partition, domain_name(after.domain),
			 after.partition);
	for (size_t i = 0; i < SITE_SIZE; i++)
		assert_int_equal(p[i], 0x5a);
	free(p);
}

static void check_realloc_site(const struct token_site *site)
{
	if (!site->is_realloc)
		return;
	for (int from = 0; from < NR_TYPES; from++)
		check_move(site, reference_block(from));
	check_move(site, blind_sites[0](SITE_SIZE));
}

static void realloc_sites_follow_the_token(void **state)
{
	(void)state;
	each_site(check_realloc_site);
}

/* How well they spread over it is map_test's. */
static void blind_sites_lie_in_unknown(void **state)
{
	(void)state;
	for (int i = 0; i < NR_BLIND_SITES; i++) {
		void *first = blind_sites[i](SITE_SIZE);
		void *again = blind_sites[i](100 * SITE_SIZE);
		struct typeslab_whatis place = place_of(first, SITE_SIZE);

		assert_domain(place, TYPESLAB_UNKNOWN);
		assert_true(same_partition(place,
					   place_of(again, 100 * SITE_SIZE)));
		free(first);
		free(again);
	}
}

static void guests_lie_in_unknown(void **state)
{
	(void)state;
	for (const struct token_guest *guest = guests; guest->name; guest++) {
		void *p = guest->call();

		assert_domain(place_of(p, 1), TYPESLAB_UNKNOWN);
		free(p);
	}
}

static void set_kind(const char *kind)
{
	is_fast = !strcmp(kind, "fast");
	is_split = strcmp(kind, "small") != 0;
	languages[0] = &sites_c;
	if (&sites_cxx)
		languages[1] = &sites_cxx;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_agree_on_tokens),
		cmocka_unit_test(references_lie_in_their_domains),
		cmocka_unit_test(sites_share_their_types_partition),
		cmocka_unit_test(realloc_sites_follow_the_token),
		cmocka_unit_test(blind_sites_lie_in_unknown),
		cmocka_unit_test(guests_lie_in_unknown),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s typed|fast|small|halved\n", argv[0]);
		return 2;
	}
	set_kind(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
