/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims: what the pure maps promise, for every input there is.
 *
 * Each function takes any numbers and returns whether the claim holds for
 * them; prove compiles this file, turns the code of each function into a
 * formula over bit vectors, and has z3 look for numbers that make it false.
 * No branches and no loops: & and |, not && and ||.
 */
#include "base/align.h"
#include "heap/layout.h"
#include "os/lock.h"
#include "policy/partition.h"
#include "policy/slot_index.h"
#include "region/region.h"

#define CLAIM(name, ...)                \
	bool claim_##name(__VA_ARGS__); \
	bool claim_##name(__VA_ARGS__)

/* 47 bits of address are the least that any of our machines has. */
#define ADDRESS_MAX (1ul << 48)

/* If a, then b. */
static inline bool implies(bool a, bool b)
{
	return !a | b;
}

/* free()'s one comparison accepts the region's addresses and no others. */
CLAIM(holds_what_is_inside, uintptr_t p)
{
	uintptr_t base = (uintptr_t)region.base;
	size_t size = region.size;
	bool is_inside = (p >= base) & (p < base + size);
	bool is_sane = (base < ADDRESS_MAX) & (size <= ADDRESS_MAX);

	return implies(is_sane, region_holds((void *)p) == is_inside);
}

/* The record that free() goes to is that of the address's chunk. */
CLAIM(record_of_address, uintptr_t p)
{
	const void *record = region_record(region_chunk_of((void *)p));

	return region_record_of((void *)p) == record;
}

/* A chunk's address and its record lead to each other. */
CLAIM(chunk_and_record, size_t chunk)
{
	const void *record = region_record(chunk);
	char *base = region_chunk_base(record);
	bool is_sane = ((uintptr_t)region.base < ADDRESS_MAX) &
		       (chunk <= ADDRESS_MAX >> CHUNK_SHIFT);

	return implies(is_sane, (region_chunk_of(base) == chunk) &
					(region_chunk_of(base + CHUNK_SIZE -
							 1) == chunk));
}

/* An address minus the lower half of its span's is its offset in the span. */
CLAIM(offset_in_span, uintptr_t span, uintptr_t p, uint32_t offset)
{
	return implies(p == span + offset,
		       (uint32_t)p - (uint32_t)span == offset);
}

/* A reciprocal of 0 begins no slot: that is what records without slots say. */
CLAIM(no_slots, uint32_t offset)
{
	return !slot_begins(slot_product(offset, 0), 0);
}

/* Any size of 2 and more: the span's first byte begins slot 0. */
CLAIM(first_slot, uint64_t reciprocal)
{
	unsigned __int128 product = slot_product(0, reciprocal);

	return implies(reciprocal, slot_begins(product, reciprocal) &
					   (slot_number(product) == 0));
}

/*
 * Row and class make a bin, and the bin gives both back: row by row. Class by
 * class z3 would have to divide by what it does not know: unit/bin_order
 * counts.
 */
CLAIM(bin_of_row_and_class, uint32_t row, uint32_t class)
{
	const struct bin_order order = { 0, 0 };
	uint32_t number = bin_number(order, row, class);
	bool is_sane = (row < NR_PARTITIONS_MAX) & (class < NR_CLASSES_MAX);

	return implies(is_sane,
		       (bin_number_row(order, number) == row) &
			       (bin_number_class(order, number) == class));
}

CLAIM(site_has_bucket, uint64_t site, uint64_t secret)
{
	return site_bucket(site, secret) < NR_SITE_BUCKETS;
}

/* The compiler puts types with pointers into the upper half. */
CLAIM(domain_of_token, uint64_t token)
{
	return token_holds_pointers(token) == (token >= 1ul << 63);
}

/* A token's bucket is in the table, and of those that are for its domain. */
CLAIM(bucket_of_domain, uint64_t token, uint64_t secret)
{
	uint64_t bucket = token_bucket_in(token_pair(token, secret | 1), token);

	return (bucket < NR_TOKEN_BUCKETS) &
	       ((bucket & 1) == token_holds_pointers(token));
}

/* A number of the fast ABI is no token of a build with a maximum, nor any
 * other number. */
CLAIM(fast_tokens_apart, uint64_t a, uint64_t b)
{
	bool are_numbers =
		(a - 1 < NR_FAST_TOKENS - 1) & (b - 1 < NR_FAST_TOKENS - 1);

	return implies(are_numbers, (token_of_fast(a) >= TOKEN_SMALL) &
					    (token_of_fast(a) < TOKEN_HASHED) &
					    ((token_of_fast(a) ==
					      token_of_fast(b)) == (a == b)));
}

/* Tags tell threads and generations apart, leave the waiters' bit alone. */
CLAIM(lock_tags, uint32_t a, uint32_t b, uint32_t of_a, uint32_t of_b)
{
	uint32_t tag = lock_tag(a, of_a);
	bool are_ids = (a - 1 < LOCK_ID_MAX) & (b - 1 < LOCK_ID_MAX);
	bool are_same = (a == b) & (of_a % 2048 == of_b % 2048);

	return implies(are_ids,
		       (tag != 0) & !(tag >> 31) &
			       ((tag == lock_tag(b, of_b)) == are_same));
}

CLAIM(round_up, size_t n, unsigned int shift)
{
	size_t align = (size_t)1 << (shift & 63);
	size_t up = round_up(n, align);
	bool fits = n + (align - 1) >= n;

	return implies(fits, (up >= n) & (up - n < align) &
				     ((up & (align - 1)) == 0));
}

CLAIM(size_round_up, size_t n, unsigned int shift)
{
	size_t align = (size_t)1 << (shift & 63);
	size_t out;
	bool fits = size_round_up(n, align, &out);

	return (fits == (n + (align - 1) >= n)) &
	       implies(fits, out == round_up(n, align));
}
