# What fails below is named with its reason, and is never success: system calls that strace(1) lets fail, one after another.
load helper

setup() {
	fresh_root
	qv-domain add pop example.com ex1
	qv-domain add dialup some.example.com ex1
	qv-mailbox add joe@example.com --box ex1-0001
	D=$ROOT/home/serialmail/some.example.com
}

# unlisted COMMAND...: no directory can be listed; that is told of, and nothing changes
unlisted() {
	local fault before
	before=$(tree)
	for fault in getdents64:error=EIO fcntl:error=EIO; do
		run traced -f -qq -o /dev/null -e inject="$fault" "$@"
		[ "$status" = 111 ] && [[ "$output" == *"unable to "*": "* ]] || { echo "$fault, $*: exit $status: $output"; return 1; }
		diff <(echo "$before") <(tree)
	done
}

@test "faults: a directory that cannot be listed is not an empty one" {
	printf 'Return-Path: <a@second.test>\nDelivered-To: some.example.com-x@some.example.com\n\nhello\n' >"$D/Maildir/new/1.1.mail"
	unlisted qv-mailbox list example.com
	unlisted qv-mailbox del joe@example.com --purge
	unlisted qv-domain del example.com --purge
	unlisted qv-domain export
	unlisted qv-flush -o "${D#"$ROOT"}"
}
