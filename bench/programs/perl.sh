# SPDX-License-Identifier: Apache-2.0
# needs: perl
set -eu
[ "$1" = run ] || exit 0
export PERL_HASH_SEED=0
exec perl -we '
use strict;
for my $turn (1 .. $ENV{SCALE}) {
	my (%count, @lines);
	for my $i (1 .. 50000) {
		my $word = join "", map { chr(97 + ($i * $_ * 31) % 26) }
			1 .. 1 + $i % 9;
		$count{"$word$i"}++;
		push @lines, "$i:$word:" . ("x" x ($i % 50));
	}
	my @sorted = sort { length $a <=> length $b || $a cmp $b } @lines;
	my @fields = map { [split /:/] } @sorted;
	my $text = join "\n", @sorted;
	(my $changed = $text) =~ s/(\w)(\w+)/$2$1/g;
	my $tree = {};
	$tree = { left => $tree, id => $_, list => [1 .. $_ % 20] }
		for 1 .. 5000;
}'
