/* SPDX-License-Identifier: Apache-2.0 */
/* refusals: what a door must refuse; see asks.h. */
#include "tests/fuzz/asks.h"

#include "libc/doors.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/twin.h"

static void expect_error(const void *p, int error, const char *what)
{
	if (p || errno != error)
		model_fail("%s: %p, errno %d", what, p, errno);
}

static void refuse_size(size_t size, uint64_t token, uintptr_t site)
{
	void *p = &size;

	errno = 0;
	expect_error(heap_alloc(size, token, site), ENOMEM, "malloc");
	errno = 0;
	expect_error(token_calloc(1, size, token, site), ENOMEM, "calloc");
	errno = 0;
	expect_error(token_aligned_alloc(64, size, token, site), ENOMEM,
		     "aligned_alloc");
	errno = 0;
	expect_error(token_pvalloc(size, token, site), ENOMEM, "pvalloc");
	errno = 0;
	if (token_posix_memalign(&p, 64, size, token, site) != ENOMEM ||
	    errno || p != &size)
		model_fail("posix_memalign of %zu", size);
	if (!model_nr_blocks())
		return;
	p = model_block(0)->p;
	errno = 0;
	expect_error(heap_realloc(p, size, token, site), ENOMEM, "realloc");
	model_check_block(model_block(0));
}

static void refuse_product(uint64_t token, uintptr_t site)
{
	void *p = model_nr_blocks() ? model_block(0)->p : NULL;
	size_t half = (size_t)1 << 32;

	errno = 0;
	expect_error(token_calloc(half, half, token, site), ENOMEM, "calloc");
	errno = 0;
	expect_error(token_reallocarray(p, half + 1, half, token, site), ENOMEM,
		     "reallocarray");
}

static void refuse_align(size_t size, uint64_t token, uintptr_t site)
{
	void *p = &size;

	errno = 0;
	expect_error(token_aligned_alloc(48, size, token, site), EINVAL,
		     "aligned_alloc at 48");
	errno = 0;
	expect_error(token_aligned_alloc((size_t)1 << 50, size, token, site),
		     ENOMEM, "aligned_alloc at 2^50");
	errno = 0;
	expect_error(token_memalign(~(size_t)0, size, token, site), EINVAL,
		     "memalign");
	if (token_posix_memalign(&p, 4, size, token, site) != EINVAL ||
	    p != &size)
		model_fail("posix_memalign at 4");
}

void asks_impossible(struct bytes *bytes)
{
	static const size_t sizes[] = {
		~(size_t)0,	 ~(size_t)0 - 4096,    ~(size_t)0 >> 1,
		(size_t)1 << 63, MODEL_REGION_MAX + 1, (size_t)1 << 47,
	};
	unsigned int what = bytes_take(bytes);
	uint64_t token = twin_token(what >> 3);
	uintptr_t site = twin_site(what >> 3);

	if (what % 8 < sizeof(sizes) / sizeof(sizes[0]))
		refuse_size(sizes[what % 8], token, site);
	else if (what % 8 == 6)
		refuse_product(token, site);
	else
		refuse_align(what, token, site);
}
