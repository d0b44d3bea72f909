# SPDX-License-Identifier: Apache-2.0
# needs: ffmpeg
. "$HERE/lib.sh"

input="testsrc2=size=640x360:rate=25:duration=$(quick 6 90)"
measure ffmpeg -v error -nostdin -f lavfi -i "$input" -f lavfi \
	-i "sine=frequency=440:duration=$(quick 6 90)" -flags bitexact -threads 4 \
	-c:v mpeg4 -q:v 5 -c:a ac3 -bitexact out.mkv
ffmpeg -v error -nostdin -i out.mkv -f md5 -
on_heap ffmpeg -v error -nostdin -threads 4 -i out.mkv -vf \
	'scale=320:180,split[a][b];[a]hflip[c];[c][b]hstack' -f md5 - 2>&1
