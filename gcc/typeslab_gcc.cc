/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typeslab_gcc: a plugin that makes GCC pass types to the heap, as clang does.
 *
 * Calls of malloc and its kin in C become __alloc_token_malloc(size, token),
 * with clang's token of the type wanted: that of a sizeof in the arguments,
 * else that of a cast of the result, also where assignment makes the cast.
 * Token 0 where neither is there. Works on the trees of each function when
 * its parse ends, before anything is inlined, merged or lowered.
 *
 *	-fplugin=PATH/typeslab_gcc.so
 *	-fplugin-arg-typeslab_gcc-remarks	tells the calls without a type,
 *						as clang's -Rpass does
 *
 * Two attributes for functions, which `typeslab wrap` writes:
 *
 *	alloc_token	calls of it become __alloc_token_NAME(..., token), too,
 *			where the type is known
 *	no_alloc_token	no call in its body is changed
 *
 * Not clang's extended mode, which goes by the malloc attribute: GCC takes that
 * for a promise that no realloc can keep, that nothing points out of a block.
 */
#include "gcc/call_type.h"
#include "gcc/sizeof_log.h"
#include "gcc/type_name.h"
#include "policy/token_hash.h"

int plugin_is_GPL_compatible;

static bool has_remarks;

/* TREE_LIST of each function and the one that is called in its place. */
static tree twins;

static const ggc_root_tab roots[] = {
	{ &twins, 1, sizeof(twins), &gt_ggc_mx_tree_node,
	  &gt_pch_nx_tree_node },
	LAST_GGC_ROOT_TAB,
};

static const char *const family[] = {
	"malloc",   "calloc",	      "realloc", "reallocarray",  "reallocf",
	"memalign", "posix_memalign", "valloc",	 "aligned_alloc", "pvalloc",
};

static bool is_of_family(tree function)
{
	const char *name = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(function));

	if (!TREE_PUBLIC(function) || !prototype_p(TREE_TYPE(function)) ||
	    flag_no_builtin)
		return false;
	for (const char *each : family) {
		if (!strcmp(name, each))
			return true;
	}
	return false;
}

static bool is_allocator_by_attribute(tree function)
{
	tree type = TREE_TYPE(function);

	return TREE_PUBLIC(function) && prototype_p(type) && !stdarg_p(type) &&
	       lookup_attribute("alloc_token", DECL_ATTRIBUTES(function));
}

/* The same type of function, with a token behind its arguments. */
static tree type_of_twin(tree type)
{
	tree list = NULL_TREE, made;

	for (tree each = TYPE_ARG_TYPES(type); each != void_list_node;
	     each = TREE_CHAIN(each))
		list = tree_cons(NULL_TREE, TREE_VALUE(each), list);
	list = tree_cons(NULL_TREE, size_type_node, list);
	list = nreverse(list);
	made = build_function_type(TREE_TYPE(type),
				   chainon(list, void_list_node));
	return build_type_attribute_variant(made, TYPE_ATTRIBUTES(type));
}

static tree declare_twin(tree function)
{
	const char *plain = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(function));
	std::string name = std::string("__alloc_token_") + plain;
	tree twin =
		build_fn_decl(name.c_str(), type_of_twin(TREE_TYPE(function)));

	DECL_ATTRIBUTES(twin) = DECL_ATTRIBUTES(function);
	DECL_IS_MALLOC(twin) = DECL_IS_MALLOC(function);
	TREE_NOTHROW(twin) = TREE_NOTHROW(function);
	return twin;
}

static tree twin_of(tree function)
{
	tree known = purpose_member(function, twins);

	if (!known) {
		twins = tree_cons(function, declare_twin(function), twins);
		known = twins;
	}
	return TREE_VALUE(known);
}

/* 0: no type is known, or clang has no name for it. */
static uint64_t token_of(tree type)
{
	std::string name = type ? type_name(type) : "";

	return name.empty() ? 0
			    : token_hash(name.c_str(), name.length(),
					 type_holds_pointer(type));
}

static void remark(tree call, tree function, tree within)
{
	expanded_location at = expand_location(EXPR_LOCATION(call));

	fprintf(stderr,
		"%s:%d:%d: remark: Call to '%s' in '%s' without source-level "
		"type token [-Rpass=alloc-token]\n",
		at.file, at.line, at.column,
		IDENTIFIER_POINTER(DECL_NAME(function)),
		IDENTIFIER_POINTER(DECL_NAME(within)));
}

static tree call_twin(tree call, tree twin, uint64_t token)
{
	auto_vec<tree> arguments;
	tree made;

	for (int i = 0; i < call_expr_nargs(call); i++)
		arguments.safe_push(CALL_EXPR_ARG(call, i));
	arguments.safe_push(build_int_cstu(size_type_node, token));
	made = build_call_array_loc(EXPR_LOCATION(call), TREE_TYPE(call),
				    build_fold_addr_expr(twin),
				    arguments.length(), arguments.address());
	if (warning_suppressed_p(call))
		suppress_warning(made);
	return made;
}

static void rewrite(tree *call, tree within)
{
	tree function = get_callee_fndecl(*call);
	bool is_known = function && is_of_family(function);
	uint64_t token;

	if (!function || (!is_known && !is_allocator_by_attribute(function)))
		return;
	token = token_of(call_type(*call));
	if (!token && !is_known)
		return;
	if (!token && has_remarks)
		remark(*call, function, within);
	*call = call_twin(*call, twin_of(function), token);
}

/* What was heard of another function must not be believed of this one. */
static void begin_function(void *function, void *)
{
	if (decl_function_context((tree)function))
		return;
	sizeof_log_clear();
	call_type_clear();
}

static void end_function(void *function, void *)
{
	tree within = (tree)function;

	if (!lookup_attribute("no_alloc_token", DECL_ATTRIBUTES(within)))
		call_type_each(within, rewrite);
}

static void take_declaration(void *declaration, void *)
{
	if (TREE_CODE((tree)declaration) == VAR_DECL)
		sizeof_log_take_variable((tree)declaration);
}

/*
 * Before anything is read, also where all there is to do is to preprocess. What
 * -g3 tells of macros cannot be written as early as this.
 */
static void define_macros(void *, void *)
{
	cpp_callbacks *told = cpp_get_callbacks(parse_in);
	auto tell = told->define;

	if (cpp_get_options(parse_in)->preprocessed)
		return;
	told->define = NULL;
	cpp_define(parse_in, "__SANITIZE_ALLOC_TOKEN__=1");
	sizeof_log_start();
	told->define = tell;
}

static tree take_attribute(tree *node, tree name, tree, int, bool *is_refused)
{
	*is_refused = TREE_CODE(*node) != FUNCTION_DECL;
	if (*is_refused)
		warning(OPT_Wattributes, "%qE attribute is for functions",
			name);
	return NULL_TREE;
}

static const attribute_spec attributes[] = {
	{ "alloc_token", 0, 0, true, false, false, false, take_attribute,
	  NULL },
	{ "no_alloc_token", 0, 0, true, false, false, false, take_attribute,
	  NULL },
};

static void register_attributes(void *, void *)
{
	for (const attribute_spec &each : attributes)
		register_attribute(&each);
}

static bool take_arguments(const struct plugin_name_args *info)
{
	for (int i = 0; i < info->argc; i++) {
		const char *key = info->argv[i].key;

		if (strcmp(key, "remarks")) {
			error("no such argument of the plugin: %qs", key);
			return false;
		}
		has_remarks = true;
	}
	return true;
}

int plugin_init(struct plugin_name_args *info, struct plugin_gcc_version *gcc)
{
	if (!plugin_default_version_check(gcc, &gcc_version)) {
		error("the plugin was made for GCC %s, this is %s",
		      gcc_version.basever, gcc->basever);
		return 1;
	}
	if (!take_arguments(info))
		return 1;
	/* Only C: in C++ a new and its type are other trees. */
	if (!lang_GNU_C())
		return 0;
	sizeof_log_init();
	call_type_init();
	register_callback(info->base_name, PLUGIN_REGISTER_GGC_ROOTS, NULL,
			  (void *)roots);
	register_callback(info->base_name, PLUGIN_ATTRIBUTES,
			  register_attributes, NULL);
	register_callback(info->base_name, PLUGIN_PRAGMAS, define_macros, NULL);
	register_callback(info->base_name, PLUGIN_START_PARSE_FUNCTION,
			  begin_function, NULL);
	register_callback(info->base_name, PLUGIN_FINISH_DECL, take_declaration,
			  NULL);
	register_callback(info->base_name, PLUGIN_PRE_GENERICIZE, end_function,
			  NULL);
	return 0;
}
