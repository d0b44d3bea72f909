# SPDX-License-Identifier: Apache-2.0
# needs: git awk
set -eu
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
export GIT_CONFIG_NOSYSTEM=1 HOME="$PWD"
if [ "$1" = run ]; then
	cd repo
	exec git repack -q -a -d -f --depth=20 --window=10
fi
git init -q -b main repo
cd repo
git config gc.auto 0
git config pack.threads 1
for dir in 0 1 2 3 4 5 6; do mkdir "dir$dir"; done
round=1
while [ "$round" -le "$((SCALE * 5))" ]; do
	awk -v round="$round" 'BEGIN {
		for (f = 0; f < 60; f++) {
			name = "dir" (f % 7) "/file" f
			for (i = 0; i < 200; i++)
				print f, i, ((i * f + round) % 13 ? "same" \
					: round) >name
			close(name)
		} }'
	git add -A
	date="$((1700000000 + round)) +0000"
	GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date \
		git commit -q -m "commit $round"
	round=$((round + 1))
done
