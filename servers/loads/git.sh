# SPDX-License-Identifier: Apache-2.0
# needs: git
. "$HERE/lib.sh"

export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
commits=$(quick 400 8000)
git init -q repo
cd repo || exit
awk -v nr="$commits" 'BEGIN {
	srand(7)
	for (c = 1; c <= nr; c++) {
		print "commit refs/heads/main\ncommitter A <a@b> " c " +0000\ndata 2\nx"
		for (f = 0; f < 5; f++) {
			text = ""
			for (l = 0; l < 200; l++)
				text = text int(rand() * 60) " line of file " f " " c % 40 "\n"
			print "M 644 inline dir" c % 30 "/file" (c * 5 + f) % 211 "\ndata " length(text)
			print text
		}
	}
}' | on_heap git fast-import --quiet
git rev-parse main
measure git gc -q --aggressive --prune=now
git count-objects -v | grep 'count\|in-pack\|packs\|garbage'
on_heap git fsck --full 2>&1
on_heap git log -p main | cksum
on_heap git blame main -- dir1/file5 2>&1 | cksum
