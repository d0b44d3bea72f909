/* SPDX-License-Identifier: Apache-2.0 */
/* tokens: what the heap of tokens_heap.c says with each request. */
#ifndef TOKENS_H
#define TOKENS_H

extern const char *told;

#endif /* TOKENS_H */
