# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# From the package to a booted kernel. Read by the programs beside it, which
# have set `here` to this folder.
#
#	src=$(patched)			the source with the series applied
#	out=$(config NAME MODE ...)	a build folder, NAME made of fragments
#	build "$src" "$out" clang-22 bzImage
#	boot "$out" LOG KERNEL-ARGUMENTS
#	part slabinfo LOG | keep NAME "$out" clang-22

top=$(dirname "${here:?}")
dir=${KERNEL_DIR:-$top/build-kernel}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
package=linux-source-6.12
api_suite=$top/tests/kmem/slab_kunit.c
jobs=${KERNEL_JOBS:-$(nproc)}

# Two builds of one source are to be the same, byte by byte.
export KBUILD_BUILD_TIMESTAMP=@0
export KBUILD_BUILD_USER=typeslab
export KBUILD_BUILD_HOST=localhost
export CCACHE_DIR="${CCACHE_DIR:-$dir/ccache}"
export CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-10G}"
# Ask which headers were read, instead of running the preprocessor first.
export CCACHE_DEPEND=1
export LC_ALL=C

say() {
	echo "kernel: $*" >&2
}

die() {
	say "$*"
	exit 1
}

package_version() {
	dpkg-query -W -f '${Version}' "$package"
}

# One word for a source: the package, and what became of the files that the
# series touches. Patches that are cut differently and make the same of them in
# the end have made one source.
source_hash() {
	{
		package_version
		touched | while read -r file; do
			[ ! -e "$1/$file" ] || (cd "$1" && sha256sum "$file")
		done
	} | sha256sum | cut -c1-12
}

# The same of the source as we build it.
series_hash() {
	source_hash "$(patched)"
}

# One word for the patches.
patches_hash() {
	(cd "$here/patches" && cat series && xargs cat <series) | sha256sum |
		cut -c1-12
}

# The unpatched source.
pristine() {
	pristine_dir=$dir/linux-base
	if [ ! -e "$pristine_dir/.unpacked" ]; then
		say "unpacking $package $(package_version)"
		rm -rf "$pristine_dir"
		mkdir -p "$pristine_dir"
		tar -C "$pristine_dir" --strip-components=1 -xf \
			"/usr/src/$package.tar.xz"
		touch "$pristine_dir/.unpacked"
	fi
	echo "$pristine_dir"
}

# The files that the series touches.
touched() {
	sed -n 's|^[-+][-+][-+] [ab]/||p' "$here"/patches/*.patch | sort -u
}

# The suite of the slab API, which the library's tests run in user space, runs
# in the kernel, too. It is no part of the series.
add_api_suite() {
	cp "$api_suite" "$1/lib/slab_api_kunit.c"
	# shellcheck disable=SC2016 # make is to expand it
	echo 'obj-$(CONFIG_SLAB_API_KUNIT_TEST) += slab_api_kunit.o' \
		>>"$1/lib/Makefile"
	printf '\nconfig SLAB_API_KUNIT_TEST\n\tbool "Slab API"\n\tdepends on KUNIT\n' \
		>>"$1/lib/Kconfig.debug"
}

# The files of the list $3 in tree $2 become as they are in tree $1. What is the
# same stays untouched, so that a new series builds no more than it must.
renew() {
	while read -r file; do
		if [ ! -e "$1/$file" ]; then
			rm -f "$2/$file"
		elif ! cmp -s "$1/$file" "$2/$file"; then
			mkdir -p "$(dirname "$2/$file")"
			cp "$1/$file" "$2/$file"
			[ ! -x "$1/$file" ] || chmod +x "$2/$file"
		fi
	done <"$3"
}

# The source with the series applied: a copy that is made once, and then only
# the files that this series or the one before touches.
patched() {
	patched_dir=$dir/linux-patched
	stamp="$(patches_hash) $(sha256sum <"$api_suite" | cut -c1-12)"
	if [ "$(cat "$patched_dir/.series" 2>/dev/null)" != "$stamp" ]; then
		say "applying the patches ${stamp% *}"
		if [ ! -e "$patched_dir/.touched" ]; then
			rm -rf "$patched_dir"
			cp -a "$(pristine)" "$patched_dir"
			touch "$patched_dir/.touched"
		fi
		fresh=$dir/linux-fresh
		rm -rf "$fresh"
		mkdir -p "$fresh"
		{
			touched
			echo lib/slab_api_kunit.c
			cat "$patched_dir/.touched"
		} | sort -u >"$fresh/.touched"
		renew "$(pristine)" "$fresh" "$fresh/.touched"
		while read -r name; do
			patch -d "$fresh" -s -p1 --no-backup-if-mismatch \
				<"$here/patches/$name" >&2 ||
				die "$name does not apply"
		done <"$here/patches/series"
		add_api_suite "$fresh"
		cp "$fresh/.touched" "$patched_dir/.touched"
		renew "$fresh" "$patched_dir" "$fresh/.touched"
		rm -rf "$fresh"
		echo "$stamp" >"$patched_dir/.series"
	fi
	echo "$patched_dir"
}

# The source with the patches alone that come before the first whose name has
# WORD in it.
patched_until() {
	until_dir=$dir/linux-until-$1
	rsync -a --checksum --delete "$(pristine)/" "$until_dir/"
	sed "/$1/,\$d" "$here/patches/series" | while read -r name; do
		patch -d "$until_dir" -s -p1 --no-backup-if-mismatch \
			<"$here/patches/$name" >&2
	done
	echo "$until_dir"
}

# The arguments of make for a compiler.
compiler() {
	case $1 in
	clang-*) echo "LLVM=-${1#clang-}" ;;
	*) echo ;;
	esac
}

# make in SRC for OUT with COMPILER, and what else is wanted.
kmake() {
	kmake_src=$1 kmake_out=$2 kmake_cc=$3
	shift 3
	# shellcheck disable=SC2046
	make -C "$kmake_src" O="$kmake_out" -s -j"$jobs" \
		$(compiler "$kmake_cc") CC="ccache $kmake_cc" "$@"
}

# Makes the build folder NAME from fragments of configs/, says its path.
config() {
	config_src=$1 config_cc=$2 config_out=$dir/$3
	shift 3
	mkdir -p "$config_out"
	for fragment; do
		cat "$here/configs/$fragment.config"
	done >"$config_out/wanted.config"
	kmake "$config_src" "$config_out" "$config_cc" \
		KCONFIG_ALLCONFIG="$config_out/wanted.config" \
		allnoconfig >"$config_out/config.log" 2>&1 ||
		die "no config: see $config_out/config.log"
	# What was asked for and not granted would pass unseen.
	grep -E '^CONFIG_[A-Z0-9_]*=y$' "$config_out/wanted.config" |
		while read -r symbol; do
			# A later fragment may have taken it back.
			grep -qx -e "$symbol" "$config_out/.config" ||
				grep -qx -e "# ${symbol%=y} is not set" \
					"$config_out/wanted.config" ||
				echo "$symbol"
		done >"$config_out/refused"
	sed "s|^|kernel: $config_out: not granted: |" \
		"$config_out/refused" >&2
	echo "$config_out"
}

# For who tests what was asked for: another kernel would do its best to pass.
granted() {
	if [ ! -e "$1/refused" ] || [ -s "$1/refused" ]; then
		die "$1 is not what was asked for"
	fi
}

# Builds targets; the log is shown when it fails.
build() {
	build_src=$1 build_out=$2 build_cc=$3
	shift 3
	say "building $(basename "$build_out") with $build_cc: $*"
	kmake "$build_src" "$build_out" "$build_cc" "$@" \
		>"$build_out/build.log" 2>&1 || {
		grep -B2 -A8 -m3 -E 'error|\*\*\*' "$build_out/build.log" >&2 || :
		die "see $build_out/build.log"
	}
}

# A program for the machine, with the libraries that it needs.
add_program() {
	cp "$1" "$initrd_root/bin/"
	ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$initrd_root$(dirname "$library")"
		cp -L "$library" "$initrd_root$library"
	done
}

# The initrd: busybox, our init, and the programs in KERNEL_PROGRAMS.
initrd() {
	initrd_root=$(mktemp -d "$dir/initrd.XXXXXX")
	mkdir -p "$initrd_root/bin"
	cp /bin/busybox "$initrd_root/bin/busybox"
	install -m755 "$here/init" "$initrd_root/init"
	for program in ${KERNEL_PROGRAMS:-}; do
		add_program "$program"
	done
	(cd "$initrd_root" && find . | LC_ALL=C sort |
		cpio -o -H newc -R 0:0 --quiet | gzip -n -9) >"$1"
	rm -rf "$initrd_root"
}

# Boots OUT's kernel in an emulated machine, its console into LOG. Where others
# keep the processors busy, the timer comes too late for the kernel's check of it,
# which panics.
boot() {
	boot_out=$1 boot_log=$2
	shift 2
	boot_initrd=$boot_out/initrd.gz
	initrd "$boot_initrd"
	# shellcheck disable=SC2086
	timeout "${KERNEL_TIMEOUT:-600}" qemu-system-x86_64 \
		-accel tcg${QEMU_ACCEL:-} -cpu max -smp "${QEMU_CPUS:-2}" \
		-m "${QEMU_MEMORY:-1G}" -nographic -no-reboot -nodefaults \
		-serial stdio ${QEMU_ARGS:-} \
		-kernel "$boot_out/arch/x86/boot/bzImage" \
		-initrd "$boot_initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check $*" \
		</dev/null >"$boot_log" 2>&1 ||
		die "qemu failed: see $boot_log"
	tr -d '\r' <"$boot_log" >"$boot_log.tmp"
	mv "$boot_log.tmp" "$boot_log"
	grep -q '^init: done$' "$boot_log" || {
		tail -n 30 "$boot_log" >&2
		die "the kernel did not come to its end: see $boot_log"
	}
}

# What init printed of one kind, out of a boot's log.
part() {
	sed -n "/^init: begin $1\$/,/^init: end $1\$/{/^init: /d;p}" "$2"
}

# The head of a log that is kept: which source, which config, which tools.
log_head() {
	echo "# package: $package $(package_version)"
	case $1 in
	*/before-*) echo "# series: none" ;;
	*-first) echo "# series: $(source_hash "$1/source")" ;;
	*) echo "# series: $(series_hash)" ;;
	esac
	echo "# config: $(grep -v '^#' "$1/.config" | sha256sum | cut -c1-12)"
	echo "# compiler: $($2 --version | head -n1)"
	echo "# qemu: $(qemu-system-x86_64 --version | head -n1)"
}

# keep NAME OUT COMPILER <LOG: puts a log into logs/ under its head. Only where
# KERNEL_KEEP is set, so that no test changes what git knows.
keep() {
	if [ -n "${KERNEL_KEEP:-}" ]; then
		mkdir -p "$here/logs"
		{
			log_head "$2" "$3"
			cat
		} >"$here/logs/$1"
	fi
}
