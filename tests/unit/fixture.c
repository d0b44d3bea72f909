/* SPDX-License-Identifier: Apache-2.0 */
/* fixture: see fixture.h. */
#include "tests/unit/fixture.h"

#include "heap/options.h"
#include "os/os.h"
#include "policy/size_class.h"
#include "region/arena.h"
#include "region/ground.h"
#include "tests/unit/unit.h"

#define REGION_SIZE (1ul << 30)
#define STATES_SIZE (64ul << 20)
#define STATES_STEP (64ul << 10)

static struct ground ground;
static struct arena states;

void fixture_init_os(void)
{
	struct options options;

	os_init();
	options_read(&options, NULL, os_getenv("TYPESLAB"));
	os_raise_page_size(option_page_size(&options));
}

int fixture_begin(void **state)
{
	(void)state;
	fixture_init_os();
	memset(&region, 0, sizeof(region));
	memset(&ground, 0, sizeof(ground));
	memset(&states, 0, sizeof(states));
	assert_true(region_init(REGION_SIZE));
	assert_true(arena_init(&states, STATES_SIZE, STATES_STEP));
	return 0;
}

char *fixture_chunks(size_t span)
{
	const struct region_asker asker = { 12345, FIXTURE_TAG, true, false };
	char *chunks = ground_take(&ground, span, &asker);

	assert_non_null(chunks);
	return chunks;
}

struct slab *fixture_slab(unsigned int class, uint32_t bin)
{
	size_t span = class_span(class, region_grain());
	size_t nr_states = slab_nr_states(class_size(class), span);
	char *chunks = fixture_chunks(span);
	struct slab *slab = slab_of_chunk(region_chunk_of(chunks));

	slab_init(slab, class_size(class), span, bin,
		  arena_take(&states, nr_states, SLAB_STATES_LINE));
	return slab;
}
