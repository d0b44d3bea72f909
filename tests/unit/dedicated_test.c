/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/dedicated.h"
#include "heap/heap.h"
#include "heap/place.h"
#include "policy/token_hash.h"

#include <pthread.h>
#include <sys/wait.h>

static uint64_t token_of(unsigned int i)
{
	return (uint64_t)(i + 1) << 40 | (uint64_t)(i % 2) << 63;
}

static enum domain domain_of(unsigned int i)
{
	return i % 2 ? DOMAIN_POINTER : DOMAIN_DATA;
}

static void boot(const char *options)
{
	setenv("TYPESLAB", options, 1);
	unit_must(heap_boot());
}

static void must_be(unsigned int row, enum domain domain, unsigned int number)
{
	struct row_name name = layout_name(row);

	unit_must(name.domain == domain && name.partition == number);
}

/* First come: rows in order while the budget lasts, then a shared one. */
static void run_budget(void *options)
{
	unsigned int budget;

	boot(options);
	budget = layout.nr_rows - layout.first_own;
	unit_must(budget == layout.options.budget);
	unit_must(layout.first_own == 16 + 8 + 8);
	unit_must(layout_nr_used_rows() == layout.first_own);
	for (unsigned int i = 0; i < 3 * budget; i++) {
		unsigned int row = layout_row(token_of(i), i);

		if (i < budget) {
			unit_must(row == layout.first_own + i);
			must_be(row, domain_of(i), 8 + i / 2);
			unit_must(layout_nr_used_rows() == row + 1);
		} else {
			unit_must(row == layout_shared_row(token_of(i)));
			unit_must(layout_name(row).domain == domain_of(i));
			unit_must(layout_name(row).partition < 8);
		}
	}
	unit_must(layout_nr_used_rows() == layout.nr_rows);
	for (unsigned int i = 0; i < 3 * budget; i++)
		unit_must(layout_row(token_of(i), 0) ==
			  (i < budget ? layout.first_own + i
				      : layout_shared_row(token_of(i))));
	/* Without a type: by call site, as ever. */
	unit_must(layout_name(layout_row(0, 5)).domain == DOMAIN_UNKNOWN);
	roster_check(&layout.roster);
}

static void test_budget(void **state)
{
	(void)state;
	unit_run_well(run_budget, "mode=dedicated,budget=1");
	unit_run_well(run_budget, "mode=dedicated,budget=50");
	unit_run_well(run_budget, "mode=dedicated");
	unit_run_well(run_budget, "mode=dedicated,budget=4096");
}

/* More tokens than are listed: those beyond have a shared row, too. */
static void run_beyond(void *unused)
{
	(void)unused;
	boot("mode=dedicated,budget=4096");
	for (unsigned int i = 0; i < ROSTER_MAX + 1000; i++)
		layout_row(token_of(i), 0);
	unit_must(roster_nr(&layout.roster) == ROSTER_MAX);
	for (unsigned int i = 0; i < ROSTER_MAX + 1000; i++)
		unit_must(layout_row(token_of(i), 0) ==
			  (i < 4096 ? layout.first_own + i
				    : layout_shared_row(token_of(i))));
	roster_check(&layout.roster);
}

static void test_beyond(void **state)
{
	(void)state;
	unit_run_well(run_beyond, NULL);
}

/* A limited address space has fewer rows, and still a heap. */
static void run_small(void *unused)
{
	unsigned int budget;

	(void)unused;
	boot("mode=dedicated,budget=4096,reserve=16M");
	budget = layout.nr_rows - layout.first_own;
	unit_must(budget > 10 && budget < 1000);
	for (unsigned int i = 0; i < 2 * budget; i++)
		unit_must((layout_row(token_of(i), 0) >= layout.first_own) ==
			  (i < budget));
	unit_must(heap_alloc(100, token_of(1), 0));
}

static void test_small_region(void **state)
{
	(void)state;
	unit_run_well(run_small, NULL);
}

/* Numbers of a build with -falloc-token-max, and of the fast ABI. */
static void run_numbers(void *unused)
{
	(void)unused;
	boot("mode=dedicated,token_max=10");
	for (unsigned int i = 1; i < 12; i++)
		must_be(layout_row(i, 0),
			i < 5	 ? DOMAIN_DATA
			: i < 10 ? DOMAIN_POINTER
				 : DOMAIN_UNKNOWN,
			i < 5	 ? 8 + i - 1
			: i < 10 ? 8 + i - 5
				 : 16 + i - 10);
	must_be(layout_row(token_of_fast(9), 0), DOMAIN_POINTER, 13);
	must_be(layout_row(token_of_fast(10), 0), DOMAIN_UNKNOWN, 18);
}

static void test_numbers(void **state)
{
	(void)state;
	unit_run_well(run_numbers, NULL);
}

static char policy[] = "/tmp/unit-dedicated-XXXXXX";

static uint64_t token(const char *name, bool has_pointer)
{
	return token_hash(name, strlen(name), has_pointer);
}

static void run_pins(void *unused)
{
	char options[100];
	unsigned int alone, net;

	(void)unused;
	snprintf(options, sizeof(options), "mode=dedicated,budget=2,policy=%s",
		 policy);
	boot(options);
	unit_must(layout.first_own == layout.first_pinned + 4);
	alone = layout.first_pinned;
	net = alone + 2;
	/* Pinned types do not come out of the budget; others have it all. */
	unit_must(layout_row(token_of(0), 0) == layout.first_own);
	unit_must(layout_row(token("conn", true), 0) == net + 1);
	unit_must(layout_row(token("list", true), 0) == alone + 1);
	unit_must(layout_row(token("list", false), 0) == alone);
	unit_must(layout_row(token("peer", true), 0) == net + 1);
	unit_must(layout_row(token("peer", false), 0) == net);
	unit_must(layout_row(token_of(1), 0) == layout.first_own + 1);
	unit_must(layout_row(token_of(2), 0) < layout.first_pinned);
	must_be(alone, DOMAIN_DATA, 8);
	must_be(alone + 1, DOMAIN_POINTER, 8);
	must_be(net, DOMAIN_DATA, 9);
	must_be(net + 1, DOMAIN_POINTER, 9);
	must_be(layout.first_own, DOMAIN_DATA, 10);
	must_be(layout.first_own + 1, DOMAIN_POINTER, 10);
	roster_check(&layout.roster);
}

static void run_not_dedicated(void *unused)
{
	(void)unused;
	boot("policy=/no/such/file");
	unit_must(!layout.pins.nr);
	unit_must(layout_row(token_of(0), 0) < layout.first_pinned);
}

static void test_pins(void **state)
{
	struct unit_child child;
	int fd = mkstemp(policy);

	(void)state;
	assert_true(dprintf(fd, "name:list\nname:conn @net\nname:peer @net\n"));
	close(fd);
	child = unit_run(run_pins, NULL);
	unlink(policy);
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
	child = unit_run(run_not_dedicated, NULL);
	assert_string_equal(child.text,
			    "typeslab: policy: mode is not dedicated: "
			    "not read\n");
	assert_int_equal(child.status, 0);
}

#define NR_THREADS 4
#define NR_TOKENS  300u

static unsigned int rows[NR_THREADS][NR_TOKENS];
static pthread_barrier_t barrier;

static unsigned int row_of(const void *p)
{
	return row_of_slab(place_find(p).slab);
}

/* All threads meet over each token's first allocation. */
static void *alloc_all(void *arg)
{
	unsigned int *mine = arg;

	for (unsigned int i = 0; i < NR_TOKENS; i++) {
		pthread_barrier_wait(&barrier);
		mine[i] = row_of(heap_alloc(64, token_of(i), 0));
	}
	return NULL;
}

static void run_threads(void *unused)
{
	pthread_t threads[NR_THREADS];

	(void)unused;
	boot("mode=dedicated,budget=256");
	pthread_barrier_init(&barrier, NULL, NR_THREADS);
	for (int i = 0; i < NR_THREADS; i++)
		pthread_create(&threads[i], NULL, alloc_all, rows[i]);
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < NR_TOKENS; i++) {
		for (int t = 0; t < NR_THREADS; t++)
			unit_must(rows[t][i] == layout_row(token_of(i), 0));
		unit_must(rows[0][i] ==
			  (i < 256 ? layout.first_own + i
				   : layout_shared_row(token_of(i))));
	}
	unit_must(roster_nr(&layout.roster) == NR_TOKENS);
	/* What the threads left behind is found. */
	thread_flush(thread_enter());
	heap_trim();
}

static void test_threads(void **state)
{
	(void)state;
	unit_run_well(run_threads, NULL);
}

/* A child keeps what was; what comes then is its own affair. */
static void run_fork(void *unused)
{
	int status;
	pid_t pid;

	(void)unused;
	boot("mode=dedicated,budget=4");
	for (unsigned int i = 0; i < 2; i++)
		unit_must(layout_row(token_of(i), 0) == layout.first_own + i);
	pid = fork();
	if (!pid)
		unit_must(layout_row(token_of(9), 0) == layout.first_own + 2);
	unit_must(layout_row(token_of(0), 0) == layout.first_own);
	unit_must(layout_row(token_of(7), 0) == layout.first_own + 2 + !pid);
	unit_must(row_of(heap_alloc(64, token_of(7), 0)) ==
		  layout_row(token_of(7), 0));
	if (!pid)
		_exit(0);
	unit_must(waitpid(pid, &status, 0) == pid && !status);
}

static void test_fork(void **state)
{
	(void)state;
	unit_run_well(run_fork, NULL);
}

/* Freed, trimmed, asked for by others: an address keeps its token. */
static void run_reuse(void *unused)
{
	enum {
		NR = 40,
		TURNS = 200
	};
	static uint64_t owner[1 << 20];
	uint64_t seed = unit_seed();

	(void)unused;
	boot("mode=dedicated");
	for (int turn = 0; turn < TURNS; turn++) {
		void *live[NR];

		for (unsigned int i = 0; i < NR; i++) {
			unsigned int which = unit_random(&seed) % NR;
			size_t size = 1ul << (4 + unit_random(&seed) % 14);
			size_t at;

			live[i] = heap_alloc(size, token_of(which), i);
			unit_must(live[i]);
			at = region_chunk_of(live[i]);
			unit_must(at < array_size(owner));
			if (!owner[at])
				owner[at] = token_of(which);
			unit_must(owner[at] == token_of(which));
		}
		for (unsigned int i = 0; i < NR; i++)
			heap_free(live[i]);
		if (turn % 50 == 0)
			heap_trim();
	}
}

static void test_reuse(void **state)
{
	(void)state;
	unit_run_well(run_reuse, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_small_region),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_reuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
