/* SPDX-License-Identifier: Apache-2.0 */
/* cc_option: clang's options; contract in cc_option.h. */
#include "tools/cc_option.h"

#include <stddef.h>
#include <string.h>

static const char *const with_value[] = {
	"-o",
	"-I",
	"-L",
	"-D",
	"-U",
	"-x",
	"-T",
	"-u",
	"-z",
	"-e",
	"-l",
	"-B",
	"-include",
	"-include-pch",
	"-imacros",
	"-isystem",
	"-iquote",
	"-idirafter",
	"-isysroot",
	"-iprefix",
	"-iwithprefix",
	"-iwithprefixbefore",
	"-iwithsysroot",
	"-iframework",
	"-ivfsoverlay",
	"-cxx-isystem",
	"-stdlib++-isystem",
	"-Xclang",
	"-Xlinker",
	"-Xassembler",
	"-Xpreprocessor",
	"-Xopenmp-target",
	"-mllvm",
	"-MF",
	"-MT",
	"-MQ",
	"-MJ",
	"-gen-cdb-fragment-path",
	"-target",
	"--target",
	"-arch",
	"--param",
	"-rpath",
	"-soname",
	"-h",
	"--sysroot",
	"--config",
	"-resource-dir",
	"-working-directory",
	"-serialize-diagnostics",
	"--serialize-diagnostics",
	"-dumpbase",
	"-dumpdir",
	"-framework",
	"-iframeworkwithsysroot",
	"-imultilib",
	"-isystem-after",
	"-fdebug-compilation-dir",
	"-dependency-dot",
	"-dependency-file",
	"-Xanalyzer",
	"-Xarch_device",
	"-Xarch_host",
	"-A",
	"-F",
	"-G",
	"-b",
	"--analyzer-output",
	"--define-macro",
	"--for-linker",
	"--force-link",
	"--imacros",
	"--include",
	"--include-directory",
	"--include-directory-after",
	"--include-prefix",
	"--include-with-prefix",
	"--include-with-prefix-after",
	"--include-with-prefix-before",
	"--library-directory",
	"--prefix",
	"--resource",
	"--rtlib",
	"--std",
	"--stdlib",
	"--undefine-macro",
	"--vfsoverlay",
};

bool cc_option_has_value(const char *word)
{
	for (size_t i = 0; i < sizeof(with_value) / sizeof(*with_value); i++) {
		if (!strcmp(word, with_value[i]))
			return true;
	}
	return false;
}

bool cc_option_is_output(const char *word)
{
	return !strcmp(word, "-c") || !strcmp(word, "-S") ||
	       !strncmp(word, "-o", 2) || !strcmp(word, "-shared") ||
	       !strncmp(word, "-Wl,", 4) ||
	       !strncmp(word, CC_TEMPORARIES, strlen(CC_TEMPORARIES));
}

bool cc_option_is_measure(const char *word)
{
	return !strncmp(word, CC_TRACE, strlen(CC_TRACE)) ||
	       !strncmp(word, "-fproc-stat-report", 18) ||
	       !strncmp(word, "-save-stats", 11);
}

bool cc_option_is_beside(const char *word)
{
	return cc_option_is_measure(word) ||
	       (!strncmp(word, "-M", 2) && strcmp(word, "-Mf")) ||
	       !strncmp(word, "-Wp,-M", 6) ||
	       !strncmp(word, "-dependency-", 12) ||
	       !strcmp(word, "-gen-cdb-fragment-path") ||
	       !strcmp(word, "-serialize-diagnostics") ||
	       !strcmp(word, "--serialize-diagnostics");
}
