/* SPDX-License-Identifier: Apache-2.0 */
/* dedicated: see dedicated.h. */
#include "heap/dedicated.h"

#include "base/align.h"
#include "policy/token_hash.h"
#include "report/report.h"

/*
 * Tokens are listed beyond those that have a row of their own: to count them,
 * and because a listed one is found fast; the small ones in every mode.
 */
#define LISTED_LEAST   1024u
#define LISTED_PER_ROW 4u

/* Without memory for its rules a policy has none. */
void dedicated_read_policy(void)
{
	struct option_text policy = option_text_of(layout.options.policy);
	struct pins *pins = &layout.pins;

	if (!policy.length)
		return;
	if (layout.options.mode != MODE_DEDICATED)
		return report_policy("mode is not dedicated", 0, "not read");
	pins->data_tokens = arena_take(
		&layout.arena, NR_PINS_MAX * sizeof(*pins->data_tokens), 8);
	pins->groups = arena_take(&layout.arena,
				  NR_PINS_MAX * sizeof(*pins->groups), 8);
	if (pins->data_tokens && pins->groups)
		pins_read(pins, policy);
}

/* In a small region less than was asked for. */
unsigned int dedicated_budget(void)
{
	if (layout.options.mode != MODE_DEDICATED)
		return 0;
	return (unsigned int)size_min(layout.options.budget,
				      layout.arena.size / 4 / LAYOUT_ROW_SIZE);
}

static unsigned int row_of_number(uint32_t number, uint64_t token)
{
	uint32_t nr_pinned = 2 * layout.pins.nr;
	unsigned int row = layout.first_own + number - nr_pinned - 1;
	unsigned int group;

	if (number > nr_pinned)
		return row < layout.nr_rows ? row : layout_shared_row(token);
	group = layout.pins.groups[(number - 1) / 2];
	return layout.first_pinned + 2 * group + (number - 1) % 2;
}

/* Of each rule both tokens: whichever comes finds its row. */
bool dedicated_init(void)
{
	const struct pins *pins = &layout.pins;
	size_t own = layout.nr_rows - layout.first_own;
	size_t wanted = size_max(own * LISTED_PER_ROW, LISTED_LEAST);
	uint32_t capacity =
		(uint32_t)size_min(2 * pins->nr + wanted, ROSTER_MAX);
	void *memory = arena_take(&layout.arena, roster_size(capacity), 64);

	layout.near = arena_take(&layout.arena, NR_NEAR * sizeof(struct near),
				 sizeof(struct near));
	if (!memory || !layout.near)
		return false;
	roster_init(&layout.roster, memory, capacity, &layout.nr_listed,
		    row_of_number);
	for (uint32_t i = 0; i < pins->nr; i++) {
		uint64_t token = pins->data_tokens[i];

		roster_list(&layout.roster, token);
		roster_list(&layout.roster, token_to_pointer(token));
	}
	return true;
}

unsigned int dedicated_row(uint64_t token)
{
	const struct roster *roster = &layout.roster;
	uint32_t number = roster_list(roster, token);

	return number ? roster_row(roster, number) : layout_shared_row(token);
}

/* Values go from 1 on; where rows lie by class, those of types alone do. */
static unsigned int near_first_row(void)
{
	return layout.order.nr ? layout.order.first : 0;
}

uint64_t dedicated_near_floor(void)
{
	return bin_offset(near_first_row(), 0) - (1ul << BIN_SHIFT);
}

unsigned int dedicated_find(uint64_t token)
{
	unsigned int row = dedicated_row(token);
	uint64_t distance = bin_offset(row, 0) - dedicated_near_floor();
	uint64_t value = distance >> BIN_SHIFT;

	if (row >= near_first_row() && value <= NEAR_MAX)
		near_put(layout.near, token, (uint32_t)value);
	return row;
}
