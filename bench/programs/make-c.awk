# SPDX-License-Identifier: Apache-2.0
#
# make-c: C for compilers to chew on; -v nr= functions.
BEGIN {
	print "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>"
	for (f = 0; f < nr; f++) {
		printf "struct s%d { int a[%d]; struct s%d *next; };\n",
			f, 1 + f % 9, f
		printf "int f%d(struct s%d *s, int n)\n{\n", f, f
		print "\tint sum = 0;\n\tswitch (n & 7) {"
		for (c = 0; c < 8; c++)
			printf "\tcase %d: sum += s->a[0] * %d; break;\n",
				c, c * f + 1
		print "\t}\n\tfor (int i = 0; i < n; i++)"
		printf "\t\tsum ^= (i * %d) %% (n | 1);\n", f + 3
		printf "\tif (s->next) sum += f%d(s->next, n - 1);\n", f
		print "\tprintf(\"%d\\n\", sum);\n\treturn sum;\n}"
	}
}
