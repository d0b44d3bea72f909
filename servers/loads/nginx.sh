# SPDX-License-Identifier: Apache-2.0
# needs: nginx wrk python3
. "$HERE/lib.sh"

port=$((20000 + $$ % 20000))
mkdir www
seq 100000 >www/big
echo '<h1>small</h1>' >www/index.html
cat >conf <<EOF
daemon off; master_process on; worker_processes 2; pid $PWD/pid;
error_log $PWD/errors; $([ "$(id -u)" -ne 0 ] || echo 'user root;')
events { worker_connections 512; }
http { access_log off; root $PWD/www; gzip on; gzip_types *; gzip_min_length 1;
 client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3;
 uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
 server { listen 127.0.0.1:$port;
  location /proxy/ { proxy_pass http://127.0.0.1:$port/; } } }
EOF
get() {
	python3 -c "import sys, urllib.request as u
try: sys.stdout.buffer.write(u.urlopen(sys.argv[1]).read())
except u.HTTPError as e: print(e.code)" "http://127.0.0.1:$port/$1"
}
serve log nginx -p "$PWD/" -e "$PWD/errors" -c "$PWD/conf"
wait_for get index.html
for path in index.html big proxy/big proxy/ none; do
	get $path | cksum
done
wrk -t2 -c32 -d"$(quick 4 30)" -H 'Accept-Encoding: gzip' \
	"http://127.0.0.1:$port/proxy/big" >wrk1
wrk -t2 -c32 -d"$(quick 4 30)" "http://127.0.0.1:$port/index.html" >wrk2
# A machine that is busy makes timeouts; nothing else may fail.
grep -h 'Non-2xx\|connect [1-9]\|read [1-9]\|write [1-9]' wrk1 wrk2 ||
	echo "no errors"
sed -n 's/^Requests.sec: *//p' wrk2 | { read -r rate && figure rate "$rate"; }
get big | cksum
stop QUIT
