/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types: a program of up to 10,000 types, half of them with pointers.
 *
 * Compiled twice: with -fsanitize=alloc-token for the typed heap, without for
 * the others. Each type has a function that allocates it by sizeof, which is
 * where the compiler sees the type; 20,000 objects of random types live.
 */
#include "driver.h"

#define NR_LIVE 20000
/* From 16 to 240 bytes, equal for equal numbers. */
#define SIZE_OF(n) (16 + 8 * (1##n % 29))

#define STRUCT_OF(n, first)                                   \
	struct type_##n {                                     \
		first;                                        \
		char bytes[SIZE_OF(n)];                       \
	};                                                    \
	static __attribute__((noinline)) void *make_##n(void) \
	{                                                     \
		struct type_##n *p = malloc(sizeof(*p));      \
                                                              \
		return touched(p);                            \
	}

/* clang-format off */
#define TEN(_, n) \
	_(n##0, void *p) _(n##1, long i) _(n##2, void *p) _(n##3, long i) \
	_(n##4, void *p) _(n##5, long i) _(n##6, void *p) _(n##7, long i) \
	_(n##8, void *p) _(n##9, long i)
#define HUNDRED(_, n) \
	TEN(_, n##0) TEN(_, n##1) TEN(_, n##2) TEN(_, n##3) TEN(_, n##4) \
	TEN(_, n##5) TEN(_, n##6) TEN(_, n##7) TEN(_, n##8) TEN(_, n##9)
#define THOUSAND(_, n) \
	HUNDRED(_, n##0) HUNDRED(_, n##1) HUNDRED(_, n##2) \
	HUNDRED(_, n##3) HUNDRED(_, n##4) HUNDRED(_, n##5) \
	HUNDRED(_, n##6) HUNDRED(_, n##7) HUNDRED(_, n##8) \
	HUNDRED(_, n##9)
#define ALL_TYPES(_) \
	THOUSAND(_, 0) THOUSAND(_, 1) THOUSAND(_, 2) THOUSAND(_, 3) \
	THOUSAND(_, 4) THOUSAND(_, 5) THOUSAND(_, 6) THOUSAND(_, 7) \
	THOUSAND(_, 8) THOUSAND(_, 9)
/* clang-format on */

ALL_TYPES(STRUCT_OF)

#define NAME_OF(n, first) make_##n,

static void *(*const makers[])(void) = { ALL_TYPES(NAME_OF) };

static void drive_types(uint64_t nr, uint64_t nr_types)
{
	static void *live[NR_LIVE];
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(&state, NR_LIVE)];

		free(*place);
		*place = makers[draw_below(&state, nr_types)]();
	}
	for (size_t i = 0; i < NR_LIVE; i++)
		free(live[i]);
}

/* pair-64 of table.c, with a type: its token is what it costs more. */
struct sixty_four {
	struct sixty_four *next;
	char bytes[56];
};

static void drive_typed_pair(uint64_t nr, uint64_t unused)
{
	(void)unused;
	for (uint64_t i = 0; i < nr; i++) {
		struct sixty_four *volatile p =
			malloc(sizeof(struct sixty_four));

		*(uint64_t *)p = i;
		free(p);
	}
}

/* clang-format off */
const struct driver drivers[] = {
	{ "types-10", drive_types, 10 },
	{ "types-100", drive_types, 100 },
	{ "types-1000", drive_types, 1000 },
	{ "types-10000", drive_types, 10000 },
	{ "typed-pair-64", drive_typed_pair, 0 },
	{ NULL, NULL, 0 },
};
/* clang-format on */
