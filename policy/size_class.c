/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* size_class: see size_class.h. */
#include "policy/size_class.h"

/* clang-format off */
const uint16_t size_class_sizes[NR_CLASSES] = {
	16, 32, 48, 64, 80, 96, 112, 128,
	160, 192, 224, 256,
	320, 384, 448, 512,
	640, 768, 896, 1024,
	1280, 1536, 1792, 2048,
	2560, 3072, 3584, 4096,
	5120, 6144, 7168, 8192,
	10240, 12288, 14336, 16384,
	20480, 24576, 28672, 32768,
};
/* clang-format on */

uint8_t size_class_table[CLASS_TABLE_SIZE];

void size_class_init(void)
{
	unsigned int class = 0;

	for (size_t i = 0; i < CLASS_TABLE_SIZE; i++) {
		if (i * CLASS_GRAIN > size_class_sizes[class])
			class ++;
		size_class_table[i] = (uint8_t) class;
	}
}

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
