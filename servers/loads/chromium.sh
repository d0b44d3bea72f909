# SPDX-License-Identifier: Apache-2.0
# needs: chromium python3
. "$HERE/lib.sh"

cat >page.html <<'EOF'
<!doctype html><title>t</title><canvas id=c width=300 height=200></canvas><ul id=l></ul>
<script>
let h = 7;
for (let i = 0; i < 3000; i++) {
	const li = document.createElement('li');
	li.textContent = 'item ' + (h = (h * 31 + i) % 1000003);
	l.append(li);
	if (i % 3 == 0) l.firstChild.remove();
}
const x = c.getContext('2d');
for (let i = 0; i < 500; i++) { x.fillStyle = `rgb(${i % 256},0,99)`; x.fillRect(i % 300, i % 200, 9, 9); }
document.title = h + ' ' + l.children.length + ' ' + JSON.stringify([...Array(2000).keys()]).length;
</script>
EOF
export HOME=$PWD
measure chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
	--user-data-dir="$PWD/user" --virtual-time-budget=5000 --dump-dom \
	"file://$PWD/page.html" 2>errors >dom || { tail -n 5 errors; exit 1; }
cksum <dom
grep -o '<title>.*</title>' dom
grep -a 'typeslab:' errors || :
