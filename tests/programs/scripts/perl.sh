# SPDX-License-Identifier: Apache-2.0
# needs: perl
export PERL_HASH_SEED=0
perl -w -e '
use strict;
use List::Util qw(sum first shuffle);
use Data::Dumper;
$Data::Dumper::Sortkeys = 1;
my (%count, @lines, $text);
for my $i (1 .. 60000) {
	my $word = join "", map { chr(97 + ($i * $_ * 31) % 26) } 1 .. 1 + $i % 9;
	$count{$word}++;
	push @lines, "$i:$word:" . ("x" x ($i % 50));
}
printf "%d words, %d uses\n", scalar keys %count, sum values %count;
print "$_ $count{$_}\n" for
	(sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)[0 .. 30];
my @sorted = sort { length $a <=> length $b || $a cmp $b } @lines;
print "$sorted[$_]\n" for 0, 100, 59999;
$text = join "\n", @lines;
my $n = () = $text =~ /(\d+):([a-m]+):(x{3,7})$/mg;
print "$n matches\n";
(my $changed = $text) =~ s/(\w)(\w+)/$2$1/g;
print unpack("%32C*", $changed), "\n";
my $tree = {};
$tree = { left => $tree, id => $_, list => [1 .. $_ % 20] } for 1 .. 2000;
my $depth = 0;
for (my $t = $tree; $t->{left}; $t = $t->{left}) { $depth++ }
print "depth $depth\n", Dumper({ list => $tree->{list}, id => $tree->{id} });
eval { die { code => 7 } };
print "caught $@->{code}\n";
my $pid = fork // die;
if (!$pid) { my @more = map { "y" x $_ } 1 .. 2000; exit @more % 251 }
waitpid $pid, 0;
print "child ", $? >> 8, "\n";
'
