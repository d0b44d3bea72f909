/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_print: the header and the shim; contract in wrap.h. */
#include "tools/wrap.h"

#include <string.h>

static bool is_carried(const struct wrap_function *function)
{
	return function->is_chosen && !wrap_obstacle(function);
}

/* A tag must be known before a prototype names it; twice does no harm. */
static void print_tags(const char *declaration, const char *keyword, FILE *to)
{
	while ((declaration = strstr(declaration, keyword))) {
		size_t n = strlen(keyword);

		n += strcspn(declaration + n, " ,)");
		fprintf(to, "%.*s;\n", (int)n, declaration);
		declaration += n;
	}
}

/*
 * Inlined, it would be the wrapper's malloc that has a type. And a type of its
 * own there (long *p = malloc(n)) would outweigh the callers'.
 */
static void print_declaration(const struct wrap_function *function, FILE *to)
{
	print_tags(function->declaration, "struct ", to);
	print_tags(function->declaration, "union ", to);
	fprintf(to, "%s%s __attribute__((typeslab_wrapper%s));\n",
		function->is_inline ? "typeslab_inline " : "",
		function->declaration,
		function->asks_family ? ", typeslab_typeless" : "");
}

/*
 * Declared without inline, C99's inline function would be one that each file
 * has for all others. GNU's own inline is none of that. GCC warns of a noinline
 * before an inline, and cannot be told not to.
 */
static void print_inline(const struct wrap_function *function, FILE *to)
{
	fputs("#ifdef __clang__\n", to);
	print_declaration(function, to);
	fputs("#endif\n", to);
}

void wrap_print_header(const struct wraps *wraps, FILE *to)
{
	fputs("/* Written by typeslab wrap; forced in before every file. */\n"
	      "#ifndef TYPESLAB_WRAP_H\n"
	      "#define TYPESLAB_WRAP_H\n\n"
	      "#if !defined(__ASSEMBLER__) && !defined(__cplusplus)\n"
	      "#ifdef __clang__\n"
	      "#define typeslab_wrapper  __malloc__, __noinline__\n"
	      "#define typeslab_typeless __no_sanitize__(\"alloc-token\")\n"
	      "#pragma clang diagnostic push\n"
	      "#pragma clang diagnostic ignored \"-Wundefined-inline\"\n"
	      "#ifdef __GNUC_GNU_INLINE__\n"
	      "#define typeslab_inline\n"
	      "#else\n"
	      "#define typeslab_inline __inline__\n"
	      "#endif\n"
	      "#else /* GCC with typeslab's plugin */\n"
	      "#define typeslab_wrapper  __alloc_token__, __noinline__\n"
	      "#define typeslab_typeless __no_alloc_token__\n"
	      "#endif\n\n",
	      to);
	for (size_t i = 0; i < wraps->nr_functions; i++) {
		const struct wrap_function *function = &wraps->functions[i];

		/* What the program itself declares need not promise as much. */
		if (!is_carried(function) || !function->declaration ||
		    (function->returned && function->is_rewritten))
			continue;
		if (function->is_inline)
			print_inline(function, to);
		else
			print_declaration(function, to);
	}
	fputs("\n#undef typeslab_wrapper\n#undef typeslab_typeless\n"
	      "#ifdef __clang__\n"
	      "#undef typeslab_inline\n"
	      "#pragma clang diagnostic pop\n"
	      "#endif\n"
	      "#endif\n\n#endif /* TYPESLAB_WRAP_H */\n",
	      to);
}

static void print_parameters(const struct wrap_function *function, FILE *to)
{
	for (size_t i = 0; i < function->nr_arguments; i++)
		fprintf(to, "%s%s a%zu", i ? ", " : "", function->types[i],
			i + 1);
}

/* What the block must hold at least. */
static void print_size(const struct wrap_function *function, FILE *to)
{
	static const char *const signs[] = {
		[WRAP_NO_SIZE] = "",
		[WRAP_ONE] = "",
		[WRAP_PRODUCT] = ", ",
		[WRAP_SUM] = " + ",
	};
	enum wrap_size size = wrap_size_of(function);
	const char *sign = "";

	if (size == WRAP_NO_SIZE)
		putc('0', to);
	if (size == WRAP_PRODUCT)
		fputs("product(", to);
	for (size_t i = 0; i < function->nr_arguments; i++) {
		if (!(function->size_arguments >> i & 1))
			continue;
		fprintf(to, "%sa%zu", sign, i + 1);
		sign = signs[size];
	}
	if (size == WRAP_PRODUCT)
		putc(')', to);
}

/* Whatever the program calls it, here it is called after its number. */
static void print_twin(const struct wrap_function *function, size_t number,
		       FILE *to)
{
	const char *comma = function->nr_arguments ? ", " : "";

	fprintf(to, "\nLINKAGE void *wrapper_%zu(", number);
	print_parameters(function, to);
	fprintf(to, ") __asm__(\"%s\");\nLINKAGE OWN void *twin_%zu(",
		function->name, number);
	print_parameters(function, to);
	fprintf(to,
		"%ssize_t token)\n\t__asm__(\"__alloc_token_%s\");\n"
		"void *twin_%zu(",
		comma, function->name, number);
	print_parameters(function, to);
	fprintf(to,
		"%ssize_t token)\n{\n"
		"\tstruct typeslab_caller caller;\n\tvoid *block;\n\n"
		"\ttypeslab_caller_begin(&caller, announced(",
		comma);
	print_size(function, to);
	fprintf(to, "), token);\n\tblock = wrapper_%zu(", number);
	for (size_t i = 0; i < function->nr_arguments; i++)
		fprintf(to, "%sa%zu", i ? ", " : "", i + 1);
	fputs(");\n\ttypeslab_caller_end(&caller);\n\treturn block;\n}\n", to);
}

void wrap_print_shim(const struct wraps *wraps, FILE *to)
{
	fputs("/* Written by typeslab wrap: the typed twins of wrappers. */\n"
	      "/* Types are those of the ABI; C's own are in wrap.h. */\n"
	      "#include <typeslab/token.h>\n\n"
	      "#include <stdint.h>\n\n"
	      "/* All in one object, for an LTO link: what lacks is not called. */\n"
	      "#ifdef LATE\n"
	      "#define LINKAGE __attribute__((weak))\n"
	      "#else\n"
	      "#define LINKAGE\n"
	      "#endif\n\n"
	      "/* A library's wrapper may be another than the program's. */\n"
	      "#define OWN __attribute__((visibility(\"hidden\")))\n\n"
	      "/* Of two or three factors; 0 where it overflows. */\n"
	      "#define product(...) multiply((size_t[]){ __VA_ARGS__ }, \\\n"
	      "\tsizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t))\n\n"
	      "static inline size_t multiply(const size_t *factors, size_t n)\n"
	      "{\n\tsize_t all = 1;\n\n"
	      "\twhile (n--) {\n"
	      "\t\tif (__builtin_mul_overflow(all, factors[n], &all))\n"
	      "\t\t\treturn 0;\n\t}\n\treturn all;\n}\n\n"
	      "/* Nothing is that long: -1 says that the function counts. */\n"
	      "static inline size_t announced(size_t size)\n"
	      "{\n\treturn size > PTRDIFF_MAX ? 0 : size;\n}\n",
	      to);
	for (size_t i = 0, nr = 0; i < wraps->nr_functions; i++) {
		if (!is_carried(&wraps->functions[i]))
			continue;
		fprintf(to, "\n#if !defined(TWIN) || TWIN == %zu", nr);
		print_twin(&wraps->functions[i], nr++, to);
		fputs("#endif\n", to);
	}
}

void wrap_print_uncarried(const struct wraps *wraps, FILE *to)
{
	for (size_t i = 0; i < wraps->nr_functions; i++) {
		const struct wrap_function *function = &wraps->functions[i];

		if (function->is_rewritten && !is_carried(function))
			fprintf(to, "%s\n", function->name);
	}
}

size_t wrap_nr_carried(const struct wraps *wraps)
{
	size_t nr = 0;

	for (size_t i = 0; i < wraps->nr_functions; i++)
		nr += is_carried(&wraps->functions[i]);
	return nr;
}
