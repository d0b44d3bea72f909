/* SPDX-License-Identifier: Apache-2.0 */
/* roster: see roster.h. */
#include "heap/roster.h"

#include "report/report.h"

/* A power of two, at least twice @capacity. */
static size_t index_length(uint32_t capacity)
{
	size_t length = 2;

	while (length < 2ul * capacity)
		length *= 2;
	return length;
}

size_t roster_size(uint32_t capacity)
{
	return (capacity + 1ul) * (sizeof(uint64_t) + sizeof(uint16_t)) +
	       index_length(capacity) * sizeof(uint16_t);
}

void roster_init(struct roster *roster, void *memory, uint32_t capacity,
		 uint32_t *nr_listed,
		 unsigned int (*row_of)(uint32_t number, uint64_t token))
{
	roster->tokens = memory;
	roster->rows = (uint16_t *)(roster->tokens + capacity + 1);
	roster->index = roster->rows + capacity + 1;
	roster->mask = index_length(capacity) - 1;
	roster->capacity = capacity;
	roster->nr_listed = nr_listed;
	roster->row_of = row_of;
}

uint32_t roster_find(const struct roster *roster, uint64_t token)
{
	for (uint64_t at = token;; at++) {
		uint16_t number = __atomic_load_n(
			&roster->index[at & roster->mask], __ATOMIC_ACQUIRE);

		if (!number || roster_token(roster, number) == token)
			return number;
	}
}

/* Several threads may do this for one entry; all write the same. */
static void publish(const struct roster *roster, uint32_t number,
		    uint64_t token)
{
	uint16_t row = (uint16_t)roster->row_of(number, token);

	__atomic_store_n(&roster->rows[number], row, __ATOMIC_RELAXED);
	for (uint64_t at = token;; at++) {
		uint16_t *place = &roster->index[at & roster->mask];
		uint16_t was = 0;

		/* Pairs with the loads of who looks and finds. */
		if (__atomic_compare_exchange_n(place, &was, (uint16_t)number,
						false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE) ||
		    was == number)
			return;
	}
}

/* In order: whoever comes second finds it done. */
static void count(const struct roster *roster, uint32_t number)
{
	uint32_t was = number - 1;

	__atomic_compare_exchange_n(roster->nr_listed, &was, number, false,
				    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

/*
 * What is counted is in the index, so a token that is not is in none of the
 * entries before. Of those behind, each is completed on the way.
 */
uint32_t roster_list(const struct roster *roster, uint64_t token)
{
	uint32_t number = __atomic_load_n(roster->nr_listed, __ATOMIC_ACQUIRE);
	uint32_t found = roster_find(roster, token);

	while (!found && number++ < roster->capacity) {
		uint64_t *place = &roster->tokens[number];
		uint64_t there = 0;

		if (__atomic_compare_exchange_n(place, &there, token, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			there = token;
		publish(roster, number, there);
		count(roster, number);
		if (there == token)
			found = number;
	}
	return found;
}

uint32_t roster_nr(const struct roster *roster)
{
	uint32_t nr = __atomic_load_n(roster->nr_listed, __ATOMIC_ACQUIRE);

	while (nr < roster->capacity &&
	       __atomic_load_n(&roster->tokens[nr + 1], __ATOMIC_RELAXED))
		nr++;
	return nr;
}

void roster_check(const struct roster *roster)
{
	uint32_t nr = __atomic_load_n(roster->nr_listed, __ATOMIC_ACQUIRE);

	if (nr > roster->capacity || roster->tokens[0])
		report_broken("roster");
	for (uint32_t number = 1; number <= nr; number++) {
		uint64_t token = roster_token(roster, number);

		if (!token || roster_find(roster, token) != number ||
		    roster_row(roster, number) != roster->row_of(number, token))
			report_broken("roster");
	}
}
