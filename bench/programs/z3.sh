# SPDX-License-Identifier: Apache-2.0
# needs: z3 awk
#
# A satisfiable system of linear integer constraints and a bit-vector puzzle.
set -eu
if [ "$1" = prepare ]; then
	awk -v nr="$((SCALE * 25))" 'BEGIN {
		print "(set-logic QF_LIA)"
		for (i = 0; i < nr; i++) {
			print "(declare-const x" i " Int)"
			print "(assert (and (>= x" i " 0) (<= x" i " 1000)))"
		}
		for (i = 0; i + 3 < nr; i++) {
			a = i * 7 % nr; b = i * 11 % nr; c = i * 13 % nr
			printf "(assert (or (< (+ x%d (* %d x%d)) (- x%d %d))" \
				" (> x%d (+ x%d %d))))\n", a, 2 + i % 5, b, c,
				i % 37, c, a, i % 91
		}
		print "(check-sat)" }' >in.smt2
	awk -v nr="$SCALE" 'BEGIN {
		print "(set-logic QF_BV)"
		for (i = 0; i < nr; i++) {
			printf "(declare-const p%d (_ BitVec 24))\n", i
			printf "(declare-const q%d (_ BitVec 24))\n", i
			printf "(assert (= (bvmul p%d q%d) #x%06x))\n", i, i,
				1234577 + 2 * i
			printf "(assert (bvult #x0000ff p%d))\n", i
			printf "(assert (bvult p%d q%d))\n", i, i
			printf "(assert (bvult q%d #x010000))\n", i
		}
		print "(check-sat)" }' >bits.smt2
	exit
fi
z3 in.smt2 >/dev/null
exec z3 bits.smt2 >/dev/null
