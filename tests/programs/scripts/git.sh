# SPDX-License-Identifier: Apache-2.0
# needs: git awk
set -eu
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
export GIT_CONFIG_NOSYSTEM=1

commit() {
	GIT_AUTHOR_DATE="$((1700000000 + $1 * 100)) +0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git add -A
	git commit -q -m "commit $1"
}

write_files() {
	awk -v round="$1" 'BEGIN {
		for (f = 0; f < 60; f++) {
			name = "dir" (f % 7) "/file" f
			for (i = 0; i < 200; i++)
				print f, i, ((i * f + round) % 13 ? "same" : round) \
					> name
			close(name)
		}
	}'
}

git init -q -b main repo
cd repo
git config gc.auto 0
git config pack.threads 2
for dir in 0 1 2 3 4 5 6; do mkdir "dir$dir"; done
round=1
while [ "$round" -le 12 ]; do
	write_files "$round"
	commit "$round"
	round=$((round + 1))
done
git checkout -q -b side HEAD~5
write_files 100
commit 13
git checkout -q main
git merge -q -s recursive -X ours -m merge side
git log --graph --format='%H %s' --stat | cksum
git log --format='%h %s' | head -n 5
git diff HEAD~6 HEAD --stat | tail -n 3
git blame dir3/file3 | awk '{ print $1 }' | sort | uniq -c
git repack -q -a -d -f --depth=20 --window=20
git fsck --full --strict
git gc --quiet --aggressive --prune=now
git count-objects -v | grep -v size
git rev-list --objects --all | sort | cksum
git archive HEAD | cksum
git bundle create -q ../all.bundle --all
git clone -q ../all.bundle ../copy
git -C ../copy rev-parse HEAD
git -C ../copy grep -c same | cksum
git -C ../copy status --short --branch
git rev-parse no-such-name || echo "left with $?"
