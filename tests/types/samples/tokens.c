/* SPDX-License-Identifier: Apache-2.0 */
/* tokens: allocates for many types, in many words; tokens_heap.c tells. */
#define _GNU_SOURCE
#include "tokens.h"

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct plain {
	int x, y;
};
struct list {
	struct list *next;
	char text[8];
};
struct unknown;
struct flexible {
	int n;
	int tail[];
};
struct handle {
	uintptr_t value;
};
struct handles {
	uintptr_t value[2];
};
struct atomic {
	_Atomic(void *) value;
};
struct bits {
	unsigned int a : 3, b : 5;
};
struct outer {
	int n;
	struct {
		const char *name;
	};
	struct list in[2];
};
union either {
	int i;
	void *p;
};
union numbers {
	int i;
	double d;
};
enum color {
	RED
};
typedef enum {
	GREEN
} shade;
typedef struct {
	long value;
} nameless, *nameless_ptr;
typedef struct {
	char byte;
} * only_ptr;
typedef struct list list_type;
typedef list_type *list_ptr;
typedef int callback(struct list *, ...);
typedef uintptr_t my_handle;
typedef float vector __attribute__((vector_size(16)));

static void *volatile keep;

#define TYPE(...) (told = #__VA_ARGS__, keep = malloc(sizeof(__VA_ARGS__)))

static void take_numbers(void)
{
	TYPE(char);
	TYPE(signed char);
	TYPE(unsigned char);
	TYPE(short);
	TYPE(unsigned short int);
	TYPE(int);
	TYPE(unsigned);
	TYPE(long int);
	TYPE(long unsigned int);
	TYPE(long long);
	TYPE(unsigned long long);
	TYPE(__int128);
	TYPE(unsigned __int128);
	TYPE(_Bool);
	TYPE(float);
	TYPE(double);
	TYPE(long double);
	TYPE(_Complex float);
	TYPE(_Float16);
	TYPE(__float128);
	TYPE(size_t);
	TYPE(ptrdiff_t);
	TYPE(uint8_t);
	TYPE(int64_t);
	TYPE(wchar_t);
	TYPE(intptr_t);
	TYPE(uintptr_t);
	TYPE(my_handle);
	TYPE(vector);
	TYPE(max_align_t);
}

static void take_tags(void)
{
	TYPE(struct plain);
	TYPE(struct list);
	TYPE(struct flexible);
	TYPE(struct handle);
	TYPE(struct handles);
	TYPE(struct atomic);
	TYPE(struct bits);
	TYPE(struct outer);
	TYPE(union either);
	TYPE(union numbers);
	TYPE(enum color);
	TYPE(shade);
	TYPE(nameless);
	TYPE(*(nameless_ptr)0);
	TYPE(*(only_ptr)0);
	TYPE(list_type);
	TYPE(__builtin_va_list);
}

static void take_derived(void)
{
	TYPE(void *);
	TYPE(char *);
	TYPE(const char *);
	TYPE(char *const);
	TYPE(const char *const *);
	TYPE(const volatile int *restrict);
	TYPE(struct list **);
	TYPE(struct unknown *);
	TYPE(list_ptr);
	TYPE(const list_ptr *);
	TYPE(nameless_ptr);
	TYPE(union either *);
	TYPE(enum color *);
	TYPE(shade *);
	TYPE(const struct list);
	TYPE(volatile struct plain);
	TYPE(_Atomic int);
	TYPE(_Atomic(void *));
	TYPE(_Atomic int *);
	TYPE(int[4]);
	TYPE(int[2][3]);
	TYPE(int *[2]);
	TYPE(const int[3]);
	TYPE(struct list[5]);
	TYPE(uintptr_t[3]);
	TYPE(int(*)[4]);
	TYPE(int (*)(void));
	TYPE(int (*)(int, char *));
	TYPE(int (*)(const char *, ...));
	TYPE(int *(*(*)(void))[3]);
	TYPE(int (*const)(void));
	TYPE(void (*)(struct plain *, const struct list, enum color, shade));
	TYPE(void (*)(int[3], callback));
	TYPE(callback *);
	TYPE(callback * *[2]);
	TYPE(void (*(*)(int))(char));
}

#define NEW(type) ((type *)malloc(sizeof(type)))
#define NEW_SOME(type, n) \
	(keep = calloc(n, sizeof(type)), keep = malloc(sizeof(int)))
#define GET(n)	 malloc(n)
#define GET_A(t) GET(SIZE(t))
#define SIZE(t)	 sizeof(t)

static struct list *give(size_t n)
{
	told = "give";
	return malloc(n);
}

static size_t rounded(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

#define WORDS(...) (told = #__VA_ARGS__, (__VA_ARGS__))

static void take_sizes(size_t n, const char *text)
{
	size_t size = n * sizeof(struct list), other = 100;
	struct list *list = NULL;
	struct outer outer = { 0 };

	WORDS(keep = malloc(n * sizeof(struct plain)));
	WORDS(keep = malloc((n + 1) * sizeof(struct plain)));
	WORDS(keep = malloc(sizeof(struct plain) + n * sizeof(struct list)));
	WORDS(keep = malloc(n * sizeof(struct list) + sizeof(struct plain)));
	WORDS(keep = malloc(sizeof(struct flexible) + n * sizeof(int)));
	WORDS(keep = malloc(sizeof(struct list) * 8 / 2));
	WORDS(keep = malloc(sizeof(struct list) << n));
	WORDS(keep = malloc(sizeof(struct list) + 3));
	WORDS(keep = malloc(strlen(text) * sizeof(char *) + 1));
	WORDS(keep = malloc(sizeof *list));
	WORDS(keep = malloc(n * sizeof list->text));
	WORDS(keep = malloc(sizeof outer.in));
	WORDS(keep = malloc(sizeof(outer.in[0])));
	WORDS(keep = malloc(size));
	WORDS(keep = malloc(other));
	WORDS(keep = calloc(n, sizeof(struct plain)));
	WORDS(keep = calloc(sizeof(struct list), n));
	WORDS(keep = realloc(NULL, n * sizeof(struct plain)));
	WORDS(keep = aligned_alloc(64, sizeof(struct list[8])));
	WORDS(keep = memalign(64, n * sizeof(struct plain)));
	WORDS(keep = valloc(sizeof(struct list)));
	WORDS(keep = malloc(n * 8));
	WORDS(keep = malloc(n % sizeof(struct list)));
	WORDS(keep = malloc(n ? sizeof(struct plain) : sizeof(struct list)));
	WORDS(keep = malloc(rounded(sizeof(struct list))));
	WORDS(keep = malloc(n + rounded(sizeof(struct list))));
	WORDS(keep = malloc(offsetof(struct list, text) + n));
	WORDS(keep = NEW(struct plain));
	WORDS(NEW_SOME(struct list, n));
	WORDS(keep = GET(sizeof(struct list)));
	WORDS(keep = GET(n * SIZE(struct plain)));
	WORDS(keep = GET_A(struct list));
}

static void take_casts(size_t n, int is_big)
{
	struct list *list;
	struct plain *plain = WORDS(malloc(n));
	uintptr_t *handle;
	void *any;

	keep = plain;
	keep = give(n);
	WORDS(list = malloc(n));
	WORDS(list = calloc(1, n));
	WORDS(plain = realloc(NULL, n));
	WORDS(handle = malloc(n));
	WORDS(any = malloc(n));
	WORDS(any = (struct list *)malloc(n));
	WORDS(any = (struct unknown *)malloc(n));
	WORDS(any = (char *)malloc(n) + 1);
	WORDS(any = is_big ? malloc(sizeof(struct plain)) : NULL);
	WORDS(list = is_big ? malloc(n) : NULL);
	WORDS(any = (struct plain *)(is_big ? malloc(n) : NULL));
	WORDS(list = (keep = NULL, malloc(n)));
	WORDS(((struct list *)malloc(n))->next = list);
	keep = list;
	keep = handle;
	keep = any;
}

/* What clang leaves at token 0, or calls "void". */
static void take_more(size_t n)
{
	struct list *list;
	void *any;

	told = "more";
	if (posix_memalign(&any, 64, n * sizeof(struct list)))
		abort();
	keep = reallocarray(NULL, n, sizeof(struct list));
	keep = __builtin_malloc(sizeof(struct list));
	list = (void *)malloc(n);
	keep = (void *)malloc(n);
	keep = list;
}

int main(int argc, char **argv)
{
	take_numbers();
	take_tags();
	take_derived();
	take_sizes(argc, argv[0]);
	take_casts(argc, argc > 0);
	take_more(argc);
	return 0;
}
