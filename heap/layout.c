/* SPDX-License-Identifier: Apache-2.0 */
/* layout: see layout.h. */
#include "heap/layout.h"

#include "base/align.h"
#include "heap/dedicated.h"
#include "heap/guard.h"
#include "heap/other.h"
#include "heap/trace.h"
#include "os/os.h"
#include "report/report.h"

#include <string.h>

/* One state byte for at least 16 bytes of objects. */
#define STATES_PER_RESERVE 16

/* Heaps and magazines of a few thousand threads; less in a small region. */
#define ARENA_SIZE  (16ul << 30)
#define ARENA_LEAST (2ul << 20)
#define ARENA_STEP  (64ul << 10)

/* Above this rows of types are many, and there is little in each. */
#define ROWS_MANY 64u

/* Bins of so many threads, for each dedicated row. */
#define ARENA_PER_ROW (16ul << 20)

extern const char *typeslab_options __attribute__((__weak__));

struct layout layout;

/*
 * Shared rows are never fewer than the options say, so the arena has room for
 * them and, hardened, for a quarter more.
 */
static size_t size_for_rows(void)
{
	return layout_nr_shared() * LAYOUT_ROW_SIZE / 4 * 5;
}

/*
 * Of a limited address space the heap takes half, and five parts in eight of
 * what is beyond 128 MiB: threads want their stacks, too.
 */
#define LEFT_SMALL (128ul << 20)

static size_t wanted_reserve(void)
{
	size_t left = os_address_space_left();
	size_t fair;

	if (left == SIZE_MAX)
		return layout.options.reserve;
	left -= size_min(left / 2, size_for_rows());
	fair = left / 2;
	if (left > LEFT_SMALL)
		fair += (left - LEFT_SMALL) / 8;
	return size_min(layout.options.reserve, fair);
}

/*
 * Where the system counts what may be written to, and not what is in use,
 * idle memory is refunded: the program's own mappings need the right to it.
 */
static void init_purging(void)
{
	size_t limit = os_data_limit();

	layout.refunds = limit != SIZE_MAX;
	if (layout.refunds)
		os_spend_mappings();
	layout.idle_max = size_min(IDLE_MAX, limit / 8);
}

static bool init_arenas(void)
{
	size_t objects = region.nr_blocks * BLOCK_SIZE;
	size_t most = ARENA_SIZE + layout.options.budget * ARENA_PER_ROW;
	size_t own =
		size_min(most, objects / 16 + ARENA_LEAST) + size_for_rows();

	return arena_init(&layout.arena, own, ARENA_STEP) &&
	       arena_init(&layout.states, objects / STATES_PER_RESERVE,
			  ARENA_STEP);
}

/* The largest region that leaves addresses for what lies beside it. */
static bool init_ground(size_t wanted)
{
	while (region_init(wanted)) {
		if (init_arenas())
			return true;
		wanted = region.nr_blocks * BLOCK_SIZE / 2;
		arena_fini(&layout.states);
		arena_fini(&layout.arena);
		region_fini();
	}
	return false;
}

static void init_rows(void)
{
	const struct options *options = &layout.options;
	struct row_set *rows = layout.rows;

	rows[DOMAIN_UNKNOWN].count = options->unknown;
	rows[DOMAIN_DATA].first = options->unknown;
	rows[DOMAIN_DATA].count = options->data;
	rows[DOMAIN_POINTER].first = options->unknown + options->data;
	rows[DOMAIN_POINTER].count = options->pointer;
	layout.first_pinned = (unsigned int)(options->unknown + options->data +
					     options->pointer);
	if (options->mode > MODE_DEDICATED) {
		if (options->mode == MODE_NONE)
			rows[DOMAIN_UNKNOWN].count = 1;
		rows[DOMAIN_DATA] = rows[DOMAIN_UNKNOWN];
		rows[DOMAIN_POINTER] = rows[DOMAIN_UNKNOWN];
		layout.first_pinned = (unsigned int)rows[DOMAIN_UNKNOWN].count;
		layout.site_floor = UINT64_MAX;
	}
	layout.first_own = layout.first_pinned + 2 * layout.pins.nr_groups;
	layout.nr_rows = layout.first_own + dedicated_budget();
	layout.order.first = (uint32_t)options->unknown;
	if (options->mode <= MODE_DEDICATED &&
	    layout.nr_rows - options->unknown > ROWS_MANY)
		layout.order.nr = layout.nr_rows - layout.order.first;
}

/*
 * Programs overwrite their environment (setproctitle does), and an option's
 * text is used as late as at exit. What does not fit is read in place.
 */
static const char *copy_environment(void)
{
	static char copy[8192];
	const char *given = os_is_secure() ? NULL : os_getenv("TYPESLAB");
	size_t size = given ? strlen(given) + 1 : 0;

	if (!given || size > sizeof(copy))
		return given;
	return memcpy(copy, given, size);
}

/* A guard takes as much room as the object before it may: see guard.h. */
#define GUARDED_REGION (4ul << 30)

static void init_hardening(void)
{
	const struct options *options = &layout.options;

	scrub_init(&layout.scrub, options);
	hold_init(layout.holds, options);
	layout.draws = hold_draws(options);
	if (region.nr_blocks * BLOCK_SIZE < GUARDED_REGION)
		layout.options.guard = 0;
	if (options->guard)
		os_expect_mappings(2ul * GUARDS_MAX);
	layout.is_traced = options->trace == TRACE_ON && trace_init();
	layout.is_hardened = options->zero || options->canary ||
			     options->shuffle || options->quarantine ||
			     options->reuse_after || layout.is_traced;
	layout.has_short_way =
		layout.is_hardened && !layout.is_traced && !other.malloc;
}

bool layout_init(void)
{
	const char *program = &typeslab_options ? typeslab_options : NULL;
	size_t nr_caches;

	options_read(&layout.options, program, copy_environment());
	report_set_compat(layout.options.profile == PROFILE_COMPAT);
	report_set_stacks(layout.options.trace != TRACE_OFF);
	os_raise_page_size(option_page_size(&layout.options));
	layout.grain = region_grain();
	if (!init_ground(wanted_reserve()))
		return false;
	dedicated_read_policy();
	init_rows();
	init_purging();
	init_hardening();
	nr_caches = layout_nr_bin_rows() * NR_CLASSES_MAX;
	layout.caches =
		arena_take(&layout.arena, nr_caches * sizeof(struct cache), 64);
	layout.partitions = arena_take(
		&layout.arena, layout.nr_rows * sizeof(struct partition), 64);
	depot_init(&layout.arena);
	return layout.caches && layout.partitions && dedicated_init();
}

void layout_draw_map(const void *no_bins)
{
	uint64_t home = layout.no_bins = (uintptr_t)no_bins;
	uint64_t nr_unknown = layout.rows[DOMAIN_UNKNOWN].count;
	uint32_t first = layout.order.first;
	uint64_t row_step = bin_offset(first + 1, 0) - bin_offset(first, 0);
	uint64_t secret;
	/* One row is every token's, too. */
	bool is_mapped = layout.options.mode == MODE_TYPED ||
			 layout.options.mode == MODE_NONE;
	bool has_table = is_mapped;

	os_random(&secret, sizeof(secret));
	secret |= 1;
	for (int i = 0; i < 2; i++) {
		const struct row_set *rows = &layout.rows[DOMAIN_DATA + i];

		layout.product_mask[i] = token_product_mask(rows->count);
		layout.typed_bytes[i] = rows->count * row_step;
		layout.typed_homes[i] =
			home + bin_offset((unsigned int)rows->first, 0);
		has_table = has_table && rows->count <= TOKEN_PARTITIONS_FEW;
	}
	for (unsigned int i = 0; i < NR_TOKEN_BUCKETS; i++) {
		bool is_pointer = i & 1;
		const struct row_set *rows =
			&layout.rows[DOMAIN_DATA + is_pointer];

		layout.token_homes[i] =
			layout.typed_homes[is_pointer] +
			partition_of_token_bucket(i, rows->count) * row_step;
	}
	layout.row_mask = -row_step;
	layout.class_step = bin_class_step(layout.order, first);
	layout.near_home = home + dedicated_near_floor();
	for (unsigned int i = 0; i < NR_SITE_BUCKETS; i++)
		layout.site_homes[i] =
			home + (partition_of_number(i, secret, nr_unknown)
				<< ROW_SHIFT);
	for (unsigned int i = 0; i < CLASS_TABLE_SIZE; i++)
		layout.class_bins[i] = bin_offset(0, class_of(i * CLASS_GRAIN));
	layout.token_floor = is_mapped ? TOKEN_HASHED : UINT64_MAX;
	layout.table_floor = has_table ? TOKEN_HASHED : UINT64_MAX;
	layout.secret = secret;
	layout.small_end = layout.is_hardened ? 0 : SMALL_MAX + 1;
}

void layout_seal(void)
{
	size_t page = os_page_size();
	uintptr_t from = round_up((uintptr_t)&layout, page);
	uintptr_t to = round_down((uintptr_t)&layout.named, page);

	if (layout.options.seal && from < to)
		os_allow_reading((void *)from, to - from);
}

static size_t idle_bytes;
static size_t large_bytes;

#define ARENA_KEPT_PART 16

void *layout_take_spare(size_t size, size_t align)
{
	return arena_take_spare(&layout.arena, size, align,
				layout.arena.size / ARENA_KEPT_PART);
}

size_t layout_idle_bytes(void)
{
	return __atomic_load_n(&idle_bytes, __ATOMIC_RELAXED);
}

size_t layout_large_bytes(void)
{
	return __atomic_load_n(&large_bytes, __ATOMIC_RELAXED);
}

void layout_count_large(struct partition *partition, size_t bytes)
{
	partition->large_bytes += bytes;
	__atomic_fetch_add(&large_bytes, bytes, __ATOMIC_RELAXED);
}

void layout_count_idle(struct partition *partition, size_t bytes)
{
	partition->idle_bytes += bytes;
	__atomic_fetch_add(&idle_bytes, bytes, __ATOMIC_RELAXED);
}

bool layout_lock_partition(struct partition *partition, uint32_t tag)
{
	switch (lock_acquire(&partition->lock, tag)) {
	case LOCK_REENTERED:
		return false;
	case LOCK_ORPHANED:
		memset(&partition->slabs, 0, sizeof(partition->slabs));
		memset(&partition->large, 0, sizeof(partition->large));
		memset(partition->free, 0, sizeof(partition->free));
		partition->kept = 0;
		partition->nr_kept = 0;
		layout_count_idle(partition, -partition->idle_bytes);
		partition->epoch++;
		return true;
	default:
		return true;
	}
}

unsigned int layout_nr_used_rows(void)
{
	unsigned int nr_pinned = 2 * layout.pins.nr, used;

	if (layout.first_own == layout.nr_rows)
		return layout.nr_rows;
	used = layout.first_own + roster_nr(&layout.roster) - nr_pinned;
	return uint_min(used, layout.nr_rows);
}

static unsigned int row_of(const struct row_set *rows, uint64_t partition)
{
	return (unsigned int)(rows->first + partition);
}

static unsigned int row_of_site(uintptr_t site)
{
	const struct row_set *rows = &layout.rows[DOMAIN_UNKNOWN];

	return row_of(rows,
		      partition_of_site(site, layout.secret, rows->count));
}

/* Small tokens are of a build with -falloc-token-max: docs/partitions.md. */
unsigned int layout_shared_row(uint64_t token)
{
	uint64_t max = layout.options.token_max;
	enum domain domain = domain_of_token(token, max);
	const struct row_set *rows = &layout.rows[domain];

	if (token < TOKEN_SMALL && !max)
		report_small_tokens();
	if (token < TOKEN_HASHED)
		return row_of(rows, partition_of_number(token, layout.secret,
							rows->count));
	return row_of(rows,
		      partition_of_token(token, layout.secret, rows->count));
}

unsigned int layout_row(uint64_t token, uintptr_t site)
{
	if (!layout_is_typed(token))
		return row_of_site(site);
	if (token > layout.token_floor)
		return layout_shared_row(token);
	return dedicated_row(token);
}

static enum domain domain_of_row(unsigned int row)
{
	if (row < layout.first_pinned)
		return domain_name_row(layout.rows, row).domain;
	if (row < layout.first_own)
		return layout_domain_of_pinned(&layout, row);
	row = layout_number_of(&layout, row);
	return domain_of_token(roster_token(&layout.roster, row),
			       layout.options.token_max);
}

struct row_name layout_name(unsigned int row)
{
	struct row_name name = { DOMAIN_UNKNOWN, 0 };

	if (row < layout.first_pinned)
		return domain_name_row(layout.rows, row);
	name.domain = domain_of_row(row);
	for (unsigned int below = 0; below < row; below++)
		name.partition += domain_of_row(below) == name.domain;
	return name;
}
