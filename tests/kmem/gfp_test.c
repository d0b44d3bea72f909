/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What GFP_ATOMIC and GFP_NOWAIT guarantee: no system call (a filter kills who
 * makes one) and no wait (another thread allocates meanwhile).
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include "typeslab/slab.h"
#include "typeslab/whatis.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct gfp_item {
	struct gfp_item *next;
	long a[5];
};

/* From here on only exit_group() is left. */
static void forbid_calls(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { array_size(rules), rules };

	unit_must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	unit_must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

/* One call site, so that one row is warmed and then used up. */
static void *alloc_item(gfp_t gfp)
{
	return kmalloc_obj(struct gfp_item, gfp);
}

static void use_up(void *gfp)
{
	unsigned int nr = 0;

	kfree(alloc_item(GFP_KERNEL));
	forbid_calls();
	while (alloc_item(*(gfp_t *)gfp))
		nr++;
	/* At least what the first slab had. */
	syscall(SYS_exit_group, nr >= 500 ? 0 : 4);
}

static void use_up_cache(void *gfp)
{
	struct kmem_cache *cache = KMEM_CACHE(gfp_item, 0);
	unsigned int nr = 0;

	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	forbid_calls();
	while (kmem_cache_alloc(cache, *(gfp_t *)gfp))
		nr++;
	syscall(SYS_exit_group, nr >= 500 ? 0 : 4);
}

/* One call site, likewise. */
static void *resize(void *p, size_t size, gfp_t gfp)
{
	return krealloc(p, size, gfp);
}

/* What the old objects held would be given back to the system by a kfree(). */
static void move_all(void *gfp)
{
	static void *p[20000];
	unsigned int nr_moved = 0;

	for (size_t i = 0; i < array_size(p); i++)
		unit_must(p[i] = resize(NULL, 3500, GFP_KERNEL));
	for (size_t i = 0; i < array_size(p); i++)
		kfree(p[i]);
	for (size_t i = 0; i < array_size(p); i++)
		unit_must(p[i] = kmalloc(3000, GFP_KERNEL));
	forbid_calls();
	for (size_t i = 0; i < array_size(p); i++) {
		void *moved = resize(p[i], 3500, *(gfp_t *)gfp);

		nr_moved += moved && moved != p[i];
		p[i] = moved ? moved : p[i];
	}
	for (size_t i = 0; i < array_size(p); i++) {
		if (krealloc(p[i], 0, *(gfp_t *)gfp) != ZERO_SIZE_PTR)
			syscall(SYS_exit_group, 5);
	}
	syscall(SYS_exit_group, nr_moved >= 1000 ? 0 : 4);
}

/* Nothing was ever prepared, not even the library. */
static void ask_for_what_is_not(void *gfp)
{
	void *p;

	forbid_calls();
	p = kmalloc(100000, *(gfp_t *)gfp);
	if (p)
		syscall(SYS_exit_group, 4);
	p = kmalloc_obj(struct gfp_item, *(gfp_t *)gfp | __GFP_ACCOUNT);
	syscall(SYS_exit_group, p ? 5 : 0);
}

static void test_no_call(void **state)
{
	gfp_t kinds[] = { GFP_ATOMIC, GFP_NOWAIT, 0, GFP_ATOMIC | __GFP_ZERO };

	(void)state;
	if (UNIT_HAS_SANITIZER)
		skip(); /* it makes system calls of its own */
	for (size_t i = 0; i < array_size(kinds); i++) {
		unit_run_well(use_up, &kinds[i]);
		unit_run_well(use_up_cache, &kinds[i]);
		unit_run_well(move_all, &kinds[i]);
		unit_run_well(ask_for_what_is_not, &kinds[i]);
	}
}

/* What one thread locks all the time never makes the other wait. */
static bool must_stop;

static void *churn(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&must_stop, __ATOMIC_RELAXED)) {
		void *p[200];

		for (int i = 0; i < 200; i++)
			p[i] = alloc_item(GFP_KERNEL);
		for (int i = 0; i < 200; i++)
			kfree(p[i]);
	}
	return NULL;
}

static void race(void *unused)
{
	unsigned int nr_got = 0;
	pthread_t thread;

	(void)unused;
	unit_must(!pthread_create(&thread, NULL, churn, NULL));
	/* Most tries fail while the other thread sleeps with the lock. */
	while (nr_got < 10000) {
		void *p = alloc_item(GFP_NOWAIT);

		nr_got += p != NULL;
		kfree_nolock(p);
	}
	__atomic_store_n(&must_stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void test_no_wait(void **state)
{
	(void)state;
	unit_run_well(race, NULL);
}

static void *alloc_bytes(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp);
}

/* Hardened, the last 8 bytes are a canary. */
#define LARGEST_SLOT (KMALLOC_MAX_CACHE_SIZE - 8)

/* What failed is remembered, and filled by who may wait. */
static void fill_later(void *unused)
{
	void *p = alloc_item(GFP_ATOMIC);

	(void)unused;
	unit_must(!p && errno == ENOMEM);
	/* Where malloc() is another's, there is no heap to remember it yet. */
	unit_must(kmalloc(1024, GFP_KERNEL));
	/* The largest slabs do not fit what is prepared. */
	alloc_bytes(LARGEST_SLOT, GFP_ATOMIC);
	for (int i = 0; i < 100; i++)
		unit_must(kmalloc(1024, GFP_KERNEL));
	unit_must(alloc_item(GFP_ATOMIC));
	unit_must(alloc_bytes(LARGEST_SLOT, GFP_ATOMIC));
	unit_must(kmalloc_nolock(sizeof(struct gfp_item), __GFP_ZERO, -1));
}

static void *alloc_accounted(gfp_t gfp)
{
	return kmalloc_obj(struct gfp_item, gfp | __GFP_ACCOUNT);
}

static void *alloc_nolock(gfp_t gfp)
{
	return kmalloc_nolock(sizeof(struct gfp_item), gfp | __GFP_ACCOUNT, -1);
}

/* So are caches that stand beside a row's, and each has a slab at once. */
static void make_twins_later(void *unused)
{
	kmem_buckets *set = kmem_buckets_create("later", 0, 0, 0, NULL);
	void *p;

	(void)unused;
	kfree(alloc_item(GFP_KERNEL));
	unit_must(!alloc_accounted(GFP_ATOMIC) && errno == ENOMEM);
	unit_must(!alloc_nolock(0));
	unit_must(!kmem_buckets_alloc(set, 100, GFP_NOWAIT));
	unit_must(!kmem_buckets_alloc(set, 100000, GFP_NOWAIT));
	/* The stock of a new row is empty. */
	kfree(kmalloc(2048, GFP_KERNEL));
	unit_must(alloc_accounted(GFP_ATOMIC));
	unit_must(alloc_nolock(0));
	p = kmem_buckets_alloc(set, 100, GFP_NOWAIT);
	unit_must(p && ksize(p) < 200);
}

static void test_filled_later(void **state)
{
	(void)state;
	unit_run_well(fill_later, NULL);
	unit_run_well(make_twins_later, NULL);
}

static void test_nolock_flags(void **state)
{
	(void)state;
	kfree(kmalloc_obj(struct gfp_item));
	assert_null(kmalloc_nolock(16, GFP_KERNEL, NUMA_NO_NODE));
	assert_null(kmalloc_nolock(16, GFP_ATOMIC, NUMA_NO_NODE));
	assert_null(kmalloc_nolock(KMALLOC_MAX_CACHE_SIZE + 1, 0, -1));
	assert_ptr_equal(kmalloc_nolock(0, 0, -1), ZERO_SIZE_PTR);
	kfree_nolock(NULL);
	kfree_nolock(ZERO_SIZE_PTR);
}

/* Apart from the type's own objects, and in the same partition's name. */
static void test_account(void **state)
{
	struct gfp_item *own = kmalloc_obj(*own);
	struct gfp_item *theirs = kmalloc_obj(*theirs, GFP_KERNEL_ACCOUNT);
	struct gfp_item *rcl =
		kmalloc_obj(*rcl, GFP_KERNEL | __GFP_RECLAIMABLE);
	struct gfp_item *dma = kmalloc_obj(*dma, GFP_KERNEL | GFP_DMA);
	struct typeslab_whatis a, b, c, d;

	(void)state;
	assert_true(typeslab_whatis(own, &a) && typeslab_whatis(theirs, &b));
	assert_true(typeslab_whatis(rcl, &c) && typeslab_whatis(dma, &d));
	assert_int_equal(a.domain, b.domain);
	assert_int_equal(a.domain, c.domain);
	assert_int_equal(a.domain, d.domain);
	if (TYPESLAB_TOKEN(sizeof(*own))) {
		assert_int_equal(a.partition, b.partition);
		assert_int_equal(a.partition, c.partition);
		assert_int_equal(a.partition, d.partition);
	}
	assert_false(a.accounted || c.accounted || d.accounted);
	assert_true(b.accounted && c.reclaimable && !b.reclaimable);
	/* 64 KiB and more of ground lie between extents. */
	assert_true(labs((char *)own - (char *)theirs) > 32768);
	kfree(own);
	kfree(theirs);
	kfree(rcl);
	kfree(dma);
}

/* Aligned, node or not; contents and place kept where they may be. */
static void test_node_align(void **state)
{
	char *p = NULL;

	(void)state;
	for (size_t align = 1; align <= 1 << 20; align *= 2) {
		size_t size = 100 + align;

		p = krealloc_node_align(p, size, align, GFP_KERNEL, 0);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p & (align - 1), 0);
		if (align > 1)
			assert_int_equal(p[10], 7);
		memset(p, 7, size);
		assert_ptr_equal(krealloc_node_align(p, size, align, GFP_KERNEL,
						     NUMA_NO_NODE),
				 p);
	}
	assert_null(krealloc_node_align(p, 8, 3, GFP_KERNEL | __GFP_NOWARN,
					NUMA_NO_NODE));
	p = kvrealloc_node_align(p, 9 << 20, 4096, GFP_KERNEL, NUMA_NO_NODE);
	assert_non_null(p);
	assert_int_equal((uintptr_t)p & 4095, 0);
	assert_int_equal(p[1 << 20], 7);
	kvfree(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_call),
		cmocka_unit_test(test_no_wait),
		cmocka_unit_test(test_filled_later),
		cmocka_unit_test(test_nolock_flags),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_node_align),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
