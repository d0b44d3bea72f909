# SPDX-License-Identifier: Apache-2.0
# needs: git
. "$HERE/lib.sh"

export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
if [ -n "$PROGRAM" ]; then
	# What git starts is git, too; and the tree has no templates.
	GIT_EXEC_PATH=$(dirname "$PROGRAM")
	export GIT_EXEC_PATH PATH="$GIT_EXEC_PATH:$PATH" GIT_TEMPLATE_DIR=
fi
commits=$(quick 400 3000)
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
# A repository that people made: this project's own, where it is one.
if git -C "$HERE" rev-parse -q --verify HEAD >/dev/null 2>&1; then
	on_heap git clone -q --bare --no-local "$(git -C "$HERE" rev-parse \
		--show-toplevel)" ../own
	on_heap git -C ../own gc -q --aggressive --prune=now
	git -C ../own count-objects -v | grep 'count\|in-pack\|packs\|garbage'
	on_heap git -C ../own fsck --full 2>&1
	on_heap git -C ../own log -p | cksum
fi
