/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* token_hash: see token_hash.h; SipHash as LLVM keys it. */
#include "policy/token_hash.h"

#include <endian.h>
#include <string.h>

#define HALF (UINT64_MAX / 2)

/* LLVM's fixed key for hashes that must be the same in every build. */
#define KEY_LOW	 0x794a1079ebc9d4b5ul
#define KEY_HIGH 0xd48187421b8bec6ful

struct state {
	uint64_t a, b, c, d;
};

static uint64_t rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void mix(struct state *s, int rounds)
{
	while (rounds--) {
		s->a += s->b;
		s->b = rotate(s->b, 13) ^ s->a;
		s->a = rotate(s->a, 32);
		s->c += s->d;
		s->d = rotate(s->d, 16) ^ s->c;
		s->a += s->d;
		s->d = rotate(s->d, 21) ^ s->a;
		s->c += s->b;
		s->b = rotate(s->b, 17) ^ s->c;
		s->c = rotate(s->c, 32);
	}
}

static void take_word(struct state *s, uint64_t word)
{
	s->d ^= word;
	mix(s, 2);
	s->a ^= word;
}

static uint64_t siphash(const char *bytes, size_t length)
{
	struct state s = {
		KEY_LOW ^ 0x736f6d6570736575ul,
		KEY_HIGH ^ 0x646f72616e646f6dul,
		KEY_LOW ^ 0x6c7967656e657261ul,
		KEY_HIGH ^ 0x7465646279746573ul,
	};
	uint64_t last = (uint64_t)length << 56, word = 0;

	for (; length >= 8; length -= 8, bytes += 8) {
		memcpy(&word, bytes, 8);
		take_word(&s, le64toh(word));
	}
	word = 0;
	memcpy(&word, bytes, length);
	take_word(&s, le64toh(word) | last);
	s.c ^= 0xff;
	mix(&s, 4);
	return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t token_to_pointer(uint64_t data_token)
{
	return data_token + HALF;
}

uint64_t token_hash(const char *name, size_t length, bool has_pointer)
{
	uint64_t hash = siphash(name, length) % HALF;

	return has_pointer ? token_to_pointer(hash) : hash;
}

bool token_is_pointer(uint64_t token)
{
	return token >= HALF;
}
