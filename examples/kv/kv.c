/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kv: a key-value cache with three kinds of objects, typed by construction.
 *
 *	entries	struct entry, full of pointers: a cache of their own
 *	keys	strings
 *	values	bytes that somebody sent, behind a small head
 *
 * An overflowing value never reaches an entry, and a freed key's memory never
 * becomes one: they lie in different partitions. Try, in the project's folder,
 *
 *	clang-22 -O2 -Iinclude examples/kv/kv.c -o kv build/libtypeslab.a
 *	TYPESLAB=snapshot=kv.snapshot ./kv && build/typeslab hist kv.snapshot
 */
#include "typeslab/slab.h"

#include <stdio.h>
#include <string.h>

#define NR_BUCKETS 1024u
#define NR_MOST	   3000u

struct value {
	size_t length;
	unsigned char bytes[];
};

struct entry {
	struct entry *next;  /* in its bucket */
	struct entry *newer; /* in the order of use */
	struct entry *older;
	char *key;
	struct value *value;
};

struct kv {
	struct kmem_cache *entries;
	struct entry *newest, *oldest;
	unsigned int nr;
	struct entry *buckets[NR_BUCKETS];
};

static struct entry **bucket_of(struct kv *kv, const char *key)
{
	unsigned int hash = 5381;

	while (*key)
		hash = hash * 33 + (unsigned char)*key++;
	return &kv->buckets[hash % NR_BUCKETS];
}

static struct entry **find(struct kv *kv, const char *key)
{
	struct entry **at = bucket_of(kv, key);

	while (*at && strcmp((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static void use(struct kv *kv, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = kv->newest;
	if (kv->newest)
		kv->newest->newer = entry;
	else
		kv->oldest = entry;
	kv->newest = entry;
}

static void unuse(struct kv *kv, struct entry *entry)
{
	*(entry->newer ? &entry->newer->older : &kv->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &kv->oldest) = entry->newer;
}

static void drop(struct kv *kv, struct entry **at)
{
	struct entry *entry = *at;

	*at = entry->next;
	unuse(kv, entry);
	kv->nr--;
	kfree(entry->key);
	kfree_sensitive(entry->value);
	kmem_cache_free(kv->entries, entry);
}

/* What a client sends is accounted: it lies apart from our own. */
static struct value *copy_value(const void *bytes, size_t length)
{
	struct value *value =
		kmalloc_flex(*value, bytes, length, GFP_KERNEL_ACCOUNT);

	if (!value)
		return NULL;
	value->length = length;
	memcpy(value->bytes, bytes, length);
	return value;
}

static struct entry *make(struct kv *kv, const char *key)
{
	struct entry *entry = kmem_cache_zalloc(kv->entries, GFP_KERNEL);

	if (!entry)
		return NULL;
	entry->key = kstrdup(key, GFP_KERNEL);
	if (!entry->key) {
		kmem_cache_free(kv->entries, entry);
		return NULL;
	}
	use(kv, entry);
	kv->nr++;
	return entry;
}

static bool kv_set(struct kv *kv, const char *key, const void *bytes,
		   size_t length)
{
	struct value *value = copy_value(bytes, length);
	struct entry **at = find(kv, key);

	if (!value)
		return false;
	if (!*at)
		*at = make(kv, key);
	if (!*at) {
		kfree(value);
		return false;
	}
	kfree_sensitive((*at)->value);
	(*at)->value = value;
	if (kv->nr > NR_MOST)
		drop(kv, find(kv, kv->oldest->key));
	return true;
}

static const struct value *kv_get(struct kv *kv, const char *key)
{
	struct entry *entry = *find(kv, key);

	if (!entry)
		return NULL;
	unuse(kv, entry);
	use(kv, entry);
	return entry->value;
}

static struct kv *kv_create(void)
{
	struct kv *kv = kzalloc_obj(*kv);

	if (!kv)
		return NULL;
	kv->entries = KMEM_CACHE(entry, SLAB_HWCACHE_ALIGN);
	if (kv->entries)
		return kv;
	kfree(kv);
	return NULL;
}

static void kv_destroy(struct kv *kv)
{
	while (kv->oldest)
		drop(kv, find(kv, kv->oldest->key));
	kmem_cache_destroy(kv->entries);
	kfree(kv);
}

int main(int argc, char **argv)
{
	unsigned int nr_found = 0, nr = argc > 1 ? atoi(argv[1]) : 5000;
	struct kv *kv = kv_create();

	if (!kv)
		return 1;
	for (unsigned int i = 0; i < nr; i++) {
		char *key = kasprintf(GFP_KERNEL, "key %u", i);
		char bytes[300];

		memset(bytes, i, sizeof(bytes));
		if (!key || !kv_set(kv, key, bytes, i % sizeof(bytes)))
			return 1;
		kfree(key);
	}
	for (unsigned int i = 0; i < nr; i++) {
		char key[32];
		const struct value *value;

		snprintf(key, sizeof(key), "key %u", i);
		value = kv_get(kv, key);
		if (value && value->length != i % 300)
			return 1;
		nr_found += value != NULL;
	}
	printf("%u of %u found\n", nr_found, nr);
	/* With an argument more the cache is left for a snapshot to show. */
	if (argc < 3)
		kv_destroy(kv);
	return nr_found == (nr < NR_MOST ? nr : NR_MOST) ? 0 : 1;
}
