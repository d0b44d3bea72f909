/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_test: the map from tokens to partitions, by process and by option.
 *
 * Each case runs a probe of this program in a process of its own; the probe
 * prints one line a block, "<token> <domain>-<partition>".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "abi.h"
#include "again.h"
#include "place.h"

#define NR_TOKENS 512

/* Blocks of each domain and partition, as a probe printed them. */
struct census {
	unsigned int blocks[3][64];
	unsigned int partitions[3]; /* how many hold a block */
};

static void print_place(size_t token, void *p)
{
	struct typeslab_whatis place;

	if (!p || !typeslab_whatis(p, &place))
		exit(3);
	printf("%zx %u-%02u\n", token, (unsigned int)place.domain,
	       place.partition);
}

static void print_token(size_t token)
{
	void *p = abi_forms[ABI_MALLOC].call(48, NULL, token);

	print_place(token, p);
	free(p);
}

/* A step that visits the halves in turn and looks random in the low bits. */
static size_t nth_token(size_t i)
{
	uint64_t token = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	token ^= token >> 29;
	token *= UINT64_C(0xbf58476d1ce4e5b9);
	return (token >> 1) | (uint64_t)(i & 1) << 63;
}

static void probe_wide(void)
{
	for (size_t i = 0; i < NR_TOKENS; i++)
		print_token(nth_token(i));
}

static void probe_small(void)
{
	for (size_t i = 1; i <= NR_TOKENS; i++)
		print_token(i);
}

/* Small tokens, but no neighbours. */
static void probe_scattered(void)
{
	for (size_t i = 0; i < NR_TOKENS; i++)
		print_token(1 + nth_token(i) % 65535);
}

/* Two sites, one after the other: a token's lines must agree. */
static void probe_small_twice(void)
{
	for (size_t i = 1; i <= 15; i++) {
		print_token(i);
		print_place(i, abi_forms[1].call(48, NULL, i));
	}
}

static void probe_unseen(void)
{
	print_token(0);
	print_token(nth_token(0));
	print_token(nth_token(1));
}

/* 64 calls of one token, each form of the ABI being a site of its own. */
static void probe_forms(void)
{
	for (unsigned int form = 0; form < TOKEN_NR_FORMS; form++)
		print_place(nth_token(1),
			    abi_forms[form].call(48, NULL, nth_token(1)));
}

/* Each names its number, or a compiler folds equal functions to one site. */
/* clang-format off */
#define BLIND(id, unused)                                             \
	static __attribute__((noinline)) void *blind_##id(void)       \
	{                                                             \
		void *p = malloc(48);                                 \
		__asm__ volatile("" : : "r"(p), "i"(id) : "memory"); \
		return p;                                             \
	}
#define PRINT_BLIND(id, unused) print_place(0, blind_##id());

TOKEN_IDS(BLIND, _)
/* clang-format on */

static void probe_sites(void)
{
	TOKEN_IDS(PRINT_BLIND, _)
}

static const struct {
	const char *name;
	void (*run)(void);
} probes[] = {
	{ "wide", probe_wide },		  { "small", probe_small },
	{ "twice", probe_small_twice },	  { "unseen", probe_unseen },
	{ "forms", probe_forms },	  { "sites", probe_sites },
	{ "scattered", probe_scattered },
};

static void run_probe(struct again *again, const char *options,
		      const char *probe)
{
	again_run(again, options, probe);
	if (!WIFEXITED(again->status) || WEXITSTATUS(again->status))
		fail_msg("probe %s under %s: status %#x, %s", probe,
			 options ? options : "no options", again->status,
			 again->err);
}

static void take_census(struct census *census, const char *options,
			const char *probe)
{
	static struct again again;
	unsigned int domain, partition;
	size_t token;

	memset(census, 0, sizeof(*census));
	run_probe(&again, options, probe);
	for (char *line = again.out; line && *line;) {
		if (sscanf(line, "%zx %u-%u", &token, &domain, &partition) != 3)
			fail_msg("probe printed: %.40s", line);
		assert_in_range(domain, 0, 2);
		assert_in_range(partition, 0, 63);
		if (!census->blocks[domain][partition]++)
			census->partitions[domain]++;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
}

static void assert_counts(const char *options, const char *probe,
			  unsigned int data, unsigned int pointer,
			  unsigned int unknown)
{
	struct census census;

	take_census(&census, options, probe);
	assert_int_equal(census.partitions[TYPESLAB_DATA], data);
	assert_int_equal(census.partitions[TYPESLAB_POINTER], pointer);
	assert_int_equal(census.partitions[TYPESLAB_UNKNOWN], unknown);
}

static void each_process_has_its_own_map(void **state)
{
	static struct again again[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		run_probe(&again[i], NULL, "wide");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(again[i].out, again[j].out);
	}
}

static void options_count_the_partitions(void **state)
{
	(void)state;
	assert_counts(NULL, "wide", 8, 8, 0);
	assert_counts(NULL, "scattered", 0, 0, 16);
	assert_counts("data=3,pointer=5,unknown=2", "wide", 3, 5, 0);
	assert_counts("data=3,pointer=5,unknown=2", "scattered", 0, 0, 2);
	assert_counts("data=1,pointer=1,unknown=1", "wide", 1, 1, 0);
	assert_counts("data=1,pointer=1,unknown=1", "scattered", 0, 0, 1);
	assert_counts("data=16,pointer=4", "wide", 16, 4, 0);
}

/*
 * Of 16 partitions, 64 sites miss 8 or more less than once in 10^15 maps. The
 * sites lie at even distances, which a weak map may not spread: most of
 * several processes must, for one may be unlucky.
 */
static void sites_without_a_token_spread(void **state)
{
	struct census census;
	int nr_good = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		take_census(&census, NULL, "sites");
		assert_int_equal(census.partitions[TYPESLAB_DATA], 0);
		assert_int_equal(census.partitions[TYPESLAB_POINTER], 0);
		nr_good += census.partitions[TYPESLAB_UNKNOWN] > 8;
	}
	assert_true(nr_good >= 5);
}

static void mode_none_has_one_partition(void **state)
{
	struct census census;

	(void)state;
	take_census(&census, "mode=none", "wide");
	assert_int_equal(census.partitions[0] + census.partitions[1] +
				 census.partitions[2],
			 1);
}

static void mode_random_goes_by_site(void **state)
{
	struct census census;

	(void)state;
	/* One token, 30 sites. */
	take_census(&census, "mode=random", "forms");
	assert_true(census.partitions[TYPESLAB_UNKNOWN] > 1);
	assert_int_equal(census.partitions[TYPESLAB_DATA], 0);
	assert_int_equal(census.partitions[TYPESLAB_POINTER], 0);
	/* One site, 512 tokens. */
	assert_counts("mode=random", "wide", 0, 0, 1);
	/* In typed mode, the token alone decides. */
	assert_counts("mode=typed", "forms", 0, 1, 0);
}

static unsigned int count_lines(const char *text)
{
	unsigned int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void small_tokens_warn_once(void **state)
{
	static struct again again;

	(void)state;
	run_probe(&again, NULL, "small");
	assert_int_equal(count_lines(again.err), 1);
	assert_int_equal(strncmp(again.err, "typeslab: ", 10), 0);
	run_probe(&again, "token_max=16", "small");
	assert_string_equal(again.err, "");
	run_probe(&again, NULL, "unseen");
	assert_string_equal(again.err, "");
}

static void small_tokens_go_by_token(void **state)
{
	static struct again again;
	unsigned int first[3], second[3];
	const char *line = again.out;

	(void)state;
	run_probe(&again, NULL, "twice");
	for (int i = 0; i < 15; i++) {
		int len = 0;

		if (sscanf(line, "%x %u-%u\n%x %u-%u\n%n", &first[0], &first[1],
			   &first[2], &second[0], &second[1], &second[2],
			   &len) != 6)
			fail_msg("probe printed: %.40s", line);
		assert_memory_equal(first, second, sizeof(first));
		assert_int_equal(first[1], TYPESLAB_UNKNOWN);
		line += len;
	}
}

static void token_max_splits_small_tokens(void **state)
{
	static struct again again;
	unsigned int token, domain, partition;
	const char *line = again.out;

	(void)state;
	run_probe(&again, "token_max=16", "small");
	for (unsigned int i = 1; i <= NR_TOKENS; i++) {
		unsigned int wanted = i >= 16  ? TYPESLAB_UNKNOWN
				      : i >= 8 ? TYPESLAB_POINTER
					       : TYPESLAB_DATA;
		int len = 0;

		if (sscanf(line, "%x %u-%u\n%n", &token, &domain, &partition,
			   &len) != 3)
			fail_msg("probe printed: %.40s", line);
		assert_int_equal(token, i);
		if (domain != wanted)
			fail_msg("token %u: %s", i, domain_name(domain));
		line += len;
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_has_its_own_map),
		cmocka_unit_test(options_count_the_partitions),
		cmocka_unit_test(sites_without_a_token_spread),
		cmocka_unit_test(mode_none_has_one_partition),
		cmocka_unit_test(mode_random_goes_by_site),
		cmocka_unit_test(small_tokens_warn_once),
		cmocka_unit_test(small_tokens_go_by_token),
		cmocka_unit_test(token_max_splits_small_tokens),
	};

	for (size_t i = 0; argc > 1 && i < sizeof(probes) / sizeof(probes[0]);
	     i++) {
		if (!strcmp(argv[1], probes[i].name)) {
			probes[i].run();
			return 0;
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
