# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the loads share. A load runs in an empty folder, prints on standard
# output what must be the same on every heap, and writes its figures, "KEY
# NUMBER" a line, to the file $FIGURES. $HEAP is the library to preload into
# the program under load, and into it alone; empty: none. $PROGRAM is the one
# to run where we build it ourselves (servers/typed.py); empty: Debian's.
# $QUICK is 1 or empty.
set -eu

# quick A B: A in quick runs, B in full ones.
quick() {
	[ -n "$QUICK" ] && echo "$1" || echo "$2"
}

figure() {
	echo "$1 $2" >>"$FIGURES"
}

# skip REASON...: the load cannot run here.
skip() {
	echo "$*" >"$FIGURES"
	exit 77
}

# Runs the program on the heap.
on_heap() {
	env ${HEAP:+LD_PRELOAD="$HEAP"} "$@"
}

# Runs it to its end; its time and peak memory are figures.
measure() {
	"$HERE/measure" "$FIGURES" env ${HEAP:+LD_PRELOAD="$HEAP"} "$@"
}

# Runs a server beside the script: serve LOG COMMAND...; ends with stop.
serve() {
	log=$1
	shift
	env ${HEAP:+LD_PRELOAD="$HEAP"} "$@" >"$log" 2>&1 &
	server=$!
	trap 'kill -9 $server 2>/dev/null || :' EXIT
}

# wait_for COMMAND...: until it works; a minute at most, as long as the server
# lives.
wait_for() {
	for _ in $(seq 600); do
		"$@" >/dev/null 2>&1 && return 0
		kill -0 "$server" 2>/dev/null || {
			echo "the server has died:"
			cat "$log"
			exit 1
		}
		sleep 0.1
	done
	echo "the server does not answer"
	exit 1
}

# The processor's time of the server, its children and those it has waited for:
# a figure where the load is so many requests, not so many seconds.
spent() {
	for pid in $server $(pgrep -P "$server" || :); do
		sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || :
	done | awk -v tick="$(getconf CLK_TCK)" '
		{ sum += $12 + $13 + $14 + $15 } END { print "seconds", sum / tick }' \
		>>"$FIGURES"
}

# The peak memory of the server and its children, then an orderly end.
stop() {
	# The loader goes on without a library that it cannot read.
	[ -z "$HEAP" ] || grep -qF "$(basename "$HEAP")" "/proc/$server/maps" ||
		echo "$HEAP is not in the server"
	peak=0
	for pid in $server $(pgrep -P "$server" || :); do
		# A worker may end on its own while we look.
		own=$(sed -n 's/^VmHWM:\s*\([0-9]*\) kB/\1/p' \
			"/proc/$pid/status" 2>/dev/null || :)
		peak=$((peak + ${own:-0}))
	done
	figure peak_kb "$peak"
	kill -"${1:-TERM}" "$server"
	status=0
	wait "$server" || status=$?
	trap - EXIT
	case $status in
	0 | 143 | 130) echo "ended in order" ;;
	*) echo "ended with $status"; tail -n 20 "$log" ;;
	esac
}
