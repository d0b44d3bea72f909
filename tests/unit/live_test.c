/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/large.h"
#include "heap/live.h"
#include "heap/named.h"
#include "tests/unit/own.h"
#include "typeslab/snapshot.h"

extern struct live_root typeslab_live_1;

#define DATA	(1ul << 40)
#define POINTER (1ul << 63 | 1ul << 40)

struct text {
	char bytes[1 << 16];
	size_t length;
	int stops_at; /* 0: never */
	int nr_lines;
};

static bool take(void *context, const char *line, size_t length)
{
	struct text *text = context;

	if (++text->nr_lines == text->stops_at)
		return false;
	/* One line at a time, newline included. */
	if (!length || memchr(line, '\n', length) != line + length - 1 ||
	    text->length + length >= sizeof(text->bytes))
		return false;
	memcpy(text->bytes + text->length, line, length);
	text->length += length;
	text->bytes[text->length] = '\0';
	return true;
}

static enum live_result print(struct own *own, struct text *text, void *root)
{
	static struct layout room;
	struct live_reader reader = { read_own, own, &room };
	struct live_sink sink = { take, text };
	struct live_subject subject = { 4711, "some-program" };

	text->length = 0;
	text->bytes[0] = '\0';
	return live_print(&reader, (uintptr_t)root, &subject, &sink);
}

static struct text text;

static void print_well(void)
{
	struct own own = { 0 };

	text.stops_at = 0;
	assert_int_equal(print(&own, &text, &typeslab_live_1), LIVE_OK);
}

static void test_head(void **state)
{
	char allocations[128];

	(void)state;
	print_well();
	/* Nothing was allocated: no cache has a line. */
	assert_string_equal(
		text.bytes, TYPESLAB_SNAPSHOT_HEAD TYPESLAB_SNAPSHOT_COLUMNS
		"# typeslab 1\n"
		"# typeslab pid 4711\n"
		"# typeslab program some-program\n"
		"# typeslab mode typed\n"
		"# typeslab partitions 8 8 16\n"
		"# typeslab allocations 0 0 0\n" TYPESLAB_SNAPSHOT_END);
	heap_free(heap_alloc(48, DATA, 0));
	heap_free(heap_alloc(48, POINTER, 0));
	heap_free(heap_alloc(48, POINTER, 0));
	heap_free(heap_alloc(1 << 20, POINTER, 0));
	for (int i = 0; i < 100; i++)
		heap_free(heap_alloc(i, 0, i));
	snprintf(allocations, sizeof(allocations),
		 "# typeslab allocations %d %d %d\n", 1, 3, 100);
	print_well();
	assert_non_null(strstr(text.bytes, allocations));
}

/* A row as the header of the format says it is: a twin of the printer. */
static void add_row(char *out, uint64_t token, size_t size, unsigned int live)
{
	struct row_name name = layout_name(layout_row(token, 0));
	unsigned int class = class_of(size);
	size_t slot = class_size(class);
	struct cache *cache =
		cache_of_bin(bin_offset(layout_row(token, 0), class));
	size_t span = class_span(class, region_grain());
	size_t per_slab = span / slot;
	char id[32];

	snprintf(id, sizeof(id), "%s-%02u-%zu", domain_name(name.domain),
		 name.partition, slot);
	sprintf(out,
		"%-18s %u %zu %zu %zu %zu : tunables 0 0 0 : slabdata %u %u "
		"0\n",
		id, live, cache->nr_slabs * per_slab, slot, per_slab,
		span / 4096, cache->nr_slabs - cache->nr_empty,
		cache->nr_slabs);
}

static void test_rows(void **state)
{
	static void *live[1000];
	char wanted[256];

	(void)state;
	for (int i = 0; i < 1000; i++)
		live[i] = heap_alloc(640, DATA, 0);
	for (int i = 0; i < 300; i++)
		heap_free(live[i]);
	print_well();
	add_row(wanted, DATA, 640, 700);
	assert_non_null(strstr(text.bytes, wanted));
	for (int i = 300; i < 1000; i++)
		heap_free(live[i]);
	print_well();
	add_row(wanted, DATA, 640, 0);
	assert_non_null(strstr(text.bytes, wanted));
	/* A cache that never held an object has no line. */
	assert_null(strstr(text.bytes, "-20480 "));
}

static void test_large(void **state)
{
	struct row_name name = layout_name(layout_row(POINTER, 0));
	void *one = heap_alloc(1 << 20, POINTER, 0);
	void *other = heap_alloc(3 << 20, POINTER, 0);
	char id[32], wanted[256];

	(void)state;
	snprintf(id, sizeof(id), "pointer-%02u-large", name.partition);
	snprintf(wanted, sizeof(wanted),
		 "%-18s 2 2 %d 1 %d : tunables 0 0 0 : slabdata 2 2 0\n", id,
		 2 << 20, (2 << 20) / 4096);
	print_well();
	assert_non_null(strstr(text.bytes, wanted));
	heap_free(one);
	heap_free(other);
	print_well();
	snprintf(wanted, sizeof(wanted),
		 "%-18s 0 0 0 1 0 : tunables 0 0 0 : slabdata 0 0 0\n", id);
	assert_non_null(strstr(text.bytes, wanted));
}

/* The last line tells a whole text; there is none where nothing was read. */
static void test_end(void **state)
{
	size_t length = strlen("\n" TYPESLAB_SNAPSHOT_END);

	(void)state;
	print_well();
	assert_string_equal(text.bytes + text.length - length,
			    "\n" TYPESLAB_SNAPSHOT_END);
}

/* Data first, then pointer, then unknown; no address, no seed. */
static void test_order_and_secrets(void **state)
{
	char secret[32];
	char *data, *pointer, *unknown;

	(void)state;
	heap_free(heap_alloc(16, 0, 1));
	print_well();
	data = strstr(text.bytes, "\ndata-");
	pointer = strstr(text.bytes, "\npointer-");
	unknown = strstr(text.bytes, "\nunknown-");
	assert_true(data && data < pointer && pointer < unknown);
	assert_null(strstr(pointer, "\ndata-"));
	assert_null(strstr(unknown, "\npointer-"));
	assert_null(strstr(text.bytes, "0x"));
	snprintf(secret, sizeof(secret), "%lu", layout.secret);
	assert_null(strstr(text.bytes, secret));
	snprintf(secret, sizeof(secret), "%lx", layout.secret);
	assert_null(strstr(text.bytes, secret));
}

/*
 * A walk of all threads' heaps for a row, not for a cache: a heap, and its bins
 * of the few classes that have slabs, once for the allocations and once for the
 * lines; the row's partition for each, and its caches.
 */
static void test_reads(void **state)
{
	struct own own = { 0 };
	int per_row = 2 + 2 + NR_CLASSES + 2, nr_bins = 0;

	(void)state;
	assert_null(thread_heaps->next_of_all);
	for (unsigned int row = 0; row < layout.nr_rows; row++)
		nr_bins += __builtin_popcountl(
			layout_classes(&layout.partitions[row]));
	assert_int_equal(print(&own, &text, &typeslab_live_1), LIVE_OK);
	assert_true(own.nr_reads <=
		    per_row * (int)layout.nr_rows + 2 * nr_bins + 3);
}

/* Every read and every line may fail, and each failure is told. */
static void test_failures(void **state)
{
	struct own own = { 0 };
	int nr_reads, nr_lines;

	(void)state;
	text.nr_lines = 0;
	assert_int_equal(print(&own, &text, &typeslab_live_1), LIVE_OK);
	nr_reads = own.nr_reads;
	nr_lines = text.nr_lines;
	assert_true(nr_reads > 10 && nr_lines > 10);
	for (int at = 1; at <= nr_reads; at += at < 20 ? 1 : 37) {
		own = (struct own){ .fails_at = at };
		assert_int_equal(print(&own, &text, &typeslab_live_1),
				 LIVE_UNREADABLE);
	}
	for (int at = 1; at <= nr_lines; at++) {
		own = (struct own){ 0 };
		text.nr_lines = 0;
		text.stops_at = at;
		assert_int_equal(print(&own, &text, &typeslab_live_1),
				 LIVE_UNREADABLE);
	}
	text.stops_at = 0;
}

/* Own rows are named in the order they came, each in its domain. */
static void print_dedicated(void *unused)
{
	static const uint64_t tokens[] = { POINTER, DATA, POINTER + 1,
					   DATA + 1 };
	struct own own = { 0 };

	(void)unused;
	setenv("TYPESLAB", "mode=dedicated,budget=3", 1);
	for (size_t i = 0; i < array_size(tokens); i++)
		unit_must(heap_alloc(64, tokens[i], 0));
	unit_must(print(&own, &text, &typeslab_live_1) == LIVE_OK);
	unit_must(strstr(text.bytes, "# typeslab mode dedicated\n"
				     "# typeslab partitions 9 10 16\n"
				     "# typeslab allocations 2 2 0\n"
				     "# typeslab dedicated 4 3 1\n"
				     "data-0"));
	unit_must(strstr(text.bytes, "\ndata-08-64"));
	unit_must(strstr(text.bytes, "\npointer-08-64"));
	unit_must(strstr(text.bytes, "\npointer-09-64"));
	unit_must(!strstr(text.bytes, "data-09"));
}

static void test_dedicated(void **state)
{
	(void)state;
	unit_run_well(print_dedicated, NULL);
}

static void check_foreign(const struct live_root *root)
{
	struct live_root copy = *root;
	struct own own = { 0 };

	assert_int_equal(print(&own, &text, &copy), LIVE_FOREIGN);
	assert_int_equal(text.length, 0);
	assert_int_equal(own.nr_reads, 1);
}

/* Nothing is believed of a root that is not ours to the last size. */
static void test_foreign(void **state)
{
	struct live_root root = typeslab_live_1;

	(void)state;
	root.magic++;
	check_foreign(&root);
	root = typeslab_live_1;
	root.version++;
	check_foreign(&root);
	root = typeslab_live_1;
	root.size--;
	check_foreign(&root);
	root = typeslab_live_1;
	root.layout_size++;
	check_foreign(&root);
	root = typeslab_live_1;
	root.heap_size++;
	check_foreign(&root);
	root = typeslab_live_1;
	root.cache_size++;
	check_foreign(&root);
	root = typeslab_live_1;
	root.partition_size++;
	check_foreign(&root);
}

static struct layout fake;

static void test_strange_layout(void **state)
{
	struct live_root root = typeslab_live_1;
	struct own own = { 0 };

	(void)state;
	root.layout = (void *)(uintptr_t)&fake;
	assert_int_equal(print(&own, &text, &root), LIVE_EMPTY);
	assert_non_null(strstr(text.bytes, "# typeslab mode typed\n"));
	assert_null(strstr(text.bytes, TYPESLAB_SNAPSHOT_END));
	fake = layout;
	fake.nr_rows = NR_PARTITIONS_MAX + 1;
	assert_int_equal(print(&own, &text, &root), LIVE_FOREIGN);
	fake.nr_rows = layout.nr_rows;
	fake.options.mode = 99;
	assert_int_equal(print(&own, &text, &root), LIVE_OK);
	assert_non_null(strstr(text.bytes, "# typeslab mode ?\n"));
}

/* Names that were written over are no terminal's commands, and no lines. */
static void test_overwritten_name(void **state)
{
	static const char bad[] = "a\x1b]0;b\n# typeslab";
	const struct named_spec spec = {
		.name = "good",
		.size = 64,
		.node = -1,
		.twin_of = NAMED_NO_TWIN,
	};
	struct named *named = named_create(thread_enter(), &spec);

	(void)state;
	assert_non_null(named);
	heap_free(heap_alloc_in_bin(named->bin));
	memcpy(named->name, bad, sizeof(bad));
	print_well();
	assert_non_null(strstr(text.bytes, "\na_]0;b_#_typeslab "));
	memset(named->name, 'x', sizeof(named->name));
	print_well();
	assert_non_null(strstr(text.bytes, "\nxxxxx"));
}

/* Not before: what runs in a child until here boots as it likes. */
static int boot(void **state)
{
	(void)state;
	return !heap_boot();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test_setup(test_head, boot),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_order_and_secrets),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_strange_layout),
		cmocka_unit_test(test_overwritten_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
