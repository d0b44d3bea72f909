# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# bash completion for typeslab(1). Commands and options are those that --help
# tells; so this file need not know them.

# The long options that a help text names, "=" kept.
_typeslab_options() {
	"${COMP_WORDS[0]}" "$@" --help 2>/dev/null |
		sed -n 's/^ *\(-., \)\{0,1\}\(--[a-z-]*\)\(\[\{0,1\}=\{0,1\}\).*/\2\3/p' |
		tr -d '['
}

_typeslab_commands() {
	"${COMP_WORDS[0]}" --help 2>/dev/null |
		sed -n '/^Commands:/,/^$/s/^  \([a-z+]*\) .*/\1/p'
}

# Processes of this user: what can be read without being root.
_typeslab_processes() {
	if [ "$EUID" -eq 0 ]; then
		ps -e -o pid=
	else
		ps -u "$EUID" -o pid=
	fi
}

_typeslab_reply() {
	mapfile -t COMPREPLY < <(compgen "$@" -- "$word")
}

_typeslab() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} i
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		_typeslab_reply -W "$(_typeslab_commands) $(_typeslab_options)"
		return
	fi
	# Behind "--" stands a command line of its own.
	for ((i = 2; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" = -- ] || continue
		if [ $((i + 1)) -eq "$COMP_CWORD" ]; then
			_typeslab_reply -c
		else
			_typeslab_reply -f
		fi
		return
	done
	case $command:$word in
	*:-*)
		_typeslab_reply -W "$(_typeslab_options "$command")"
		if [[ ${COMPREPLY[0]-} = *= ]]; then
			compopt -o nospace 2>/dev/null || :
		fi
		;;
	run:*)
		_typeslab_reply -c
		;;
	hist:* | snapshot:* | top:*)
		_typeslab_reply -f -W "$(_typeslab_processes)"
		;;
	*)
		_typeslab_reply -f
		;;
	esac
}

complete -o filenames -F _typeslab typeslab
