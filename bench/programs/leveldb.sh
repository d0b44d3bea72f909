# SPDX-License-Identifier: Apache-2.0
set -eu
[ "$1" = run ] || exit 0
exec "$DB_BENCH" --db="$SCRATCH/db" --num="$((SCALE * 15000))" \
	--max_file_size=1048576 --write_buffer_size=16777216 --bloom_bits=10 \
	--benchmarks=fillseq,fillrandom,overwrite,readseq,seekrandom,readrandom \
	>/dev/null 2>&1
