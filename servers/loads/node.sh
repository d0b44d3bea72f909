# SPDX-License-Identifier: Apache-2.0
# needs: node gcc
. "$HERE/lib.sh"

[ -f /usr/include/node/node_api.h ] || skip "no libnode-dev"
gcc -shared -fPIC -O2 -I/usr/include/node -o addon.node "$HERE/addon.c"
measure node "$HERE/addon.js" "$PWD/addon.node" "$(quick 20 400)"
