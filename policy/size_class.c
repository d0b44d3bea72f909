/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* size_class: see size_class.h. */
#include "policy/size_class.h"

/* Constants, so that nobody can write to them, before the boot or after. */
/* clang-format off */
const uint16_t size_class_sizes[NR_CLASSES] = {
	16, 32, 48, 64, 80, 96, 112, 128,
	160, 192, 224, 256,
	320, 384, 448, 512,
	640, 768, 896, 1024,
	1152, 1280, 1536, 1792, 2048,
	2304, 2560, 3072, 3584, 4096,
	4608, 5120, 6144, 7168, 8192,
	10240, 12288, 14336, 16384,
	20480, 24576, 28672, 32768,
};

/* Sizes above @n grains and a quarter, up to twice @n: three classes. */
#define QUARTERS(n, class) \
	[(n) * 5 / 4 + 1 ... (n) * 6 / 4] = (class), \
	[(n) * 6 / 4 + 1 ... (n) * 7 / 4] = (class) + 1, \
	[(n) * 7 / 4 + 1 ... (n) * 2] = (class) + 2

/* Sizes above @n grains, up to twice as many: four classes from @class on. */
#define DOUBLING(n, class) \
	[(n) + 1 ... (n) * 5 / 4] = (class), QUARTERS(n, (class) + 1)

/* The same with a fifth for what is a little more than @n. */
#define PAGES(n, class) \
	[(n) + 1 ... (n) * 9 / 8] = (class), \
	[(n) * 9 / 8 + 1 ... (n) * 5 / 4] = (class) + 1, \
	QUARTERS(n, (class) + 2)

const uint8_t size_class_table[CLASS_TABLE_SIZE] = {
	0, 0, 1, 2, 3, 4, 5, 6, 7,
	DOUBLING(8, 8), DOUBLING(16, 12), DOUBLING(32, 16), PAGES(64, 20),
	PAGES(128, 25), PAGES(256, 30), DOUBLING(512, 35),
	DOUBLING(1024, 39),
};
/* clang-format on */

unsigned int class_of_aligned(size_t size, size_t align)
{
	unsigned int class;

	if (size > SMALL_MAX || align > CHUNK_SIZE)
		return NR_CLASSES;
	/* A multiple of the alignment, and nearer to the class than @size. */
	size = (size + !size + align - 1) & -align;
	class = class_of(size);
	while (class < NR_CLASSES && size_class_sizes[class] & (align - 1))
		class ++;
	return class;
}
