/* SPDX-License-Identifier: Apache-2.0 */
/* twin: see twin.h. */
#include "tests/fuzz/twin.h"

#define SMALLEST 16
#define LARGEST	 32768 /* in a slab */
#define CHUNK	 32768
#define PAGE	 4096

/* Steps of 16 to 128, then four a doubling; above 1, 2 and 4 KiB a fifth. */
static size_t next_class(size_t size)
{
	size_t power = 128;

	if (size < 128)
		return size + 16;
	while (power * 2 <= size)
		power *= 2;
	if (power >= 1024 && power <= 4096 && size <= power * 9 / 8)
		return size + power / 8;
	return size + power / 4;
}

size_t twin_usable(size_t size, size_t align, size_t canary)
{
	if (size <= LARGEST && align <= CHUNK) {
		for (size_t c = SMALLEST; c <= LARGEST; c = next_class(c)) {
			if (c >= size + canary && c % align == 0)
				return c - canary;
		}
	}
	if (!size)
		size = 1;
	return (size + PAGE - 1) / PAGE * PAGE;
}

int twin_domain(uint64_t token)
{
	if (token < 65536) /* 0, or of a build with -falloc-token-max */
		return 0;
	if (token < 65536 + 64) { /* of the fast ABI */
		token -= 65536;
		return token >= 16 ? 0 : token < 8 ? 1 : 2;
	}
	return token >> 63 ? 2 : 1;
}

uint64_t twin_token(unsigned int index)
{
	static const uint64_t odd[] = {
		0,	    0,
		1,	    7,
		65535,	    65536 + 1,
		65536 + 7,  65536 + 8,
		65536 + 15, 65536 + 16,
		65536 + 63, 65536 + 64,
		~0ul >> 1,  ~(~0ul >> 1),
		~0ul,	    65536 + 65,
	};
	uint64_t spread = (uint64_t)index * 0x9e3779b97f4a7c15;

	index %= TWIN_NR_TOKENS;
	if (index < sizeof(odd) / sizeof(odd[0]))
		return odd[index];
	return spread << 1 >> 1 | (uint64_t)(index & 1) << 63;
}

/* Return addresses in unrolled code lie at equal distances. */
uintptr_t twin_site(unsigned int index)
{
	return 0x555555556000 + (uintptr_t)(index % TWIN_NR_SITES) * 13;
}
