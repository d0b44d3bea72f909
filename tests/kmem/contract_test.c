/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the contracts of typeslab/slab.h promise beyond the suite that the
 * kernel passes, too. By each compiler, with partitions and without.
 */
#include "tests/kmem/memory.h"
#include "tests/unit/unit.h"

#include "typeslab/slab.h"

#include <errno.h>
#include <malloc.h>
#include <wchar.h>

#define NR 40

/* Before anybody allocated anything. */
static size_t early_size;

static __attribute__((__constructor__(101))) void ask_early(void)
{
	early_size = kmalloc_size_roundup(100);
}

/* C23; a C library may not know it yet. */
extern void free_sized(void *p, size_t size) __attribute__((__weak__));

static size_t hide(size_t n)
{
	__asm__("" : "+r"(n));
	return n;
}

/* One call site, so one partition, whatever the flags. */
static __attribute__((noinline)) void *ask(size_t size, gfp_t gfp)
{
	return kmalloc(hide(size), gfp);
}

/* So that what comes from ask() next is not zero by luck. */
static void soil(size_t size)
{
	char *p[NR];

	for (int i = 0; i < NR; i++) {
		p[i] = ask(size, GFP_KERNEL);
		assert_non_null(p[i]);
		memset(p[i], 0xee, ksize(p[i]));
	}
	for (int i = 0; i < NR; i++)
		kfree(p[i]);
}

static void must_grow_zero(unsigned char *p, size_t size, size_t to)
{
	assert_non_null(p);
	memset(p, 3, size);
	p = krealloc(p, to, GFP_KERNEL | __GFP_ZERO);
	assert_non_null(p);
	assert_true(is_all(p, 3, size));
	assert_true(is_all(p + size, 0, to - size));
	p = krealloc(p, size, GFP_KERNEL | __GFP_ZERO);
	p = krealloc(p, to, GFP_KERNEL | __GFP_ZERO);
	assert_true(is_all(p + size, 0, to - size));
	kfree(p);
}

/* All usable bytes are zero, so that krealloc() finds them so. */
static void test_zero_growth(void **state)
{
	static const size_t sizes[] = { 1, 20, 100, 5000, 33000, 100000 };

	(void)state;
	for (size_t i = 0; i < array_size(sizes); i++) {
		size_t size = sizes[i];

		soil(size);
		for (int k = 0; k < NR / 2; k++) {
			void *p = ask(size, GFP_KERNEL | __GFP_ZERO);

			must_grow_zero(p, size, ksize(p));
			p = kzalloc(size, GFP_KERNEL);
			must_grow_zero(p, size, ksize(p));
			must_grow_zero(kcalloc(size, 1, GFP_KERNEL), size,
				       size * 3);
		}
	}
	for (int k = 0; k < NR; k++) {
		void *p = kmalloc(40, GFP_KERNEL);

		memset(p, 0xee, ksize(p));
		kfree(p);
		p = kzalloc(40, GFP_KERNEL);
		must_grow_zero(p, 40, ksize(p));
	}
}

/* To the largest power of two that divides the size, whoever gives it. */
static void test_alignment(void **state)
{
	kmem_buckets *set = kmem_buckets_create("aligned", 0, 0, 0, NULL);

	(void)state;
	for (size_t size = 8; size <= KMALLOC_MAX_SIZE; size *= 2) {
		void *p[] = {
			kmalloc(size, GFP_KERNEL),
			krealloc(NULL, size, GFP_KERNEL),
			krealloc_node_align(NULL, size, 8, GFP_KERNEL, -1),
			kmem_buckets_alloc(set, size, GFP_KERNEL),
			kmalloc(size, GFP_KERNEL_ACCOUNT),
			krealloc(kmalloc(8, GFP_KERNEL), size, GFP_KERNEL),
		};

		for (size_t i = 0; i < array_size(p); i++) {
			assert_non_null(p[i]);
			assert_true(is_aligned(p[i], i < 5 ? size : 8));
			kfree(p[i]);
		}
	}
}

/* What kvmalloc() alone would give lies at a page's start at least. */
static void test_kv_alignment(void **state)
{
	(void)state;
	for (size_t size = 32769; size < 6u << 20; size = size * 3 / 2) {
		void *p = kvmalloc(hide(size), GFP_KERNEL);

		assert_non_null(p);
		assert_true(is_aligned(p, 4096));
		kvfree(p);
	}
}

#ifdef TYPESLAB_NO_PARTITIONS
/* A constant size is malloc()'s, which may have chosen a smaller slot. */
#define OF_CONSTANT(size) hide(size)
#else
#define OF_CONSTANT(size) (size)
#endif
#define MUST_AGREE(size)                                                 \
	do {                                                             \
		void *constant = kmalloc(OF_CONSTANT(size), GFP_KERNEL); \
		void *hidden = kmalloc(hide(size), GFP_KERNEL);          \
		void *moved = krealloc(NULL, hide(size), GFP_KERNEL);    \
                                                                         \
		assert_int_equal(ksize(constant),                        \
				 kmalloc_size_roundup(hide(size)));      \
		assert_int_equal(ksize(hidden), ksize(constant));        \
		assert_int_equal(ksize(moved), ksize(constant));         \
		kfree(constant);                                         \
		kfree(hidden);                                           \
		kfree(moved);                                            \
	} while (0)

/* Caches beside a row's have no less. */
static void must_have(void *p, size_t size)
{
	assert_non_null(p);
	assert_true(ksize(p) >= size);
	kfree(p);
}

static void test_roundup_beside(void **state)
{
	kmem_buckets *set = kmem_buckets_create("roundup", 0, 0, 0, NULL);

	(void)state;
	for (size_t size = 1; size < 70000; size += size / 9 + 1) {
		size_t most = kmalloc_size_roundup(size);

		must_have(kmalloc(hide(size), GFP_KERNEL_ACCOUNT), most);
		must_have(kmalloc(hide(size), GFP_KERNEL | __GFP_RECLAIMABLE),
			  most);
		must_have(kmem_buckets_alloc(set, size, GFP_KERNEL), most);
	}
}

static void test_roundup(void **state)
{
	void *p = kmalloc(hide(1000), GFP_KERNEL);

	(void)state;
	if (!UNIT_HAS_SANITIZER)
		assert_int_equal(malloc_usable_size(p), ksize(p));
	kfree(p);
	MUST_AGREE(1);
	MUST_AGREE(8);
	MUST_AGREE(16);
	MUST_AGREE(40);
	MUST_AGREE(100);
	MUST_AGREE(129);
	MUST_AGREE(1000);
	MUST_AGREE(4096);
	MUST_AGREE(32760);
	MUST_AGREE(32768);
	MUST_AGREE(32769);
	MUST_AGREE(1u << 20);
	for (size_t size = 1; size < 70000; size += size / 7 + 1)
		MUST_AGREE(size);
	assert_int_equal(early_size, kmalloc_size_roundup(100));
	assert_int_equal(kmalloc_size_roundup(SIZE_MAX), SIZE_MAX);
}

/* Nothing is left to read in what was freed, up to the last usable byte. */
static void test_sensitive(void **state)
{
	(void)state;
	for (size_t size = 1; size < 3000; size += size / 3 + 1) {
		char *p = kmalloc(hide(size), GFP_KERNEL);
		size_t usable = ksize(p);
		uintptr_t seen = (uintptr_t)p;

		memset(p, 0x5e, usable);
		if (size % 2)
			kfree_sensitive(p);
		else
			kvfree_sensitive(p, size);
		__asm__("" : "+r"(seen));
		assert_true(is_all((void *)seen, 0, usable));
	}
	kfree_sensitive(NULL);
	kfree_sensitive(ZERO_SIZE_PTR);
	kvfree_sensitive(NULL, 10);
}

/* As sized delete does. */
static void free_told(void *p, size_t size)
{
	assert_non_null(p);
	memset(p, 1, size);
	free_sized(p, hide(size));
}

/* Who frees with the size last asked for is right, whatever gave the object. */
static void test_sized(void **state)
{
	static const size_t sizes[] = {
		1,    8,    9,	   16,	  40,	 48,	64,    100,    128,
		1000, 4096, 16384, 20000, 32760, 32768, 32769, 100000, 1 << 20,
	};
	kmem_buckets *set = kmem_buckets_create("sized", 0, 0, 0, NULL);

	(void)state;
	if (UNIT_HAS_SANITIZER || !free_sized)
		skip(); /* free_sized() is not ours */
	for (size_t i = 0; i < array_size(sizes); i++) {
		size_t size = sizes[i];
		struct kmem_cache *cache =
			kmem_cache_create("sized", size, NULL, 0);

		free_told(kmem_cache_alloc(cache, GFP_KERNEL), size);
		free_told(kmem_buckets_alloc(set, size, GFP_KERNEL), size);
		free_told(kmalloc(hide(size), GFP_KERNEL), size);
		free_told(kmalloc(hide(size), GFP_KERNEL_ACCOUNT), size);
		free_told(kvmalloc(hide(size), GFP_KERNEL), size);
		free_told(krealloc(NULL, size, GFP_KERNEL), size);
		kmem_cache_destroy(cache);
	}
	free_told(kmalloc(64, GFP_KERNEL), 64);
	free_told(kmalloc_obj(struct { char a[128]; }), 128);
}

static void test_node_forms(void **state)
{
	size_t n = hide(33);
	char *p[] = {
		kvzalloc_node(n * 4, GFP_KERNEL, 0),
		kvcalloc_node(n, 4, GFP_KERNEL, NUMA_NO_NODE),
		kvmalloc_array_node(n, 4, GFP_KERNEL, 0),
		krealloc_node(NULL, n * 4, GFP_KERNEL, 0),
		kvrealloc_node(NULL, n * 4, GFP_KERNEL, NUMA_NO_NODE),
	};

	(void)state;
	for (size_t i = 0; i < array_size(p); i++) {
		assert_non_null(p[i]);
		assert_true(i > 1 || is_all(p[i], 0, n * 4));
		memset(p[i], 1, n * 4);
		kvfree(p[i]);
	}
	assert_null(kvcalloc_node(SIZE_MAX, n, GFP_KERNEL | __GFP_NOWARN, 0));
	assert_null(kvmalloc_array_node(n, SIZE_MAX / 2,
					GFP_KERNEL | __GFP_NOWARN, 0));
}

/* Arguments count once, however often a macro names them; calls nest. */
static void test_once(void **state)
{
	size_t n = 10;
	char *p = kmalloc(n++, GFP_KERNEL);
	long *q = kmalloc_objs(long, n++);
	char *r = kmemdup(kstrdup("inner", GFP_KERNEL), n++ - 6, GFP_KERNEL);
	char *s = kstrdup(kasprintf(GFP_KERNEL, "%zu", n++), GFP_KERNEL);

	(void)state;
	p = krealloc(p, n++, GFP_KERNEL);
	assert_int_equal(n, 15);
	assert_string_equal(r, "inner");
	assert_string_equal(s, "13");
	kfree(p);
	kfree(q);
	kfree(r);
	kfree(s);
}

#if typeslab_has_builtin(__builtin_counted_by_ref)
#define COUNTED_BY(member) __attribute__((__counted_by__(member)))
#define HAS_COUNTER	   true
#else
#define COUNTED_BY(member)
#define HAS_COUNTER false
#endif

struct contract_counted {
	uint8_t nr;
	int tail[] COUNTED_BY(nr);
};

/* Counted once, told to the member that counts, refused where it cannot be. */
static void test_counter(void **state)
{
	size_t n = 199;
	struct contract_counted *p = kmalloc_flex(*p, tail, ++n);
	struct contract_counted *q = kzalloc_flex(*q, tail, 255);
	struct contract_counted *r = kvmalloc_flex(*r, tail, hide(256));
	struct contract_counted *s = kvzalloc_flex(*s, tail, 0);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_non_null(s);
	assert_int_equal(n, 200);
	assert_true(ksize(p) >= sizeof(*p) + 200 * sizeof(int));
	assert_int_equal(!r, HAS_COUNTER);
	if (HAS_COUNTER) {
		assert_int_equal(p->nr, 200);
		assert_int_equal(q->nr, 255);
		assert_int_equal(s->nr, 0);
	}
	kfree(p);
	kfree(q);
	kvfree(r);
	kvfree(s);
}

/* Each form, of constant sizes and others. */
static void ask_quietly(void *unused)
{
	(void)unused;
	unit_must(!kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL | __GFP_NOWARN));
	unit_must(!kzalloc(hide(KMALLOC_MAX_SIZE + 1),
			   GFP_KERNEL | __GFP_NOWARN));
	unit_must(!kcalloc(KMALLOC_MAX_SIZE, 2, GFP_KERNEL | __GFP_NOWARN));
	unit_must(!kmalloc_array(hide(KMALLOC_MAX_SIZE), 2,
				 GFP_KERNEL | __GFP_NOWARN));
	unit_must(!krealloc(NULL, KMALLOC_MAX_SIZE + 1,
			    GFP_KERNEL | __GFP_NOWARN));
	unit_must(!kvmalloc(KVMALLOC_MAX_SIZE + 1, GFP_KERNEL | __GFP_NOWARN));
}

static void ask_loudly(void *unused)
{
	(void)unused;
	unit_must(!kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
}

static void test_no_warning(void **state)
{
	(void)state;
	assert_string_equal(unit_run(ask_quietly, NULL).text, "");
	assert_string_equal(unit_run(ask_loudly, NULL).text,
			    "typeslab: no memory: 4194305 bytes\n");
}

static __attribute__((__format__(__printf__, 1, 2))) char *
format(const char *text, ...)
{
	va_list arguments;
	char *made;

	va_start(arguments, text);
	made = kvasprintf(GFP_KERNEL, text, arguments);
	va_end(arguments);
	return made;
}

/* What the kernel does not ask of both sides, or has in other files. */
static void test_rare_names(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("rare", 40, NULL, 0);
	void *p = kmem_cache_alloc_lru(cache, NULL, GFP_KERNEL);
	const char *s = kstrdup_const("lasts", GFP_KERNEL);
	struct contract_counted *q = kvmalloc_obj(*q);
	char *t = format("%s, %d", "text", 12);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_string_equal(s, "lasts");
	assert_string_equal(t, "text, 12");
	assert_true(ksize(q) >= sizeof(*q));
	kmem_cache_free(cache, p);
	kmem_cache_free(cache, NULL);
	kmem_cache_destroy(cache);
	kfree_const(s);
	kfree_const(NULL);
	kvfree(q);
	kfree(t);
}

/* What a kernel built without their options has of these. */
static void test_names_without_effect(void **state)
{
	const slab_flags_t flags = SLAB_NOLEAKTRACE | SLAB_DEBUG_OBJECTS |
				   SLAB_FAILSLAB | SLAB_KASAN |
				   SLAB_SKIP_KFENCE | SLAB_NO_OBJ_EXT;
	struct kmem_cache *cache =
		kmem_cache_create("flags", 40, NULL, flags | SLAB_TRACE);
	void *p = kmem_cache_alloc(cache, GFP_TRANSHUGE);

	(void)state;
	assert_int_equal(flags, 0);
	assert_non_null(p);
	assert_false(kmem_dump_obj(p));
	kmem_cache_free(cache, p);
	kmem_cache_destroy(cache);
	assert_int_equal(1 << KMALLOC_SHIFT_LOW, KMALLOC_MIN_SIZE);
	assert_int_equal(1 << KMALLOC_SHIFT_HIGH, KMALLOC_MAX_CACHE_SIZE);
	assert_int_equal(1 << KMALLOC_SHIFT_MAX, KMALLOC_MAX_SIZE);
	assert_true(gfpflags_allow_blocking(GFP_TRANSHUGE));
	assert_false(gfpflags_allow_blocking(GFP_TRANSHUGE_LIGHT));
}

static void test_format(void **state)
{
	char *text = kasprintf(GFP_KERNEL, "%s", "");

	(void)state;
	assert_string_equal(text, "");
	kfree(text);
	text = kasprintf(GFP_KERNEL, "%070000d", 1);
	assert_int_equal(strlen(text), 70000);
	assert_true(is_all(text, '0', 69999) && text[69999] == '1');
	kfree(text);
	/* What the C library cannot write: no character of any locale. */
	errno = 0;
	assert_null(kasprintf(GFP_KERNEL, "%lc", (wint_t)0x7fffff00));
	assert_int_equal(errno, EILSEQ);
	/* Nothing to copy is no error. */
	errno = EDOM;
	assert_null(kstrdup(NULL, GFP_KERNEL));
	assert_null(kmemdup(NULL, 8, GFP_KERNEL));
	assert_int_equal(errno, EDOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero_growth),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_kv_alignment),
		cmocka_unit_test(test_roundup),
		cmocka_unit_test(test_roundup_beside),
		cmocka_unit_test(test_sensitive),
		cmocka_unit_test(test_sized),
		cmocka_unit_test(test_node_forms),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_no_warning),
		cmocka_unit_test(test_rare_names),
		cmocka_unit_test(test_names_without_effect),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
