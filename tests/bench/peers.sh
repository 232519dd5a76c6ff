# For bench.sh: who delivers, and how each is called. fresh_mail leaves the messages where all of them take them from.
# shellcheck shell=bash disable=SC2034 # bench.sh has the rest

CUSTOMER=bench.test

fresh_root() {
	ROOT=$WORK/root
	cp -r "$HERE/../../rootfs" "$ROOT"
	mkdir -p "$ROOT/etc"
	echo 'popusr:x:510:51:POP boxes:/home/popmail:/bin/false' >"$ROOT/etc/passwd"
	export QVMAIL_ROOT=$ROOT
	"$QVMAIL" qv-domain add dialup "$CUSTOMER" ex1 --relayhost 127.0.0.1:1 >/dev/null || exit 1
	HOST_DIR=$ROOT/home/serialmail/$CUSTOMER
	echo bench.test >"$ROOT/var/qmail/control/me"
	"$QVMAIL" qv-domain trigger "$CUSTOMER" --user joe --from 127.0.0.1 --secret-fd 3 3<<<secret >/dev/null || exit 1
	echo 0 >"$ROOT/var/qmail/control/qv-call-interval"
	# serialmail goes as root into a Maildir of root's.
	mkdir -p "$WORK/plain/control"
	echo bench.test >"$WORK/plain/control/me"
}

# fresh_mail MESSAGES BYTES
fresh_mail() {
	find "$HOST_DIR/Maildir" -type f -delete
	rm -f "$HOST_DIR"/.qv-[ls]*
	"$TESTBIN/leave" "$HOST_DIR/Maildir/new" "$CUSTOMER" "$1" "$2" || exit 1
}

# The messages go into its queue by qv-flush, and wait there.
queue_by_postfix() {
	local pid
	rm -rf "$WORK/postfix"
	sh "$HERE/postfix.sh" queue "$WORK/postfix" 1 2>/dev/null &
	pid=$!
	sh "$HERE/postfix.sh" wait "$WORK/postfix" 1
	echo 127.0.0.1:2600 >"$HOST_DIR/RELAYHOST"
	"$QVMAIL" qv-flush -q "/home/serialmail/$CUSTOMER"
	sleep 1 # what came last is on its way to the deferred ones
	kill "$pid"
	wait "$pid"
}

# prepare CLIENT: COMMAND, for 127.0.0.1 port $PORT
prepare() {
	case $1 in
	*-flush*)
		echo "127.0.0.1:$PORT" >"$HOST_DIR/RELAYHOST"
		# It was streamed to before.
		[ "${1%%-*}" != known ] || cp -p "$WORK/known" "$HOST_DIR/.qv-status"
		# shellcheck disable=SC2206 # options are words
		COMMAND=("$QVMAIL" qv-flush ${1#*-flush} "/home/serialmail/$CUSTOMER")
		[ "${1%%-*}" != base ] || COMMAND[0]=$BASE
		;;
	bare) COMMAND=("$TESTBIN/bare" Maildir/new "$PORT") ;;
	serialmail)
		export QMAILHOME=$WORK/plain
		COMMAND=(maildirserial -b -t 1209600 -- Maildir "$CUSTOMER-" tcpclient -RHl0 -- 127.0.0.1 "$PORT"
			serialsmtp "$CUSTOMER-" bench.test)
		;;
	postfix)
		queue_by_postfix
		COMMAND=(sh "$HERE/postfix.sh" send "$WORK/postfix" "$PORT")
		;;
	msmtp) COMMAND=(sh "$HERE/msmtp.sh" "$PORT") ;;
	*odmr)
		printf 'poll 127.0.0.1 protocol ODMR port %s username joe password secret fetchdomains %s smtphost 127.0.0.1/%s sslproto ""\n' \
			"$PORT" "$CUSTOMER" "$SINK" >"$WORK/fetchmailrc"
		chmod 600 "$WORK/fetchmailrc"
		COMMAND=(env HOME="$WORK" fetchmail -N -f "$WORK/fetchmailrc")
		;;
	esac
}

# has CLIENT: or it is said once why not
has() {
	local program
	case $1 in
	*-flush* | bare) return 0 ;;
	serialmail) set -- serialmail maildirserial serialsmtp tcpclient ;;
	msmtp) set -- msmtp msmtp ;;
	*odmr) set -- "$1" fetchmail tcpserver ;;
	postfix) set -- postfix postqueue postconf busybox ;;
	esac
	[ $# -gt 1 ] || { skipped "$1" "no recipe"; return 1; }
	for program in "${@:2}"; do
		command -v "$program" >/dev/null || { skipped "$1" "$program is not installed"; return 1; }
	done
}

skipped() {
	[ -n "${SKIPPED[$1]-}" ] || echo "skipped: $1: $2"
	SKIPPED[$1]=1
}
declare -A SKIPPED
