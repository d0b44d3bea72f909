/* SPDX-License-Identifier: Apache-2.0 */
/* asks: see asks.h. */
#include "tests/fuzz/asks.h"

#include "libc/doors.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/twin.h"

#define CALM	   77 /* errno while nothing goes wrong */
#define NR_FREED   64u
#define SIZE_LARGE ((size_t)8 << 20)

static bool may_be_null;
static uint32_t last_bin;
static uint64_t nr_calls;
static const void *freed[NR_FREED];
static unsigned int nr_freed;

bool asks_allow_null(bool may)
{
	bool was = may_be_null;

	may_be_null = may;
	return was;
}

uint64_t asks_count_calls(void)
{
	uint64_t nr = nr_calls;

	nr_calls = 0;
	return nr;
}

uint32_t asks_last_bin(void)
{
	return last_bin;
}

const void *asks_freed(unsigned int index)
{
	return freed[index % NR_FREED];
}

/* Around the edges of classes and chunks, and everything between. */
size_t asks_take_size(struct bytes *bytes)
{
	unsigned int how = bytes_take(bytes) % 32;
	size_t n = bytes_take_two(bytes);

	switch (how) {
	case 0:
		return n * 16;
	case 1:
		return (n >> 4) % 16 * CHUNK_SIZE + (n & 15) - 8;
	case 2:
		return n % 64 ? n : n * 128;
	case 3 ... 7:
		return class_size((n >> 2) % NR_CLASSES) + (n & 3) - 1;
	case 8 ... 12:
		return n % 4096;
	case 13 ... 14:
		return n % (SMALL_MAX + 1);
	default:
		return n % 513;
	}
}

static size_t take_modest_size(struct bytes *bytes)
{
	size_t size = asks_take_size(bytes);

	if (size > SIZE_LARGE || model_nr_bytes() + size > MODEL_BYTES_MAX)
		size %= 1024;
	return size;
}

static struct model_ask take_ask(struct bytes *bytes)
{
	unsigned int who = bytes_take(bytes);
	struct model_ask ask = {
		.align = 1,
		.token = twin_token(who % 32),
		.site = twin_site(who / 32),
	};

	ask.size = take_modest_size(bytes);
	return ask;
}

/* Tells the model; false: NULL, and it was right to say so. */
static bool receive(const struct model_ask *ask, void *p)
{
	nr_calls++;
	if (!p) {
		if (errno != ENOMEM)
			model_fail("NULL with errno %d", errno);
		if (!may_be_null)
			model_fail("no memory for %zu at %zu", ask->size,
				   ask->align);
		return false;
	}
	if (errno != CALM)
		model_fail("errno %d, and a block", errno);
	model_add(ask, p);
	last_bin = model_block(model_nr_blocks() - 1)->bin;
	return true;
}

static bool is_full(void)
{
	return model_nr_blocks() == MODEL_BLOCKS_MAX;
}

/* Plain malloc's token is a constant: that is a path of its own. */
static void *call_malloc(const struct model_ask *ask)
{
	if (!ask->token)
		return heap_alloc(ask->size, 0, ask->site);
	return heap_alloc(ask->size, ask->token, ask->site);
}

void asks_alloc(struct bytes *bytes)
{
	unsigned int how = bytes_take(bytes) % 8;
	struct model_ask ask = take_ask(bytes);
	void *p;

	if (is_full())
		return;
	errno = CALM;
	switch (how) {
	case 0:
		ask.zeroed = true;
		p = token_calloc(1, ask.size, ask.token, ask.site);
		break;
	case 1:
		ask.zeroed = true;
		ask.size &= ~7ul;
		p = token_calloc(ask.size / 8, 8, ask.token, ask.site);
		break;
	case 2:
		p = heap_realloc(NULL, ask.size, ask.token, ask.site);
		break;
	case 3:
		ask.size &= ~1ul;
		p = token_reallocarray(NULL, ask.size / 2, 2, ask.token,
				       ask.site);
		break;
	default:
		p = call_malloc(&ask);
	}
	receive(&ask, p);
}

static void *call_aligned(unsigned int how, struct model_ask *ask)
{
	size_t odd = ask->align;
	void *p = NULL;

	switch (how) {
	case 0:
		/* Rounded up to a power of two. */
		if (odd > 2)
			odd -= odd / 4;
		return token_memalign(odd, ask->size, ask->token, ask->site);
	case 1:
		ask->align = 4096;
		return token_valloc(ask->size, ask->token, ask->site);
	case 2:
		ask->align = 4096;
		ask->size = round_up(ask->size, 4096);
		return token_pvalloc(ask->size, ask->token, ask->site);
	case 3 ... 4:
		ask->align = size_max(odd, 8);
		if (token_posix_memalign(&p, ask->align, ask->size, ask->token,
					 ask->site) == ENOMEM)
			errno = ENOMEM;
		return p;
	default:
		return token_aligned_alloc(odd, ask->size, ask->token,
					   ask->site);
	}
}

void asks_alloc_aligned(struct bytes *bytes)
{
	unsigned int how = bytes_take(bytes);
	struct model_ask ask = take_ask(bytes);
	void *p;

	if (is_full())
		return;
	ask.align = 1ul << (how >> 3) % 21;
	errno = CALM;
	p = call_aligned(how % 8, &ask);
	receive(&ask, p);
}

void asks_alloc_many(struct bytes *bytes)
{
	unsigned int nr = bytes_take(bytes);
	struct model_ask ask = take_ask(bytes);

	while (nr-- && !is_full()) {
		if (model_nr_bytes() + ask.size > MODEL_BYTES_MAX)
			break;
		errno = CALM;
		if (!receive(&ask, call_malloc(&ask)))
			break;
	}
}

static void remember(const struct model_block *block)
{
	freed[nr_freed++ % NR_FREED] = block->p;
	last_bin = block->bin;
}

static unsigned int take_index(struct bytes *bytes)
{
	return bytes_take_two(bytes) % model_nr_blocks();
}

static void *call_realloc(unsigned int how, void *p,
			  const struct model_ask *ask)
{
	switch (how) {
	case 0:
		return token_reallocf(p, ask->size, ask->token, ask->site);
	case 1:
		return token_reallocarray(p, ask->size / 2, 2, ask->token,
					  ask->site);
	default:
		return heap_realloc(p, ask->size, ask->token, ask->site);
	}
}

static void check_calm(void)
{
	if (errno != CALM)
		model_fail("free: errno %d", errno);
	nr_calls++;
}

void asks_realloc(struct bytes *bytes)
{
	unsigned int how = bytes_take(bytes) % 8;
	struct model_ask ask = take_ask(bytes);
	struct model_block old;
	unsigned int index;
	void *p;

	if (!model_nr_blocks())
		return;
	index = take_index(bytes);
	old = *model_block(index);
	if (how == 1)
		ask.size &= ~1ul;
	model_check_block(&old);
	errno = CALM;
	p = call_realloc(how, old.p, &ask);
	nr_calls++;
	if (p) {
		if (errno != CALM || !ask.size)
			model_fail("realloc: errno %d", errno);
		model_resize(index, &ask, p);
		last_bin = model_block(index)->bin;
	} else if (!ask.size) {
		model_forget(index);
		remember(&old);
	} else {
		if (errno != ENOMEM || !may_be_null)
			model_fail("realloc to %zu: errno %d", ask.size, errno);
		if (!how)
			model_forget(index);
		else
			model_check_block(&old);
	}
}

static void free_block(unsigned int index)
{
	struct model_block block = *model_block(index);

	model_check_block(&block);
	model_forget(index);
	errno = CALM;
	heap_free(block.p);
	check_calm();
	remember(&block);
}

void asks_free(struct bytes *bytes)
{
	if (model_nr_blocks())
		free_block(take_index(bytes));
}

void asks_free_sized(struct bytes *bytes)
{
	struct model_block block;
	unsigned int index;

	if (!model_nr_blocks())
		return;
	index = take_index(bytes);
	block = *model_block(index);
	model_check_block(&block);
	model_forget(index);
	errno = CALM;
	heap_free_sized(block.p, block.size, block.align > 1 ? block.align : 0);
	check_calm();
	remember(&block);
}

void asks_free_many(struct bytes *bytes)
{
	unsigned int nr = bytes_take(bytes);
	unsigned int step = bytes_take(bytes) + 1;
	unsigned int index = 0;

	while (nr-- && model_nr_blocks()) {
		index = (index + step) % model_nr_blocks();
		free_block(index);
	}
}

void asks_free_all(void)
{
	while (model_nr_blocks())
		free_block(model_nr_blocks() - 1);
}

void asks_buffers(struct bytes *bytes)
{
	unsigned int nr = bytes_take(bytes);
	struct model_ask ask = take_ask(bytes);
	bool stays = nr & 1;

	ask.size = SMALL_MAX + 1 + ask.size % 8 * CHUNK_SIZE;
	for (nr = nr / 2 % 16; nr && !is_full(); nr--) {
		if (model_nr_bytes() + ask.size > MODEL_BYTES_MAX)
			break;
		errno = CALM;
		if (!receive(&ask, call_malloc(&ask)))
			break;
		if (nr > 1 || !stays)
			free_block(model_nr_blocks() - 1);
	}
}
