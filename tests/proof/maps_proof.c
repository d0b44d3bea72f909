/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maps_proof: the maps that multiply, for every input by counting.
 *
 * Usage: maps_proof [FRACTION]
 *
 * z3 does not get through a product of two unknowns of 64 bits, and need not:
 * each claim here is monotone in what is not counted, so the ends decide.
 * FRACTION: of the sizes, look at one in so many (1: at all; a minute).
 *
 * Slots. Let c = slot_reciprocal(size), e = c * size - 2^64. An offset is
 * n * size + r with r < size, and offset * c = n * 2^64 + (n * e + r * c). If
 * 0 <= e, and n * e + r * c < 2^64 for the greatest n and r, the upper half is
 * n; if n * e < c for the greatest n, a multiple is below c in the lower half;
 * and what has r > 0 is not below c, because r * c >= c.
 *
 * Scales. For a fixed count, partition_scale() grows with its number: it is
 * enough that row k begins at exactly ceil(k * 2^64 / count), and that the
 * greatest number is in the last row. Then all rows are as large as they can
 * be, but for one number.
 */
#include "base/compiler.h"
#include "policy/partition.h"
#include "policy/size_class.h"
#include "policy/slot_index.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT	   (1ul << 31) /* of sizes and offsets */
#define COUNTS_MAX 4096ul
#define NR_WORKERS 2ul

typedef unsigned __int128 wide_t;

static uint64_t fraction = 1;

static bool is_size_right(uint64_t size)
{
	uint64_t c = slot_reciprocal(size);
	wide_t e = (wide_t)c * size - ((wide_t)1 << 64);
	uint64_t n = (LIMIT - 1) / size;

	/* A c too small makes e wrap, and greater than any size. */
	return e < size && n * e < c &&
	       (n * e + (size - 1) * (wide_t)c) >> 64 == 0;
}

static bool are_sizes_right(uint64_t worker)
{
	uint64_t step = NR_WORKERS * fraction;

	for (uint64_t size = 2 + worker; size < LIMIT; size += step) {
		if (!is_size_right(size)) {
			printf("# size %lu\n", size);
			return false;
		}
	}
	return true;
}

/* The functions themselves, at the sizes there are: all offsets of a span. */
static bool are_slots_right(uint64_t worker)
{
	for (unsigned int class = worker; class < NR_CLASSES;
	     class += NR_WORKERS) {
		uint64_t size = class_size(class);
		uint64_t c = slot_reciprocal(size);
		uint64_t most = fraction > 1 ? class_span(class, 64ul << 10)
					     : LIMIT / 64;

		for (uint32_t offset = 0; offset < most; offset++) {
			wide_t product = slot_product(offset, c);

			if (slot_number(product) == offset / size &&
			    slot_begins(product, c) == !(offset % size))
				continue;
			printf("# size %lu, offset %u\n", size, offset);
			return false;
		}
	}
	return true;
}

static bool is_row_right(uint64_t row, uint64_t count)
{
	wide_t first = (((wide_t)row << 64) + count - 1) / count;

	return partition_scale(first, count) == row &&
	       (!row || partition_scale(first - 1, count) == row - 1);
}

static bool are_rows_right(uint64_t worker)
{
	for (uint64_t count = 1 + worker; count <= COUNTS_MAX;
	     count += NR_WORKERS * (fraction > 1 ? 16 : 1)) {
		bool right = partition_scale(UINT64_MAX, count) == count - 1;

		for (uint64_t row = 0; right && row < count; row++)
			right = is_row_right(row, count);
		if (!right) {
			printf("# %lu rows\n", count);
			return false;
		}
	}
	return true;
}

/* Bucket and row of every bucket's first and last site, under odd secrets. */
static bool are_numbers_right(uint64_t worker)
{
	for (uint64_t secret = 1 + 2 * worker; secret < 200000;
	     secret += 2 * NR_WORKERS * fraction) {
		for (uint64_t count = 1; count < 1025; count = count * 3 + 1)
			if (partition_of_number(secret, ~secret | 1, count) >=
				    count ||
			    partition_of_site(secret << 40, secret, count) >=
				    count ||
			    partition_of_token(~secret, secret, count) >= count)
				return false;
	}
	return true;
}

static const struct proof {
	const char *name;
	bool (*holds)(uint64_t worker);
} proofs[] = {
	{ "reciprocals of all sizes", are_sizes_right },
	{ "slots of all classes", are_slots_right },
	{ "rows of all counts", are_rows_right },
	{ "numbers, sites and tokens stay below the count", are_numbers_right },
};

static bool run(const struct proof *proof)
{
	bool holds = true;

	fflush(stdout);
	for (uint64_t worker = 0; worker < NR_WORKERS; worker++) {
		if (!fork()) {
			bool one = proof->holds(worker);

			fflush(stdout);
			_exit(!one);
		}
	}
	for (uint64_t worker = 0; worker < NR_WORKERS; worker++) {
		int status = 1;

		if (wait(&status) < 0 || status)
			holds = false;
	}
	return holds;
}

int main(int argc, char **argv)
{
	bool all = true;

	if (argc > 1)
		fraction = strtoull(argv[1], NULL, 0);
	if (!fraction)
		return 2;
	for (size_t i = 0; i < array_size(proofs); i++) {
		bool holds = run(&proofs[i]);

		printf("%sok %zu - %s\n", holds ? "" : "not ", i + 1,
		       proofs[i].name);
		all &= holds;
	}
	printf("1..%zu\n", array_size(proofs));
	return !all;
}
