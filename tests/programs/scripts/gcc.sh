# SPDX-License-Identifier: Apache-2.0
# needs: gcc awk cksum
#
# The compiler's object code must be the same to the last byte.
set -eu
awk 'BEGIN {
	print "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>"
	for (f = 0; f < 60; f++) {
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
	print "int main(void) { struct s1 s = { { 1, 2 }, 0 };"
	print "return f1(&s, 40) & 63; }"
}' >big.c
for level in 0 2 3; do
	gcc "-O$level" -g -Wall -c big.c -o "big$level.o"
	cksum "big$level.o"
	gcc "big$level.o" -o "big$level"
	"./big$level" || echo "left with $?"
done
gcc -O2 -S big.c -o - | cksum
echo 'int f(void) { return undeclared; }' >bad.c
gcc -c bad.c || echo "left with $?"
